/** Number of occurrences of each token. A `Map`: tokens such as `__proto__` are words like any other. */
export type TokenCounts = ReadonlyMap<string, number>;

/** Counts the tokens of texts. Keys in the order of their first occurrence. */
export function countTokens(tokenized: Iterable<readonly string[]>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const tokens of tokenized) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
