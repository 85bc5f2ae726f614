import type { FastTextDictionary } from "./dictionary.ts";
import { fastTextHash, type SubwordSettings, subwordBuckets, wordNgramBuckets } from "./subwords.ts";

/** Which rows of the input matrix make up words, in the order in which fastText adds them. */
export interface WordRows {
  /** Rows of a word; `id` is its own row, −1 where the dictionary lacks it. May be empty for such a word. */
  rowsOf(word: Uint8Array, id: number): number[];
  /** Rows of the word n-grams of a line (its words and the `</s>` behind them). */
  wordNgramRows(line: readonly Uint8Array[], wordNgrams: number): number[];
}

/** Creates the rule of a model. Pruned n-grams are left out, as fastText does. */
export function createWordRows(
  { wordCount, pruned }: Pick<FastTextDictionary, "wordCount" | "pruned">,
  settings: SubwordSettings,
): WordRows {
  const append = (rows: number[], buckets: readonly number[]): number[] => {
    for (const bucket of buckets) {
      const place = pruned === undefined ? bucket : pruned.get(bucket);
      if (place !== undefined) rows.push(wordCount + place);
    }
    return rows;
  };
  const isWithoutNgrams = pruned?.size === 0;
  return {
    rowsOf(word, id) {
      const rows = id < 0 ? [] : [id];
      return isWithoutNgrams ? rows : append(rows, subwordBuckets(word, settings));
    },
    wordNgramRows(line, wordNgrams) {
      if (wordNgrams < 2 || settings.bucket < 1 || isWithoutNgrams) return [];
      const hashes = line.map((word) => fastTextHash(word));
      return append([], wordNgramBuckets(hashes, wordNgrams, settings.bucket));
    },
  };
}
