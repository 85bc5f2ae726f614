import { referenceBackend } from "@thawline/backend-reference";
import {
  countLabels,
  createEmbeddingTable,
  createRandom,
  type DriftReport,
  type EmbeddingTrainer,
  type Examples,
  type FloatArray,
  type GuardEvent,
  rowOf,
} from "@thawline/core";
import { createHead } from "@thawline/heads";
import type { BatchData, TrainingCase } from "../case.ts";
import { relativeError } from "../measure.ts";
import { driftByDefinition, driftFigures } from "./drift-by-definition.ts";
import { compareActions, limitsBroken } from "./guard-actions.ts";
import { measuredFigures, type TableFigures } from "./table-figures.ts";
import { figuresByDefinition } from "./table-figures-by-definition.ts";
import { type ConformanceTarget, type Deviation, isDouble, noteDeviation, trainerFactory } from "./target.ts";

/** What came of a training run. */
interface Run {
  readonly losses: readonly number[];
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
  readonly drift: DriftReport;
  /** Of the table as a whole; none where the case asks for none. */
  readonly figures: TableFigures;
  /** Rows of `frozenRows` whose bits changed. */
  readonly movedFrozenRows: readonly number[];
  /** What its drift guard did. */
  readonly actions: readonly GuardEvent[];
  /** Limits that the table was beyond after a check. */
  readonly brokenLimits: readonly string[];
}

const tableSeed = 7;
/** Parameters that start at 0 would hide a wrong gradient of everything below them. */
const parameterSeed = 11;

/** A batch as a trainer takes it. */
export function examplesOf({ ids, labels }: BatchData): Examples {
  const offsets = [0];
  for (const row of ids) offsets.push(offsets[offsets.length - 1]! + row.length);
  return {
    ids: Int32Array.from(ids.flat()),
    offsets: Int32Array.from(offsets),
    labels: Int32Array.from(labels),
  };
}

function uniform(length: number, seed: number, bound: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length }, () => Math.fround((2 * random.nextFloat() - 1) * bound));
}

/** Times that each row is looked up in the batches, `[V]`. */
function lookUpCounts({ rows, batches }: TrainingCase): number[] {
  const counts = new Array<number>(rows).fill(0);
  for (const { ids } of batches) for (const row of ids.flat()) counts[row]!++;
  return counts;
}

/** All batches as one. */
const joined = (batches: readonly BatchData[]): BatchData => ({
  ids: batches.flatMap(({ ids }) => ids),
  labels: batches.flatMap(({ labels }) => labels),
});

/** The table that a case begins with, `[V, D]`: row 0 is padding and 0. */
function tableNumbers({ rows, head }: TrainingCase): number[] {
  const numbers = uniform(rows * head.dimension, tableSeed, 1);
  return numbers.fill(0, 0, head.dimension);
}

/** The trainer of a case. */
export async function trainerOf(target: ConformanceTarget, item: TrainingCase): Promise<EmbeddingTrainer> {
  const head = createHead(item.head);
  const numbers = tableNumbers(item);
  const anchor: FloatArray = isDouble(target.backend) ? Float64Array.from(numbers) : Float32Array.from(numbers);
  const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const { policy, schedule, clipNorm, maxNorm, classWeights, labelSmoothing, wordDropout, embeddings } = item;
  const { embeddingDropout, pull, trustRegion, guard } = item;
  return trainerFactory(target)({
    backend: target.backend,
    head,
    table: createEmbeddingTable({ anchor, dimension: head.dimension, activeRows: "all" }),
    optimizer: item.optimizer,
    batchSize: Math.max(...item.batches.map((batch) => batch.labels.length)),
    totalSteps: item.steps,
    seed: 5,
    parameters: Object.fromEntries(
      head.parameters.map((spec, i) => [spec.name, uniform(size(spec.shape), parameterSeed + i, 0.5)]),
    ),
    ...(embeddings === undefined ? {} : { embeddings }),
    ...(policy === undefined ? {} : { policy }),
    ...(schedule === undefined ? {} : { schedule }),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(maxNorm === undefined ? {} : { maxNorm }),
    ...(classWeights === undefined ? {} : { classWeights }),
    ...(labelSmoothing === undefined ? {} : { labelSmoothing }),
    ...(wordDropout === undefined ? {} : { wordDropout }),
    ...(embeddingDropout === undefined ? {} : { embeddingDropout }),
    ...(pull === undefined ? {} : { pull }),
    ...(trustRegion === undefined ? {} : { trustRegion }),
    ...(guard === undefined ? {} : { guard }),
    rowCounts: lookUpCounts(item),
    rowWords: Array.from({ length: item.rows }, (_, row) => `w${row}`),
    rowLabelCounts: countLabels(examplesOf(joined(item.batches)), { classes: head.classes }),
  });
}

