import { type DriftGuard, type FreezePolicy, type RowRule, ulmfitPolicy } from "@thawline/core";
import type { BatchData, TrainingCase } from "../case.ts";

/** Rows of the table; rows 0 and 11 are in no batch. */
const rows = 12;

/** Row 2 occurs seven times, rows 1, 4, 5 and 9 three to four times, the others twice or less. */
const batches: readonly BatchData[] = [
  { ids: [[2, 2, 2, 8], [9, 1, 4], [2], [5]], labels: [0, 1, 2, 1] },
  {
    ids: [
      [3, 7, 9, 6],
      [2, 1],
      [5, 8],
      [4, 9, 5],
    ],
    labels: [2, 0, 1, 2],
  },
  { ids: [[6], [10, 2, 7], [1, 5, 9], [4, 4]], labels: [1, 0, 0, 2] },
];
const linear = { type: "linear", dimension: 5, classes: 3 } as const;
const sgd = { type: "sgd", learningRate: 0.3 } as const;
const adam = { type: "adam", learningRate: 0.02 } as const;
const momentum = { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.05 } as const;

type Variant = Partial<Omit<TrainingCase, "id" | "kind" | "family">>;

const training = (family: TrainingCase["family"], name: string, variant: Variant): TrainingCase => ({
  kind: "training",
  family,
  id: `${family}/${name}`,
  head: linear,
  rows,
  batches,
  steps: 30,
  stepsPerEpoch: 6,
  optimizer: sgd,
  ...variant,
});

const guarded = (name: string, guard: DriftGuard, variant: Variant = {}): TrainingCase =>
  training("drift", `guard-${name}`, { guard, drift: true, ...variant });

/**
 * Limits are such that no figure of a check is within 1e-3 of one: a deviation that a tolerance allows decides nothing.
 * A budget of drift: every backend takes the same actions at the same steps, and stays inside. */
export const guardCases = (): TrainingCase[] => [
  guarded("warn", { limits: { meanCosineDistance: 0.01 }, action: "warn" }),
  guarded("refreeze", { limits: { meanCosineDistance: 0.01 }, action: "refreeze" }, { steps: 16 }),
  guarded("refreeze-adam", { limits: { meanCosineDistance: 0.005 }, action: "refreeze" }, { optimizer: adam }),
  guarded("refreeze-p95", { limits: { p95CosineDistance: 0.02 }, action: "refreeze" }),
  guarded("refreeze-max-l2", { limits: { maxL2: 0.25 }, action: "refreeze" }),
  guarded(
    "refreeze-several",
    { limits: { meanCosineDistance: 0.008, maxCosineDistance: 0.03, meanL2: 0.2 }, action: "refreeze" },
    { steps: 18 },
  ),
  guarded("slow", { limits: { meanCosineDistance: 0.01 }, action: "slow", attempts: 3 }),
  guarded(
    "slow-dense-momentum",
    { limits: { meanL2: 0.2 }, action: "slow", attempts: 3 },
    {
      optimizer: momentum,
      embeddings: { rowUpdates: "dense" },
    },
  ),
  guarded("rollback", { limits: { meanCosineDistance: 0.006 }, action: "rollback" }, { optimizer: adam }),
  guarded("stop", { limits: { maxCosineDistance: 0.04 }, action: "stop" }),
  guarded(
    "every-third-step",
    { limits: { meanCosineDistance: 0.01 }, action: "refreeze", checkEvery: 3 },
    { steps: 21 },
  ),
];

const onlyRows = (rule: RowRule): FreezePolicy => ({
  name: "rule",
  phases: [{ name: "rule", learningRates: {}, rows: rule }],
});

/** Rules and rates of rows that read counts, words, labels and drift. */
export const policyCases = (): TrainingCase[] => [
  training("freeze", "rule-rank", { policy: onlyRows({ kind: "rank", to: 4 }), optimizer: momentum, drift: true }),
  training("freeze", "rule-band-and-pattern", {
    policy: onlyRows({
      kind: "and",
      rules: [
        { kind: "band", by: "quantile", to: 0.5 },
        { kind: "not", rule: { kind: "pattern", pattern: "[24]$" } },
      ],
    }),
    optimizer: momentum,
    embeddings: { rowUpdates: "dense" },
    frozenRows: [2, 4],
  }),
  training("freeze", "rule-class-indicative", {
    policy: onlyRows({ kind: "class-indicative", statistic: "mutual-information", top: 3 }),
    optimizer: adam,
    drift: true,
  }),
  training("freeze", "rule-drift", {
    policy: onlyRows({ kind: "drift", figure: "cosineDistance", below: 0.004 }),
    drift: true,
  }),
  training("freeze", "row-rates", {
    policy: {
      name: "rates",
      phases: [
        {
          name: "rates",
          learningRates: {},
          rowRates: [
            { rows: { kind: "rank", to: 2 }, rate: 1.5 },
            { rows: { kind: "rows", rows: [5, 6] }, rate: 0 },
            { rows: { kind: "min-count", count: 2 }, rate: 0.25 },
          ],
        },
      ],
    },
    optimizer: { ...adam, weightDecay: 0.05, decoupled: true },
    frozenRows: [5, 6],
    drift: true,
  }),
  training("freeze", "ulmfit-mlp", {
    head: { type: "mlp", dimension: 5, classes: 3, hidden: 6, activation: "tanh" },
    policy: ulmfitPolicy({ headGroups: ["head.hidden", "head.output"] }),
    optimizer: adam,
    schedule: { type: "slanted" },
  }),
];
