import type { WeightedLookUp } from "@thawline/core";
import type { WordLookUp } from "../word-look-up.ts";
import type { FastTextSettings } from "./header.ts";
import type { SubwordTable } from "./subword-look-up.ts";

/** A fastText model's input side: the matrix and the rule that makes words of its rows. */
export interface FastTextModel {
  readonly settings: FastTextSettings;
  readonly isQuantized: boolean;
  /** In the dictionary's order; with `wanted`, those of them that it has. */
  readonly words: readonly string[];
  readonly labels: readonly string[];
  readonly dimension: number;
  /** [R, D] row-major: the input matrix, or the rows of it that `wanted` needs; decoded where it was quantised. With `firstRow: 1` row 0 is spare, zeros. */
  readonly matrix: Float32Array;
  /** R. */
  readonly rows: number;
  /** Whether words outside the dictionary have vectors: n-grams are used, and not all of them pruned. */
  readonly hasSubwords: boolean;
  /** What each row of `matrix` is, [R]: a word's own or an n-gram's. With `firstRow` the spare row is "" and −1. */
  subwordTable(): SubwordTable;
  /** Whether the dictionary has the word (labels are not words). */
  has(word: string): boolean;
  /**
   * The rows of `matrix` that make up a word, in fastText's order: its own row where it has one, then its n-grams.
   * Empty where there are none. @throws RangeError for a word outside `wanted`
   */
  lookUpOf(word: string): WordLookUp;
  /** The same for many words, as the look-up of an embedding table over `matrix`: token t is `words[t]`. */
  lookUp(words: readonly string[]): WeightedLookUp;
  /** What fastText prints for a word, to the bit [D], fresh; undefined where it has no row and no n-grams. */
  vectorOf(word: string): Float32Array | undefined;
  /** The rows that `print-sentence-vectors` of a supervised model averages: words, word n-grams and `</s>`. Needs all rows. */
  sentenceLookUp(words: readonly string[]): WordLookUp;
}
