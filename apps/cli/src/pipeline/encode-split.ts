import type { Examples } from "@thawline/core";
import { encodeTexts, type TokenizedTexts } from "@thawline/text";

/** A split as rows of the table. */
export interface EncodedSplit extends Examples {
  /** Number of texts left without any row: the head sees a zero vector. */
  readonly emptyTexts: number;
}

/** Looks the tokens of texts up; `rowOf` gives a negative number for words without a row, which are dropped. */
export function encodeSplit(
  tokenized: TokenizedTexts,
  classes: Int32Array,
  rowOf: (token: string) => number,
): EncodedSplit {
  const { ids, offsets, empty } = encodeTexts(tokenized.tokens, rowOf);
  return { ids, offsets, labels: classes, emptyTexts: empty.length };
}
