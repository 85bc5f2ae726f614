import type { TokenCounts } from "./count-tokens.ts";

/** How much of a text's vocabulary has vectors. */
export interface Coverage {
  /** Fraction of distinct tokens that have a vector, in [0, 1]; 0 where there is no token. */
  readonly types: number;
  /** Fraction of all tokens that have a vector, in [0, 1]; 0 where there is no token. */
  readonly tokens: number;
  /** Number of distinct tokens without a vector. */
  readonly oovTypes: number;
  /** The most frequent tokens without a vector, equal counts by UTF-16 code units. */
  readonly topMissing: readonly { readonly word: string; readonly count: number }[];
}

/** Measures coverage of counted tokens; `has` says whether a token has a vector. `top` limits `topMissing` (default 20). */
export function coverage(
  counts: TokenCounts,
  has: (token: string) => boolean,
  options: { readonly top?: number } = {},
): Coverage {
  let tokens = 0;
  let found = 0;
  const missing: { word: string; count: number }[] = [];
  for (const [word, count] of counts) {
    tokens += count;
    if (has(word)) found += count;
    else missing.push({ word, count });
  }
  missing.sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1));
  return {
    types: counts.size === 0 ? 0 : (counts.size - missing.length) / counts.size,
    tokens: tokens === 0 ? 0 : found / tokens,
    oovTypes: missing.length,
    topMissing: missing.slice(0, options.top ?? 20),
  };
}
