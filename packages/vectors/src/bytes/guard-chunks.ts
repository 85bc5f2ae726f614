const MAX_CHUNK = 1 << 20;

/** Passes chunks on, cutting large ones (as views) so that a window over them stays small. @throws TypeError on a chunk that is not bytes. */
export async function* guardChunks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError(`expected chunks of Uint8Array, got ${typeof chunk}`);
    if (chunk.length <= MAX_CHUNK) yield chunk;
    else for (let at = 0; at < chunk.length; at += MAX_CHUNK) yield chunk.subarray(at, at + MAX_CHUNK);
  }
}
