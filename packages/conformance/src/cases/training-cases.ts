import { type FreezePolicy, frozenPolicy, gradualPolicy } from "@thawline/core";
import type { BatchData, TrainingCase } from "../case.ts";

/** Rows of the table, padding included; row 11 is in no batch. */
const rows = 12;

/** Repeated ids, an empty example, one token, shared rows between batches. */
const batches: readonly BatchData[] = [
  { ids: [[2, 2, 2, 8], [9, 1, 4], [], [5]], labels: [0, 1, 2, 1] },
  {
    ids: [
      [3, 7, 3, 6, 10],
      [2, 1],
      [8, 8],
      [4, 9, 5],
    ],
    labels: [2, 0, 1, 2],
  },
  { ids: [[6], [10, 2, 7], [1, 3, 5, 9], [4, 4]], labels: [1, 0, 0, 2] },
];
/** The last batch is shorter than the others. */
const withPartial: readonly BatchData[] = [...batches, { ids: [[1, 6, 2], [7]], labels: [2, 0] }];

const linear = { type: "linear", dimension: 5, classes: 3 } as const;
const sgd = { type: "sgd", learningRate: 0.3 } as const;
const adam = { type: "adam", learningRate: 0.02 } as const;

type Variant = Partial<Omit<TrainingCase, "id" | "kind" | "family">>;

const training = (family: TrainingCase["family"], name: string, variant: Variant): TrainingCase => ({
  kind: "training",
  family,
  id: `${family}/${name}`,
  head: linear,
  rows,
  batches,
  steps: 20,
  optimizer: sgd,
  ...variant,
});

/** 20 steps of every optimizer and of what goes with it. */
export const trajectoryCases = (): TrainingCase[] => [
  training("trajectory", "sgd", {}),
  training("trajectory", "repeated-ids", {
    batches: [
      {
        ids: [
          [3, 3, 3, 3],
          [3, 5, 3],
        ],
        labels: [0, 2],
      },
      { ids: [[5, 5, 1], [1]], labels: [1, 0] },
    ],
  }),
  training("trajectory", "sgd-momentum", { optimizer: { ...sgd, learningRate: 0.1, momentum: 0.9 } }),
  training("trajectory", "sgd-nesterov", { optimizer: { ...sgd, learningRate: 0.1, momentum: 0.9, nesterov: true } }),
  training("trajectory", "sgd-decay", { optimizer: { ...sgd, weightDecay: 0.02, decays: "all" } }),
  training("trajectory", "sgd-dense-momentum", {
    optimizer: { ...sgd, learningRate: 0.1, momentum: 0.9 },
    embeddings: { rowUpdates: "dense" },
  }),
  training("trajectory", "adagrad", { optimizer: { type: "adagrad", learningRate: 0.1 } }),
  training("trajectory", "adam-lazy-row-steps", { optimizer: adam }),
  training("trajectory", "adam-sparse-as-pytorch", {
    optimizer: adam,
    embeddings: { rowStep: "global", epsilonPlacement: "before" },
  }),
  training("trajectory", "adam-dense", { optimizer: adam, embeddings: { rowUpdates: "dense", rowStep: "global" } }),
  training("trajectory", "adamw", { optimizer: { ...adam, weightDecay: 0.05, decoupled: true } }),
  training("trajectory", "adam-coupled-decay", { optimizer: { ...adam, weightDecay: 0.05 } }),
  training("trajectory", "clipped", { clipNorm: 0.2 }),
  training("trajectory", "max-norm", { maxNorm: 0.6 }),
  training("trajectory", "class-weights-and-smoothing", { classWeights: [0.5, 2, 1], labelSmoothing: 0.1 }),
  training("trajectory", "last-partial-batch", { batches: withPartial }),
  training("trajectory", "two-learning-rates", { embeddings: { learningRate: 0.05 } }),
  training("trajectory", "linear-schedule", { schedule: { type: "linear", warmup: 0.2 } }),
  training("trajectory", "slanted-schedule", { schedule: { type: "slanted" } }),
  training("trajectory", "one-cycle-schedule", { schedule: { type: "one-cycle" } }),
  training("trajectory", "word-dropout", { wordDropout: 0.3 }),
  training("trajectory", "mlp", { head: { type: "mlp", dimension: 5, classes: 3, hidden: 6, activation: "tanh" } }),
  training("trajectory", "cnn", {
    head: { type: "cnn", dimension: 5, classes: 3, widths: [2, 3], maps: 4, dropout: 0.5 },
    optimizer: { ...sgd, learningRate: 0.1 },
  }),
  training("trajectory", "attention", { head: { type: "attention", dimension: 5, classes: 3, hidden: 4 } }),
];

