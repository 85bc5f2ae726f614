import { FormatError } from "@thawline/core";

/** Turns compressed bytes into plain ones. */
export type Gunzip = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/** Decompresses with the platform's `DecompressionStream`. */
async function* platformGunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  const reader = stream.pipeThrough(new DecompressionStream("gzip") as never).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value as Uint8Array;
  }
}

/** Looks at the first two bytes and decompresses what is gzip; the name of a file does not matter. */
export async function* gunzipIfNeeded(
  source: AsyncIterable<Uint8Array>,
  options: { readonly file?: string | undefined; readonly gunzip?: Gunzip | undefined } = {},
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let headBytes = 0;
  while (headBytes < 2) {
    const { done, value } = await iterator.next();
    if (done) break;
    head.push(value);
    headBytes += value.length;
  }
  let sourceError: unknown;
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* head;
      yield* { [Symbol.asyncIterator]: () => iterator };
    } catch (error) {
      sourceError = error;
      throw error;
    } finally {
      await iterator.return?.(); // closes the file of a reader that stops within `head`
    }
  }
  const [first, second] = head.flatMap((chunk) => [...chunk.subarray(0, 2)]);
  if (first !== 0x1f || second !== 0x8b) return yield* whole();
  try {
    yield* (options.gunzip ?? platformGunzip)(whole());
  } catch (cause) {
    if (cause === sourceError) throw cause;
    const reason = (cause as Error).message;
    const where = options.file === undefined ? {} : { file: options.file };
    throw new FormatError("BAD_DATA_FILE", `expected a whole gzip file, decompression failed: ${reason}`, where, {
      cause,
    });
  }
}
