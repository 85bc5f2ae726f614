import type { DataFormat } from "./data-format.ts";

/** Bytes that are looked at. */
const HEAD_BYTES = 1 << 16;

/**
 * Tells the format of labelled text from its first bytes, for what has no name: Parquet by its signature, JSON lines by
 * their brace, tab-separated by a tab in the first line that is not blank; all else is comma-separated.
 */
export function detectDataFormat(head: Uint8Array): DataFormat {
  if (head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31) return "parquet";
  const text = new TextDecoder().decode(head).trimStart();
  if (text.startsWith("{")) return "jsonl";
  return text.split("\n", 1)[0]!.includes("\t") ? "tsv" : "csv";
}

/** Takes the first bytes of a stream, enough to tell its format; `whole` gives them again and all that follow. */
export async function peekBytes(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly whole: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let hasLine = false;
  while (length < HEAD_BYTES && !hasLine) {
    const next = await iterator.next();
    if (next.done) break;
    const chunk = new Uint8Array(next.value);
    first.push(chunk);
    length += chunk.length;
    hasLine = chunk.includes(0x0a) && new TextDecoder().decode(chunk).trim() !== "";
  }
  const head = new Uint8Array(length);
  let at = 0;
  for (const chunk of first) {
    head.set(chunk, at);
    at += chunk.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      yield* { [Symbol.asyncIterator]: () => iterator };
    } finally {
      await iterator.return?.();
    }
  }
  return { head, whole: whole() };
}
