import { gradualPolicy } from "@thawline/core";
import type { BatchData, TrainingCase } from "../case.ts";

/** Rows of the table: padding, 20 that the batches look up, 20 that they never do. */
const rows = 41;

/** Row r of 1 to 20 is looked up in every batch for small r, in one for large r; 8 examples of 5 rows a batch. */
const batches: readonly BatchData[] = Array.from({ length: 4 }, (_, batch) => ({
  ids: Array.from({ length: 8 }, (_, example) =>
    Array.from({ length: 5 }, (_, position) => {
      const at = batch * 40 + example * 5 + position;
      return position < 2 ? 1 + ((at * 7) % 6) : 7 + ((at * 11 + batch) % 14);
    }),
  ),
  labels: Array.from({ length: 8 }, (_, example) => (example + batch) % 3),
}));

type Variant = Partial<Omit<TrainingCase, "id" | "kind" | "family">>;

const figures = (name: string, variant: Variant): TrainingCase => ({
  kind: "training",
  family: "drift",
  id: `drift/figures-${name}`,
  head: { type: "linear", dimension: 6, classes: 3 },
  rows,
  batches,
  steps: 60,
  optimizer: { type: "sgd", learningRate: 0.5 },
  drift: true,
  figures: { k: 3, bandStarts: [0, 1, 5, 10, 50] },
  ...variant,
});

/** Every figure of the table as a whole after a run: overlap, CKA, isotropy, the break to never-seen rows, bands. */
export const driftFigureCases = (): TrainingCase[] => [
  figures("sgd", {}),
  figures("adagrad", { optimizer: { type: "adagrad", learningRate: 0.05 } }),
  figures("gradual", {
    policy: gradualPolicy({ until: { kind: "epochs", epochs: 2 }, headRate: 0.5 }),
    stepsPerEpoch: 10,
  }),
  figures("attention", {
    head: { type: "attention", dimension: 6, classes: 3, hidden: 4 },
    optimizer: { type: "sgd", learningRate: 0.3 },
  }),
];
