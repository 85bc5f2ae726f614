/** What a model's card tells. */
export interface CardFacts {
  readonly labels: readonly string[];
  readonly head: string;
  /** Whether the head reads a vector a position. */
  readonly isSequence: boolean;
  readonly policy: string;
  readonly vectorsFile: string;
  readonly rows: number;
  readonly dimension: number;
  readonly tokenizer: string;
  readonly scores: readonly { readonly split: string; readonly accuracy: number; readonly rows: number }[];
  readonly movedRows: number;
  readonly meanCosineDistance: number;
}

/** The model folder's `README.md`: what it is, how it came about, how to use it. Without dates: same run, same bytes. */
export function modelCard(facts: CardFacts): string {
  const scores = facts.scores.map(
    ({ split, accuracy, rows }) => `| ${split} | ${(accuracy * 100).toFixed(1)} % | ${rows} |`,
  );
  return `# Text classifier made with Thawline

Labels: ${facts.labels.map((label) => `\`${label}\``).join(", ")}.
A ${facts.head} head on the ${facts.isSequence ? "sequence" : "mean"} of word vectors (${facts.rows} × ${facts.dimension}), which began as \`${facts.vectorsFile}\`.
Freeze policy: ${facts.policy}. Tokenizer: ${facts.tokenizer}.

| split | accuracy | rows |
|---|---|---|
${scores.join("\n")}

Training moved ${facts.movedRows} pre-trained rows, by a mean cosine distance of ${facts.meanCosineDistance.toFixed(4)}.

Use it: \`thawline predict --model . texts.txt\`, or \`openPredictor\` of the npm package \`thawline\`.
`;
}
