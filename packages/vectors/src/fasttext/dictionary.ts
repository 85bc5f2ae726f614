import { badFile } from "../bad-file.ts";
import type { ByteWindow } from "../bytes/byte-window.ts";
import type { FieldReader } from "../bytes/field-reader.ts";
import { decodeWord } from "../bytes/word-codec.ts";

/** Longest entry that is believed. */
const MAX_WORD_BYTES = 1 << 16;
/** NUL, count and type: an entry's least size. */
const MIN_ENTRY_BYTES = 10;
/** Labels that are kept. A model has few; a damaged one could have billions. */
const MAX_LABELS = 1 << 20;

/** A fastText dictionary without its words, which were handed to `visit`. */
export interface FastTextDictionary {
  readonly wordCount: number;
  /** With their prefix, in order. Not words: they have no row. */
  readonly labels: readonly string[];
  /** Which row behind the words a bucket has, where n-grams were pruned; undefined where all buckets have their row. */
  readonly pruned: ReadonlyMap<number, number> | undefined;
}

/**
 * Reads the dictionary; `visit` is called for each word's bytes (borrowed), in order.
 * @throws FormatError where counts do not fit together or the size, and where the file ends
 * @remarks fastText `Dictionary::load`: sizes, entries of NUL-terminated bytes, int64 count, int8 type, then the pruned
 * buckets as pairs. fastText writes words before labels; row i is the i-th entry's, so another order has no meaning.
 */
export async function readDictionary(
  window: ByteWindow,
  fields: FieldReader,
  { file, visit }: { readonly file: string | undefined; visit(bytes: Uint8Array, start: number, end: number): void },
): Promise<FastTextDictionary> {
  const at = fields.offset;
  const head = await fields.take(12, "the dictionary");
  const [size, wordCount, labelCount] = [0, 4, 8].map((offset) => head.getInt32(offset, true));
  await fields.int64("the number of tokens");
  const prunedSize = await fields.int64("the number of pruned n-grams");
  if (wordCount < 0 || labelCount < 0 || size !== wordCount + labelCount || prunedSize < -1)
    throw badFile(
      `the dictionary says ${size} entries, ${wordCount} words, ${labelCount} labels and ${prunedSize} pruned n-grams, which do not fit together; the file is damaged`,
      { file, offset: at },
    );
  fields.promise(size * MIN_ENTRY_BYTES + Math.max(0, prunedSize) * 8, "the dictionary");
  const labels: string[] = [];
  for (let entry = 0; entry < size; entry++) {
    const end = await findEntryEnd(window, file, { entry, size });
    const type = window.bytes[end + 9];
    const isLabel = entry >= wordCount;
    if (type !== (isLabel ? 1 : 0))
      throw badFile(
        `entry ${entry + 1} of ${size} has type ${type}, expected ${isLabel ? "a label (1)" : "a word (0)"}`,
        {
          file,
          offset: window.base + end + 9,
        },
      );
    if (!isLabel) visit(window.bytes, window.start, end);
    else if (labels.length < MAX_LABELS) labels.push(decodeWord(window.bytes.slice(window.start, end)));
    window.start = end + MIN_ENTRY_BYTES;
  }
  return { wordCount, labels, pruned: await readPruned(fields, prunedSize, file) };
}

/** Where the next entry's bytes end, with all of the entry in the window. */
async function findEntryEnd(
  window: ByteWindow,
  file: string | undefined,
  { entry, size }: { readonly entry: number; readonly size: number },
): Promise<number> {
  for (;;) {
    const { bytes, start, end } = window;
    const stop = Math.min(end, start + MAX_WORD_BYTES);
    let at = start;
    while (at < stop && bytes[at] !== 0) at++;
    if (at < stop && end - at >= MIN_ENTRY_BYTES) return at;
    if (at - start >= MAX_WORD_BYTES)
      throw badFile(`no end of a word within ${MAX_WORD_BYTES} bytes; the dictionary is damaged`, {
        file,
        offset: window.base + start,
      });
    if (window.atEnd)
      throw badFile(`the file ends in entry ${entry + 1} of the ${size} of its dictionary; it is truncated`, {
        file,
        offset: window.base + end,
      });
    await window.fill();
  }
}

async function readPruned(
  fields: FieldReader,
  count: number,
  file: string | undefined,
): Promise<ReadonlyMap<number, number> | undefined> {
  if (count < 0) return undefined;
  const pruned = new Map<number, number>();
  for (let pair = 0; pair < count; pair++) {
    const view = await fields.take(8, "the pruned n-grams");
    const row = view.getInt32(4, true);
    // fastText numbers the n-grams that it keeps.
    if (row < 0 || row >= count)
      throw badFile(`a pruned n-gram has row ${row} of ${count}; the file is damaged`, {
        file,
        offset: fields.offset - 4,
      });
    pruned.set(view.getInt32(0, true), row);
  }
  return pruned;
}
