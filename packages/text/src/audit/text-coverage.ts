import { countTokens } from "../vocabulary/count-tokens.ts";

/** Coverage of some texts. Fractions are of distinct tokens and of all tokens, 0 where there are none. */
export interface TextCoverage {
  readonly rows: number;
  readonly types: number;
  readonly tokens: number;
  readonly typeCount: number;
  readonly tokenCount: number;
  readonly oovTypes: number;
  readonly oovTokens: number;
}

/** Coverage of some texts, and of which label. */
export interface ClassCoverage extends TextCoverage {
  readonly label: string;
}

/** Measures how much of tokenized texts `hasWord` finds. */
export function coverageOf(
  tokenized: readonly (readonly string[])[],
  hasWord: (word: string) => boolean,
): TextCoverage {
  const counts = countTokens(tokenized);
  let tokenCount = 0;
  let foundTokens = 0;
  let foundTypes = 0;
  for (const [word, count] of counts) {
    tokenCount += count;
    if (!hasWord(word)) continue;
    foundTokens += count;
    foundTypes++;
  }
  return {
    rows: tokenized.length,
    types: counts.size === 0 ? 0 : foundTypes / counts.size,
    tokens: tokenCount === 0 ? 0 : foundTokens / tokenCount,
    typeCount: counts.size,
    tokenCount,
    oovTypes: counts.size - foundTypes,
    oovTokens: tokenCount - foundTokens,
  };
}

/** Measures it for the texts of each label; the worst covered first, equal ones by UTF-16 code units. */
export function classCoverage(
  tokenized: readonly (readonly string[])[],
  labels: readonly string[],
  hasWord: (word: string) => boolean,
): ClassCoverage[] {
  const byLabel = new Map<string, (readonly string[])[]>();
  tokenized.forEach((tokens, i) => {
    const group = byLabel.get(labels[i]!);
    if (group === undefined) byLabel.set(labels[i]!, [tokens]);
    else group.push(tokens);
  });
  return [...byLabel]
    .map(([label, group]) => ({ label, ...coverageOf(group, hasWord) }))
    .sort((a, b) => a.tokens - b.tokens || (a.label < b.label ? -1 : 1));
}
