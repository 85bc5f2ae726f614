import { createReadStream, statSync } from "node:fs";
import { type LoadedVectors, type ReadVectorsOptions, readVectors } from "@thawline/vectors";

/** Reads a file of vectors as the product's command does. */
export function readTable(file: string, options: ReadVectorsOptions = {}): Promise<LoadedVectors> {
  const stream = createReadStream(file, { highWaterMark: 1 << 20 });
  return readVectors(stream, { ...options, file, size: statSync(file).size });
}
