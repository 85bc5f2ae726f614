import type { Tokenizer } from "./tokenizer.ts";

/** Tokens of many texts, and what was lost on the way. */
export interface TokenizedTexts {
  /** Tokens of each text. */
  readonly tokens: readonly (readonly string[])[];
  /** Indexes of texts without any token, ascending. A head sees a zero vector for them. */
  readonly withoutTokens: readonly number[];
  /** Number of texts that the tokenizer's `maxLength` cut. */
  readonly truncatedTexts: number;
}

/** Tokenizes texts and counts those without tokens and those that `maxLength` cut. */
export function tokenizeTexts(texts: readonly string[], tokenizer: Tokenizer): TokenizedTexts {
  const withoutTokens: number[] = [];
  let truncatedTexts = 0;
  const tokens = texts.map((text, index) => {
    const all = tokenizer.split(text);
    if (all.length === 0) withoutTokens.push(index);
    const kept = tokenizer.cut(all);
    if (kept.length < all.length) truncatedTexts++;
    return kept;
  });
  return { tokens, withoutTokens, truncatedTexts };
}
