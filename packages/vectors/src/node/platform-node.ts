import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Gunzip } from "../bytes/gunzip.ts";
import type { BytePlatform } from "../bytes/platform.ts";

/** Unpacks gzip with zlib: all members, bounded memory. */
const gunzip: Gunzip = (chunks) => {
  const unpacker = createGunzip({ chunkSize: 1 << 18 });
  // The callback form forwards errors to `unpacker`, from which the consumer gets them.
  pipeline(Readable.from(copies(chunks), { objectMode: false }), unpacker, () => {});
  return unpacker;
};

/** Streams keep chunks for later, sources reuse their buffers. */
async function* copies(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) yield chunk.slice();
}

/** Node's own means, for `ReadVectorsOptions.platform`: what the functions for files use. */
export const nodePlatform: BytePlatform = {
  gunzip,
  searchable: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
};
