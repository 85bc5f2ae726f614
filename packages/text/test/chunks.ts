/** Test helper: a byte stream in chunks that end at the given places. */
export async function* chunksOf(bytes: Uint8Array, cuts: readonly number[] = []): AsyncGenerator<Uint8Array> {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let start = 0;
  for (const end of [...ends, bytes.length]) {
    yield bytes.slice(start, end);
    start = end;
  }
}

/** Test helper: a text as UTF-8 in one chunk. */
export const streamOf = (text: string): AsyncIterable<Uint8Array> => chunksOf(new TextEncoder().encode(text));
