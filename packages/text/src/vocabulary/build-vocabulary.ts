import type { TokenCounts } from "./count-tokens.ts";

/** The words of a data set: plain data. Entry 0 is padding, named "". */
export interface Vocabulary {
  /** Words by id, the most frequent first, equal counts by UTF-16 code units; `words[0]` is "". */
  readonly words: readonly string[];
  /** Occurrences by id; `counts[0]` is 0. */
  readonly counts: readonly number[];
  /** What `minCount` left out. */
  readonly dropped: { readonly types: number; readonly tokens: number };
}

/**
 * Makes the vocabulary of counted tokens: those that occur at least `minCount` times (default 1). The result does not
 * depend on the order of the texts.
 * @throws RangeError where `minCount` is no positive integer
 */
export function buildVocabulary(counts: TokenCounts, options: { readonly minCount?: number } = {}): Vocabulary {
  const { minCount = 1 } = options;
  if (!Number.isSafeInteger(minCount) || minCount < 1)
    throw new RangeError(`minCount is a positive integer, got ${minCount}`);
  const kept: [string, number][] = [];
  let droppedTypes = 0;
  let droppedTokens = 0;
  for (const entry of counts) {
    if (entry[1] >= minCount) kept.push(entry);
    else {
      droppedTypes++;
      droppedTokens += entry[1];
    }
  }
  kept.sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  return {
    words: ["", ...kept.map(([word]) => word)],
    counts: [0, ...kept.map(([, count]) => count)],
    dropped: { types: droppedTypes, tokens: droppedTokens },
  };
}
