import type { ReportEpoch, ReportMovedWord, ReportScores, RunReportData } from "../src/index.ts";

const scores = (accuracy: number, loss: number, rows: number): ReportScores => ({
  accuracy,
  macroF1: accuracy - 0.001,
  loss,
  rows,
});

/** Epochs of a gradual run: frozen first, tuned after `frozen` of them. */
export function sampleEpochs(count: number, frozen: number): ReportEpoch[] {
  return Array.from({ length: count }, (_, i) => {
    const tuned = Math.max(0, i + 1 - frozen);
    return {
      epoch: i + 1,
      phase: tuned > 0 ? "tuned" : "frozen",
      learningRates: { embeddings: tuned > 0 ? 0.002 : 0, "head.output": 0.01 },
      trainLoss: 0.6 / (1 + 0.2 * i),
      devLoss: 0.55 / (1 + 0.05 * i),
      devAccuracy: 0.74 + 0.1 * (1 - 1 / (1 + i)),
      meanCosineDistance: 0.0007 * tuned ** 1.5,
      p95CosineDistance: 0.0026 * tuned ** 1.5,
      sampledDrift: {
        neighborOverlap: 1 - 0.012 * tuned,
        cka: 1 - 0.002 * tuned,
        breakGap: 0.003 * tuned,
        averageCosine: 0.11,
        partitionIsotropy: 0.8,
        k: 10,
        seenRows: 500,
        neverSeenRows: 500,
      },
    };
  });
}

/** A word that moved, the farther the earlier. */
export const sampleWord = (word: string, i = 0): ReportMovedWord => ({
  word,
  cosineDistance: 0.05 / (1 + i),
  l2: 1.5 / (1 + i),
  count: 120 - i,
  neighborsBefore: ["good", "fine", `before${i}`],
  neighborsAfter: ["fine", "good", `after${i}`],
});

const words = ["bland", "great", "dull", "warm", "funny", "tired", "moving", "flat", "clever", "silly"];

/** The report of a small gradual run, with everything in it. `with` replaces parts. */
export function sampleRun(replaced: Partial<RunReportData> = {}): RunReportData {
  return {
    kind: "run",
    name: "sample",
    task: {
      splits: [
        { name: "train", rows: 2400, skipped: 2 },
        { name: "dev", rows: 300, skipped: 0 },
        { name: "test", rows: 300, skipped: 0 },
      ],
      labels: ["negative", "positive"],
      devIsHeldOut: false,
    },
    vectors: { file: "glove.txt", format: "glove", rows: 18_860, dimension: 100, loadedRows: 18_860 },
    backend: "cpu",
    head: "linear",
    policy: "gradual",
    seed: 1,
    epochs: sampleEpochs(12, 5),
    bestEpoch: 10,
    metrics: { train: scores(0.931, 0.21, 2400), dev: scores(0.853, 0.371, 300), test: scores(0.847, 0.392, 300) },
    phases: {
      frozen: { epoch: 5, dev: scores(0.787, 0.461, 300), test: scores(0.78, 0.47, 300) },
      tuned: { epoch: 10, dev: scores(0.853, 0.371, 300), test: scores(0.847, 0.392, 300) },
    },
    verdict: { recommendation: "tuned", reason: "tuning lowered the dev loss (dev loss 0.3710 tuned, 0.4610 frozen)" },
    drift: {
      movedRows: 4327,
      frozenRows: 14_533,
      movedNewRows: 316,
      meanCosineDistance: 0.0078,
      p95CosineDistance: 0.029,
      meanL2: 0.31,
      maxL2: 1.94,
      neighborOverlapAt10: 0.912,
    },
    carried: null,
    bands: [1, 2, 5, 10, 30].map((from, i) => ({
      from,
      to: [2, 5, 10, 30, null][i]!,
      rows: 900 - 100 * i,
      movedRows: 890 - 100 * i,
      medianCosineDistance: 0.002 * (i + 1),
      meanCosineDistance: 0.003 * (i + 1),
      p95CosineDistance: 0.011 * (i + 1),
    })),
    movedWords: words.map(sampleWord),
    map: {
      words: words.map((word, i) => {
        const side = i % 2 === 0 ? -1 : 1;
        const before = [side * 0.2 + 0.03 * Math.sin(i), 0.5 * Math.cos(2.4 * i)] as const;
        return {
          word,
          before,
          after: [before[0] + side * 0.12, before[1] + 0.01] as const,
          cosineDistance: 0.05 / (1 + i),
          label: side < 0 ? "negative" : "positive",
        };
      }),
      axes: "Left to right is the direction of most movement.",
    },
    alignment: {
      tokenizer: "words, lower-cased",
      splits: ["train", "dev", "test"].map((name) => ({ name, rows: 300, tokens: 0.921, types: 0.93, oovTypes: 45 })),
      classes: ["negative", "positive"].map((name) => ({ name, rows: 150, tokens: 0.92, types: 0.93, oovTypes: 20 })),
      missing: [
        { word: "n't", count: 202, label: "negative", share: 0.753, foundBy: ["clitics: not"] },
        { word: "oscar-bait", count: 12, label: null, share: null, foundBy: [] },
      ],
    },
    findings: [
      {
        severity: "note",
        kind: "texts-without-vectors",
        split: "train",
        count: 2,
        message: "no word with a vector",
        examples: ["10/10"],
      },
    ],
    guard: [
      {
        epoch: 11,
        step: 825,
        action: "slow",
        cause: "mean cosine distance 0.0101, limit 0.01",
        effect: "learning rate × 0.5",
      },
    ],
    driftLimit: 0.01,
    frozenRows: { count: 14_533, sha256Before: "ab".repeat(32), sha256After: "ab".repeat(32), bitIdentical: true },
    origin: {
      command: "thawline finetune \\\n  --vectors glove.txt \\\n  --train train.tsv \\\n  --out run",
      version: "0.1.0",
      configuration: { head: "linear", lr: 0.01, headOptions: {}, maxNorm: null },
      inputs: { vectors: "cd".repeat(32), train: "ef".repeat(32), dev: null },
    },
    ...replaced,
  };
}
