/** How much a word says about the label of its text. */
export interface LabelInformation {
  /** Texts that have the word. */
  readonly texts: number;
  /** The label that the word speaks for most: that of the largest `z`. */
  readonly label: string;
  /** Fraction of the texts with the word that have `label`. */
  readonly share: number;
  /** Between presence in a text and label, in bits. */
  readonly mutualInformation: number;
  /** Natural logarithm of the odds ratio of presence, `label` against all others. */
  readonly logOdds: number;
  /** `logOdds` in standard errors. */
  readonly z: number;
}

/** Texts of each label. */
export function countLabels(labels: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** In how many texts of each label each of `words` occurs, by word. */
export function countTextsWith(
  words: ReadonlySet<string>,
  tokenized: readonly (readonly string[])[],
  labels: readonly string[],
): Map<string, Map<string, number>> {
  const byWord = new Map<string, Map<string, number>>();
  tokenized.forEach((tokens, i) => {
    const label = labels[i]!;
    for (const token of new Set(tokens)) {
      if (!words.has(token)) continue;
      const byLabel = byWord.get(token) ?? new Map<string, number>();
      byWord.set(token, byLabel.set(label, (byLabel.get(label) ?? 0) + 1));
    }
  });
  return byWord;
}

/** n/N · log2(N·n / (a·b)), 0 for n = 0. */
const term = (n: number, a: number, b: number, all: number): number =>
  n === 0 ? 0 : (n / all) * Math.log2((all * n) / (a * b));

/**
 * Measures what a word says about labels, from the number of texts of each label and of those that have the word.
 *
 * - Mutual information I = Σ_w Σ_c (n_wc/N) log2(N·n_wc / (n_w·n_c)) over presence w ∈ {0, 1} and labels c.
 * - Log odds ln((a+½)(d+½) / ((b+½)(c+½))) with a texts of the label with the word, b others with it, c and d those
 *   without; its standard error √(1/(a+½) + 1/(b+½) + 1/(c+½) + 1/(d+½)).
 * @remarks Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), equation 13.17; Haldane (1956)
 * and Anscombe (1956) for the ½, Gart and Zweifel, Biometrika 54 (1967) for the error.
 */
export function labelInformation(
  withWord: ReadonlyMap<string, number>,
  perLabel: ReadonlyMap<string, number>,
): LabelInformation {
  let all = 0;
  let texts = 0;
  for (const count of perLabel.values()) all += count;
  for (const count of withWord.values()) texts += count;
  let mutualInformation = 0;
  let best = { label: "", share: 0, logOdds: 0, z: Number.NEGATIVE_INFINITY };
  for (const [label, ofLabel] of perLabel) {
    const a = withWord.get(label) ?? 0;
    mutualInformation += term(a, texts, ofLabel, all) + term(ofLabel - a, all - texts, ofLabel, all);
    const cells = [a, texts - a, ofLabel - a, all - ofLabel - texts + a].map((n) => n + 0.5) as [
      number,
      number,
      number,
      number,
    ];
    const logOdds = Math.log((cells[0] * cells[3]) / (cells[1] * cells[2]));
    const z = logOdds / Math.sqrt(cells.reduce((sum, n) => sum + 1 / n, 0));
    if (z > best.z) best = { label, share: texts === 0 ? 0 : a / texts, logOdds, z };
  }
  return { texts, mutualInformation, ...best };
}
