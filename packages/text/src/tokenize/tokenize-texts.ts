import { createTokenizer, type Tokenizer } from "./tokenizer.ts";

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
  const { maxLength, ...whole } = tokenizer.spec;
  const { tokenize } = createTokenizer(whole);
  const withoutTokens: number[] = [];
  let truncatedTexts = 0;
  const tokens = texts.map((text, index) => {
    const all = tokenize(text);
    if (all.length === 0) withoutTokens.push(index);
    if (maxLength === undefined || all.length <= maxLength) return all;
    truncatedTexts++;
    return all.slice(0, maxLength);
  });
  return { tokens, withoutTokens, truncatedTexts };
}
