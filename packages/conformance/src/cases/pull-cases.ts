import { type FreezePolicy, gradualPolicy } from "@thawline/core";
import type { BatchData, TrainingCase } from "../case.ts";

const rows = 12;

/** Two examples a batch: most rows are absent from most steps, row 6 from all but one in five; row 11 is in none. */
const batches: readonly BatchData[] = [
  {
    ids: [
      [2, 2, 8],
      [9, 1],
    ],
    labels: [0, 1],
  },
  {
    ids: [
      [3, 7, 3, 10],
      [2, 1],
    ],
    labels: [2, 0],
  },
  { ids: [[6], [10, 2, 7]], labels: [1, 0] },
  { ids: [[4, 4, 5], []], labels: [2, 1] },
  {
    ids: [
      [3, 5, 9],
      [8, 1],
    ],
    labels: [0, 2],
  },
];
const linear = { type: "linear", dimension: 5, classes: 3 } as const;
const sgd = { type: "sgd", learningRate: 0.3 } as const;
const adam = { type: "adam", learningRate: 0.02 } as const;
const l2sp = { type: "l2-sp", strength: 0.3 } as const;
const sigmoid = { type: "recadam", strength: 0.8, annealing: { kind: "sigmoid", slope: 0.4, center: 8 } } as const;
const mixout = { type: "mixout", probability: 0.3 } as const;
const cosine = { maxCosineDistance: 0.01 } as const;

type Variant = Partial<Omit<TrainingCase, "id" | "kind" | "family">>;

const training = (name: string, variant: Variant): TrainingCase => ({
  kind: "training",
  family: "trajectory",
  id: `trajectory/${name}`,
  head: linear,
  rows,
  batches,
  steps: 20,
  optimizer: sgd,
  ...variant,
});
/** Plain SGD: each step is held to the definition too. */
const defined = (name: string, variant: Variant): TrainingCase => training(name, { byDefinition: true, ...variant });

const gradual = gradualPolicy({ until: { kind: "epochs", epochs: 2 } });
const someRows: FreezePolicy = {
  name: "some-rows",
  phases: [{ name: "tuned", learningRates: {}, rows: { kind: "not", rule: { kind: "rows", rows: [2, 4, 9] } } }],
};
const frozenRows = [0, 2, 4, 9, 11];

/** Pulls towards the pre-trained rows, trust regions and embedding dropout. */
export const pullCases = (): TrainingCase[] => [
  defined("pull-l2-sp", { pull: l2sp }),
  defined("pull-l2-sp-long-absence", { pull: { ...l2sp, strength: 0.01 }, steps: 100 }),
  defined("pull-l2-sp-beyond-the-anchor", { pull: { ...l2sp, strength: 5 } }),
  defined("pull-l2-sp-schedule", { pull: l2sp, schedule: { type: "linear" } }),
  defined("pull-l2-sp-coupled", { pull: { ...l2sp, coupled: true } }),
  defined("pull-l2-sp-frozen-rows", { pull: l2sp, policy: someRows, frozenRows }),
  training("pull-l2-sp-adam", { pull: l2sp, optimizer: adam }),
  training("pull-l2-sp-dense-momentum", {
    pull: l2sp,
    optimizer: { ...sgd, learningRate: 0.1, momentum: 0.9 },
    embeddings: { rowUpdates: "dense" },
  }),
  training("pull-l2-sp-coupled-dense-adam-clipped", {
    pull: { ...l2sp, coupled: true },
    optimizer: adam,
    embeddings: { rowUpdates: "dense", rowStep: "global" },
    clipNorm: 0.2,
  }),
  training("pull-l2-sp-gradual", { pull: l2sp, policy: gradual, stepsPerEpoch: 5 }),
  defined("pull-recadam-sigmoid", { pull: sigmoid }),
  defined("pull-recadam-linear", { pull: { ...sigmoid, annealing: { kind: "linear", steps: 15 } } }),
  training("pull-recadam-adam", { pull: sigmoid, optimizer: adam, embeddings: { rowStep: "global" } }),
  training("pull-mixout", { pull: mixout }),
  training("pull-mixout-adam-frozen-rows", { pull: mixout, optimizer: adam, policy: someRows, frozenRows }),
  training("pull-mixout-cnn", {
    pull: mixout,
    head: { type: "cnn", dimension: 5, classes: 3, widths: [2, 3], maps: 4, dropout: 0.5 },
    optimizer: { ...sgd, learningRate: 0.1 },
  }),
  defined("trust-region-cosine", { trustRegion: cosine }),
  defined("trust-region-l2", { trustRegion: { maxL2: 0.1 } }),
  defined("trust-region-all-with-pull", {
    trustRegion: { ...cosine, maxL2: 0.15, maxRelativeL2: 0.1 },
    pull: { ...l2sp, strength: 0.05 },
  }),
  training("trust-region-adam", { trustRegion: cosine, optimizer: adam }),
  training("embedding-dropout", { embeddingDropout: 0.3 }),
  training("embedding-dropout-cnn", {
    embeddingDropout: 0.3,
    head: { type: "cnn", dimension: 5, classes: 3, widths: [2, 3], maps: 4, dropout: 0 },
    optimizer: { ...sgd, learningRate: 0.1 },
  }),
];
