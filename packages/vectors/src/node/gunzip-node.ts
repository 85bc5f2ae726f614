import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Gunzip } from "../bytes/gunzip.ts";

/** Unpacks gzip with zlib: all members, bounded memory. */
export const gunzipNode: Gunzip = (chunks) => {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // The callback form forwards errors to `gunzip`, from which the consumer gets them.
  pipeline(Readable.from(copies(chunks), { objectMode: false }), gunzip, () => {});
  return gunzip;
};

/** Streams keep chunks for later, sources reuse their buffers. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield chunk.slice();
}
