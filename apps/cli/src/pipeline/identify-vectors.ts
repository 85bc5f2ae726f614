import { type ReadVectorsFileOptions, readVectorsFile } from "@thawline/vectors/node";
import type { Settings } from "./settings.ts";

/** How reading is watched and stopped. */
export interface Watch {
  readonly signal: AbortSignal | undefined;
  readonly onProgress?: ReadVectorsFileOptions["onProgress"];
}

/** Format, hash and row count of the vectors, with no more kept than a row. */
export async function identifyVectors(file: string, { vectorsFormat }: Settings, { signal }: Pick<Watch, "signal">) {
  return readVectorsFile(file, {
    limit: 1,
    hash: true,
    ...(vectorsFormat === null ? {} : { format: vectorsFormat }),
    ...(signal === undefined ? {} : { signal }),
  });
}
