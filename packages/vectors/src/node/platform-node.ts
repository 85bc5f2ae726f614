import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Gunzip } from "../bytes/gunzip.ts";
import type { BytePlatform } from "../bytes/platform.ts";

/** Unpacks gzip with zlib: all members, bounded memory. */
const gunzip: Gunzip = (chunks) => {
  const unpacker = createGunzip({ chunkSize: 1 << 18 });
  // The callback form forwards errors to `unpacker`, from which the consumer gets them.
  pipeline(Readable.from(chunks, { objectMode: false }), unpacker, () => {});
  return unpacker;
};

/** Node's own means, for `ReadVectorsOptions.platform`: what the functions for files use. */
export const nodePlatform: BytePlatform = {
  gunzip,
  searchable: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
};
