import { type Gunzip, gunzipWeb } from "./gunzip.ts";

/** What a platform may do better than the portable code. */
export interface BytePlatform {
  readonly gunzip: Gunzip;
  /** A view of the same bytes whose `indexOf` is fast: Node's Buffer searches several times faster than Uint8Array. */
  readonly searchable: (bytes: Uint8Array) => Pick<Uint8Array, "indexOf">;
}

/** What every platform has. */
export const webPlatform: BytePlatform = { gunzip: gunzipWeb, searchable: (bytes) => bytes };
