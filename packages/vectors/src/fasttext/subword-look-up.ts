import { encodeWord } from "../bytes/word-codec.ts";
import { evenly, type WordLookUp } from "../word-look-up.ts";
import { type SubwordSettings, subwordBuckets } from "./subwords.ts";

/** Rows that make words of themselves and of their n-grams: what a saved model keeps of a fastText file. */
export interface SubwordTable {
  /** Rule of the n-grams. */
  readonly settings: SubwordSettings;
  /** [R] word of each row; "" for the row of an n-gram. */
  readonly words: readonly string[];
  /** [R] bucket of each n-gram row; −1 for a word's own. */
  readonly buckets: Int32Array;
}

/** Finds the rows of any word. */
export interface SubwordLookUp {
  /** Whether the word has a row of its own. */
  has(word: string): boolean;
  /**
   * The rows that make up a word, each with weight 1 / n: its own row where it has one, then its n-grams in fastText's
   * order. N-grams without a row are left out, as fastText does with pruned ones. Empty where there are none.
   */
  lookUpOf(word: string): WordLookUp;
}

/** Up to here buckets are found by an array, which is small and fast; a damaged count must not allocate at will. */
const MAX_INDEXED_BUCKETS = 1 << 26;

function indexBuckets(buckets: Int32Array, bucket: number): (at: number) => number {
  if (bucket > MAX_INDEXED_BUCKETS) {
    const rows = new Map<number, number>();
    for (const [row, at] of buckets.entries()) if (at >= 0 && !rows.has(at)) rows.set(at, row);
    return (at) => rows.get(at) ?? -1;
  }
  const rows = new Int32Array(bucket).fill(-1);
  for (let row = buckets.length - 1; row >= 0; row--) if (buckets[row] >= 0) rows[buckets[row]] = row;
  return (at) => rows[at];
}

/**
 * Creates the look-up of a table of words and n-grams; of equal words, and of rows of one bucket, the first counts.
 * @remarks fastText `Dictionary::getSubwords`, `FastText::getWordVector`
 */
export function createSubwordLookUp({ settings, words, buckets }: SubwordTable): SubwordLookUp {
  const own = new Map<string, number>();
  for (const [row, word] of words.entries()) if (buckets[row] < 0 && word !== "" && !own.has(word)) own.set(word, row);
  const rowOfBucket = indexBuckets(buckets, settings.bucket);
  return {
    has: (word) => own.has(word),
    lookUpOf(word) {
      const row = own.get(word);
      const rows = row === undefined ? [] : [row];
      for (const bucket of subwordBuckets(encodeWord(word), settings)) {
        const found = rowOfBucket(bucket);
        if (found >= 0) rows.push(found);
      }
      return evenly(rows);
    },
  };
}