const every = (count: number): number[] => Array.from({ length: count }, (_, row) => row);
const gradual = gradualPolicy({ until: { kind: "epochs", epochs: 2 }, headRate: 0.5 });
const refreeze: FreezePolicy = {
  name: "refreeze",
  phases: [
    { name: "frozen", learningRates: { embeddings: 0 }, until: { kind: "epochs", epochs: 1 } },
    { name: "tuned", learningRates: {}, until: { kind: "epochs", epochs: 1 } },
    { name: "head-frozen", learningRates: { head: 0 }, until: { kind: "epochs", epochs: 1 } },
    { name: "frozen-again", learningRates: { embeddings: 0 } },
  ],
};
const someRows: FreezePolicy = {
  name: "some-rows",
  phases: [{ name: "tuned", learningRates: {}, rows: { kind: "not", rule: { kind: "rows", rows: [2, 4, 9] } } }],
};
const momentum = { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.05 } as const;

/** Freezing, unfreezing and freezing again, with momentum and decay on: frozen rows keep their bits. */
export const freezeCases = (): TrainingCase[] => [
  training("freeze", "all-rows", { policy: frozenPolicy, optimizer: momentum, frozenRows: every(rows) }),
  training("freeze", "all-rows-adamw-dense", {
    policy: frozenPolicy,
    optimizer: { ...adam, weightDecay: 0.1, decoupled: true },
    embeddings: { rowUpdates: "dense" },
    frozenRows: every(rows),
  }),
  training("freeze", "unused-row-and-padding", { optimizer: momentum, frozenRows: [0, 11] }),
  training("freeze", "gradual", {
    policy: gradual,
    stepsPerEpoch: 5,
    optimizer: adam,
    embeddings: { learningRate: 0.004 },
  }),
  training("freeze", "gradual-momentum", { policy: gradual, stepsPerEpoch: 5, optimizer: momentum }),
  training("freeze", "on-plateau", {
    policy: gradualPolicy({ until: { kind: "plateau", patience: 1 } }),
    stepsPerEpoch: 4,
    devLosses: [1, 0.9, 0.95, 0.8, 0.7],
    optimizer: adam,
  }),
  training("freeze", "refreeze", { policy: refreeze, stepsPerEpoch: 5, optimizer: momentum }),
  training("freeze", "refreeze-adam", { policy: refreeze, stepsPerEpoch: 5, optimizer: adam }),
  training("freeze", "row-rule-lazy", { policy: someRows, optimizer: momentum, frozenRows: [0, 2, 4, 9, 11] }),
  training("freeze", "row-rule-dense", {
    policy: someRows,
    optimizer: momentum,
    embeddings: { rowUpdates: "dense" },
    frozenRows: [0, 2, 4, 9],
  }),
  training("freeze", "row-rule-adam", { policy: someRows, optimizer: adam, frozenRows: [0, 2, 4, 9, 11] }),
  training("freeze", "frozen-cnn", {
    policy: frozenPolicy,
    head: { type: "cnn", dimension: 5, classes: 3, widths: [2], maps: 4, dropout: 0 },
    optimizer: momentum,
    frozenRows: every(rows),
  }),
];

/** The whole drift report of 100 steps. */
export const driftCases = (): TrainingCase[] => [
  training("drift", "linear-sgd-100-steps", { steps: 100, drift: true }),
  training("drift", "linear-momentum-100-steps", {
    steps: 100,
    drift: true,
    optimizer: { ...momentum, learningRate: 0.05 },
  }),
  training("drift", "gradual-100-steps", { steps: 100, stepsPerEpoch: 20, policy: gradual, drift: true }),
  training("drift", "adagrad-100-steps", {
    steps: 100,
    drift: true,
    optimizer: { type: "adagrad", learningRate: 0.05 },
  }),
  training("drift", "mlp-100-steps", {
    steps: 100,
    drift: true,
    head: { type: "mlp", dimension: 5, classes: 3, hidden: 6, activation: "tanh" },
    optimizer: { ...sgd, learningRate: 0.1 },
  }),
  training("drift", "cnn-100-steps", {
    steps: 100,
    drift: true,
    head: { type: "cnn", dimension: 5, classes: 3, widths: [2, 3], maps: 4, dropout: 0 },
    optimizer: { ...sgd, learningRate: 0.05 },
  }),
];