async function train(target: ConformanceTarget, item: TrainingCase): Promise<Run> {
  const trainer = await trainerOf(target, item);
  const { table } = trainer;
  const batches = item.batches.map(examplesOf);
  const losses: number[] = [];
  const actions: GuardEvent[] = [];
  const brokenLimits: string[] = [];
  const note = (step: number, events: readonly GuardEvent[] = []): void => {
    actions.push(...events);
    const { guard } = item;
    if (guard === undefined || guard.action === "warn" || step % (guard.checkEvery ?? 1) !== 0) return;
    const after = Array.from({ length: table.rows }, (_, row) => Array.from(rowOf(table, row))).flat();
    const tables = { before: tableNumbers(item), after, dimension: table.dimension };
    brokenLimits.push(...limitsBroken(guard, tables).map((figure) => `${figure} at step ${step}`));
  };
  try {
    for (let step = 1; step <= item.steps; step++) {
      const report = await trainer.step(batches[(step - 1) % batches.length]!);
      losses.push(report.loss);
      note(step, report.guard);
      if (report.guard?.some(({ action }) => action === "stop")) break;
      if (item.stepsPerEpoch === undefined || step % item.stepsPerEpoch !== 0) continue;
      const epoch = step / item.stepsPerEpoch;
      note(step, trainer.checkDrift());
      trainer.endEpoch({
        epoch,
        phase: trainer.phase.name,
        learningRates: {},
        trainLoss: losses[losses.length - 1]!,
        devLoss: item.devLosses?.[epoch - 1] ?? null,
        devAccuracy: null,
        meanCosineDistance: 0,
      });
    }
    // First: looking brings rows up to date that a pull owes something.
    const drift = trainer.drift();
    const values: Record<string, ArrayLike<number>> = {
      embeddings: Array.from({ length: table.rows }, (_, row) => Array.from(rowOf(table, row))).flat(),
    };
    for (const [name, value] of Object.entries(trainer.parameters)) values[name] = value.data.slice();
    const { dimension, anchor } = table;
    const movedFrozenRows = (item.frozenRows ?? []).filter((row) =>
      rowOf(table, row).some((x, d) => !Object.is(x, anchor[row * dimension + d])),
    );
    const figures =
      item.figures === undefined ? {} : measuredFigures(table, { ...item.figures, counts: lookUpCounts(item) });
    return { losses, values, drift, figures, movedFrozenRows, actions, brokenLimits };
  } finally {
    await trainer.close();
  }
}

/** Compares losses, parameters, rows and drift with the same run on the float64 reference. */
export async function checkTraining(target: ConformanceTarget, item: TrainingCase, worst: Deviation): Promise<void> {
  const expected = await train({ backend: referenceBackend() }, item);
  const actual = await train(target, item);
  noteDeviation(worst, "losses", relativeError(actual.losses, expected.losses));
  for (const [name, values] of Object.entries(expected.values)) {
    noteDeviation(worst, name, relativeError(actual.values[name] ?? [], values));
  }
  if (actual.movedFrozenRows.length > 0) {
    noteDeviation(worst, `frozen rows ${actual.movedFrozenRows.join(", ")} moved`, Number.POSITIVE_INFINITY);
  }
  compareActions(actual.actions, expected.actions, worst);
  if (actual.brokenLimits.length > 0) {
    noteDeviation(worst, `guard: beyond its limit: ${actual.brokenLimits[0]}`, Number.POSITIVE_INFINITY);
  }
  if (item.drift !== true) return;
  const { dimension } = item.head;
  const byDefinition = driftByDefinition(tableNumbers(item), expected.values.embeddings!, dimension);
  for (const figure of driftFigures) {
    noteDeviation(worst, `drift: ${figure}`, relativeError([actual.drift[figure]], [byDefinition[figure]]));
  }
  const mostMoved = actual.drift.mostMoved.map(({ row }) => row);
  noteDeviation(worst, "drift: most moved rows", relativeError(mostMoved, byDefinition.mostMoved));
  if (item.figures === undefined) return;
  const options = { ...item.figures, dimension, counts: lookUpCounts(item) };
  const figures = figuresByDefinition(tableNumbers(item), expected.values.embeddings!, options);
  for (const [name, values] of Object.entries(figures)) {
    noteDeviation(worst, `drift: ${name}`, relativeError(actual.figures[name] ?? [], values));
  }
}
