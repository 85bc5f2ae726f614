import { type EmbeddingTrainer, rowOf } from "@thawline/core";
import type { TrainingCase } from "../case.ts";
import { relativeError } from "../measure.ts";
import { examplesOf, trainerOf } from "./check-training.ts";
import { type Rows, stepByDefinition } from "./pull-by-definition.ts";
import { type ConformanceTarget, type Deviation, noteDeviation } from "./target.ts";

function rowsOf(trainer: EmbeddingTrainer): Rows {
  // Looking brings rows up to date that were absent from the last steps.
  trainer.drift();
  const { table } = trainer;
  return Array.from({ length: table.rows }, (_, row) => Array.from(rowOf(table, row)));
}

async function gradientsOf(trainer: EmbeddingTrainer, batch: Parameters<EmbeddingTrainer["step"]>[0]) {
  const { rows, rowValues } = await trainer.gradients(batch);
  const { dimension } = trainer.head;
  return new Map(Array.from(rows, (row, u) => [row, [...rowValues.subarray(u * dimension, (u + 1) * dimension)]]));
}

/**
 * Holds each step of a run with plain SGD to the definition of its pull and trust region, from the gradients that the target
 * gives. Where it looks after every third step only, rows are absent from more steps than one before they are compared.
 */
export async function checkPull(target: ConformanceTarget, item: TrainingCase, worst: Deviation): Promise<void> {
  const trainer = await trainerOf(target, item);
  const { pull, trustRegion, frozenRows = [] } = item;
  const batches = item.batches.map(examplesOf);
  const learningRate = item.embeddings?.learningRate ?? item.optimizer.learningRate;
  const options = {
    ...(pull === undefined ? {} : { pull }),
    ...(trustRegion === undefined ? {} : { trustRegion }),
  };
  try {
    const anchor = rowsOf(trainer);
    let expected = anchor;
    for (let t = 1; t <= item.steps; t++) {
      const batch = batches[(t - 1) % batches.length]!;
      const gradients = await gradientsOf(trainer, batch);
      const report = await trainer.step(batch);
      const rate = report.learningRates.embeddings ?? learningRate;
      expected = stepByDefinition(
        { anchor, before: expected, gradients, frozen: frozenRows, learningRate: rate, t },
        options,
      );
      if (t % 3 !== 0 && t < item.steps) continue;
      const actual = rowsOf(trainer);
      noteDeviation(worst, `rows after step ${t}, by definition`, relativeError(actual.flat(), expected.flat()));
    }
  } finally {
    await trainer.close();
  }
}
