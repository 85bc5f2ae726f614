/**
 * Where bytes come from: a browser's `Blob`/`File`, a `ReadableStream` (`response.body`), any async iterable of chunks
 * (a Node stream), or bytes in memory. A chunk is borrowed until the next one is asked for.
 */
export type ByteSource = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** A source as an async iterable, and its size in bytes where that is known beforehand. */
export interface OpenedSource {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly size: number | undefined;
}

/** Opens any kind of source. @throws TypeError where `source` is none. */
export function openSource(source: ByteSource): OpenedSource {
  if (source instanceof Uint8Array) return { chunks: oneChunk(source), size: source.length };
  if (source instanceof ArrayBuffer) return openSource(new Uint8Array(source));
  if (typeof Blob !== "undefined" && source instanceof Blob) {
    return { chunks: streamChunks(source.stream()), size: source.size };
  }
  if (typeof source === "object" && source !== null) {
    if (Symbol.asyncIterator in source) return { chunks: source, size: undefined };
    if ("getReader" in source) {
      return { chunks: streamChunks(source as unknown as ReadableStream<Uint8Array>), size: undefined };
    }
  }
  throw new TypeError(
    "a byte source is a Uint8Array, ArrayBuffer, Blob, ReadableStream or async iterable of Uint8Array",
  );
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

/** Not every browser can iterate a ReadableStream, hence the reader. */
export async function* streamChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let done = false;
  try {
    for (;;) {
      const next = await reader.read();
      done = next.done;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    if (!done) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}
