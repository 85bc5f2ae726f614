import type { SparseRows } from "./sparse-rows.ts";

/** How texts become features. */
export interface BagOptions {
  /** Features: words, or words and pairs of neighbouring words. */
  readonly terms: "words" | "pairs";
  /** Features that fewer texts have are left out. */
  readonly minTexts: number;
  /** At most so many features, those that most texts have. */
  readonly maxFeatures: number;
  /** Rows whose texts decide the features and their weights. */
  readonly fitRows: number;
}

/** The terms of a text, each as often as it occurs. */
function termsOf(words: readonly string[], kind: BagOptions["terms"]): readonly string[] {
  if (kind === "words") return words;
  const terms = [...words];
  for (let i = 1; i < words.length; i++) terms.push(`${words[i - 1]} ${words[i]}`);
  return terms;
}

/** The terms that become features, by name, and the number of texts that have each. */
function chooseTerms(texts: readonly (readonly string[])[], { terms, minTexts, maxFeatures, fitRows }: BagOptions) {
  const counts = new Map<string, number>();
  for (let row = 0; row < fitRows; row++) {
    for (const term of new Set(termsOf(texts[row]!, terms))) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  let chosen = [...counts].filter(([, count]) => count >= minTexts);
  // The sort is stable: ties stay in the order of first occurrence.
  if (chosen.length > maxFeatures) chosen = chosen.sort((a, b) => b[1] - a[1]).slice(0, maxFeatures);
  return new Map(chosen.map(([term, count], column) => [term, { column, count }]));
}

/**
 * TF-IDF features of tokenised texts: (1 + ln tf) · (ln((1 + n) / (1 + df)) + 1), each row of
 * norm 1. The first `fitRows` texts decide terms and weights; no label is looked at, so the same features serve all folds.
 * @remarks `TfidfVectorizer(sublinear_tf=True)` of scikit-learn, with `ngram_range=(1, 2)` for pairs. Words and pairs for short texts: Wang
 * and Manning 2012.
 */
export function bagOfWords(texts: readonly (readonly string[])[], options: BagOptions): SparseRows {
  const terms = chooseTerms(texts, options);
  const offsets = new Int32Array(texts.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  texts.forEach((words, row) => {
    const counts = new Map<number, { times: number; idf: number }>();
    for (const term of termsOf(words, options.terms)) {
      const known = terms.get(term);
      if (known === undefined) continue;
      const entry = counts.get(known.column);
      if (entry !== undefined) entry.times++;
      else counts.set(known.column, { times: 1, idf: Math.log((1 + options.fitRows) / (1 + known.count)) + 1 });
    }
    const entries = [...counts]
      .map(([column, { times, idf }]) => [column, (1 + Math.log(times)) * idf] as const)
      .sort((a, b) => a[0] - b[0]);
    const norm = Math.sqrt(entries.reduce((sum, [, value]) => sum + value * value, 0));
    for (const [column, value] of entries) {
      columns.push(column);
      values.push(value / norm);
    }
    offsets[row + 1] = columns.length;
  });
  return { offsets, columns: Int32Array.from(columns), values: Float64Array.from(values), width: terms.size };
}
