import { badFile } from "../bad-file.ts";
import { createByteBuilder } from "../bytes/byte-builder.ts";
import { type ByteSource, openSource } from "../bytes/byte-source.ts";
import { encodeWord } from "../bytes/word-codec.ts";
import { createIntList } from "../numbers/int-list.ts";

/** Words in order, as bytes: word i at `bytes[offsets[i]..offsets[i + 1])`. */
export interface WordList {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
}

/** Where the words of an array come from: a text of one word a line, or the words. */
export type WordSource = ByteSource | readonly string[];

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Reads one word a line. Lines end at 0x0A only; one 0x0D is dropped from each if every line has it; a byte order mark
 * is no part of the first word. All other bytes belong to the words.
 * @throws FormatError beyond 2 GiB
 */
export async function readWordList(source: WordSource, file?: string): Promise<WordList> {
  const arena = createByteBuilder(1 << 12);
  if (isWordArray(source)) {
    const offsets = createIntList();
    offsets.push(0);
    for (const word of source) {
      arena.append(encodeWord(word));
      offsets.push(arena.length);
    }
    return { count: source.length, bytes: arena.take(), offsets: offsets.values() };
  }
  for await (const chunk of openSource(source).chunks) {
    if (arena.length + chunk.length >= 2 ** 31)
      throw badFile("the list of words is larger than 2 GiB", { file, offset: arena.length });
    arena.append(chunk);
  }
  return splitLines(arena.bytes.subarray(0, arena.length));
}

function isWordArray(source: WordSource): source is readonly string[] {
  return Array.isArray(source);
}

function splitLines(text: Uint8Array): WordList {
  const start = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
  const ends = createIntList();
  let returns = 0;
  for (let at = start; at < text.length; ) {
    const newline = text.indexOf(NEWLINE, at);
    const end = newline < 0 ? text.length : newline;
    if (end > at && text[end - 1] === RETURN) returns++;
    ends.push(end);
    at = end + 1;
  }
  const count = ends.length;
  const hasReturns = count > 0 && returns === count;
  // Moved together in place: behind the line ends that are dropped.
  const offsets = new Int32Array(count + 1);
  let to = 0;
  for (let index = 0, from = start; index < count; index++) {
    const end = ends.values()[index];
    text.copyWithin(to, from, hasReturns ? end - 1 : end);
    to += (hasReturns ? end - 1 : end) - from;
    offsets[index + 1] = to;
    from = end + 1;
  }
  return { count, bytes: text.subarray(0, to), offsets };
}
