import type { ArmPlan } from "./arms.ts";
import type { ArmRun } from "./document.ts";
import type { Cell } from "./plan-runs.ts";
import type { RunResult, SplitResult } from "./run-arm.ts";
import type { Correctness } from "./statistics.ts";

/** A finished run. */
export interface FinishedRun {
  readonly arm: ArmPlan;
  readonly cell: Cell;
  readonly result: RunResult;
}

/** An arm's runs of one size, folds joined. */
export interface CollectedArm {
  readonly arm: ArmPlan;
  readonly size: number | null;
  /** By seed. */
  readonly runs: readonly ArmRun[];
  readonly dev: Correctness;
  readonly test: Correctness | null;
}

/** Every arm at every size. */
export type Collected = readonly CollectedArm[];

const digits = (correct: string): Float64Array => Float64Array.from(correct, Number);
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Each example's share of folds that had it right: all folds judge the same test rows. */
function meanOf(results: readonly SplitResult[]): Float64Array {
  const each = results.map(({ correct }) => digits(correct));
  return each[0]!.map((_, n) => mean(each.map((run) => run[n]!)));
}

/** Out-of-fold results in the order of train; one fold's alone where there are none. */
function devOf(folds: readonly FinishedRun[]): Float64Array {
  const [first] = folds;
  if (first!.cell.devRows === null) return digits(first!.result.dev.correct);
  const joined = new Float64Array(folds.reduce((rows, { result }) => rows + result.dev.correct.length, 0));
  for (const { cell, result } of folds) {
    digits(result.dev.correct).forEach((value, i) => {
      joined[cell.devRows![i]!] = value;
    });
  }
  return joined;
}

/** The runs of one arm, size and seed: one, or one a fold. */
function joinFolds(folds: readonly FinishedRun[], nameOf: (arm: ArmPlan, cell: Cell) => string) {
  const results = folds.map(({ result }) => result);
  const dev = devOf(folds);
  const tests = results.flatMap(({ test }) => (test === null ? [] : [test]));
  const test = tests.length === 0 ? null : meanOf(tests);
  const rows = results.map((result) => result.dev.correct.length);
  const devLoss = results.reduce((sum, result, i) => sum + result.dev.loss * rows[i]!, 0) / dev.length;
  const { arm, cell, result } = folds[0]!;
  const run: ArmRun = {
    seed: cell.seed,
    dev: mean(dev),
    test: test === null ? null : mean(test),
    devLoss,
    testLoss: tests.length === 0 ? null : mean(tests.map(({ loss }) => loss)),
    bestEpoch: results.map(({ bestEpoch }) => bestEpoch),
    movedRows: mean(results.map(({ movedRows }) => movedRows)),
    meanCosineDistance: mean(results.map(({ meanCosineDistance }) => meanCosineDistance)),
    neighborOverlapAt10: mean(
      results.flatMap(({ neighborOverlapAt10: overlap }) => (overlap === null ? [] : [overlap])),
    ),
    delta: result.hasDelta ? `runs/${nameOf(arm, cell)}/delta.safetensors` : null,
  };
  return { run, dev, test };
}

/** Joins the folds of each run, and the seeds of each arm and size. */
export function collectRuns(finished: readonly FinishedRun[], nameOf: (arm: ArmPlan, cell: Cell) => string): Collected {
  const sizes = [...new Set(finished.map(({ cell }) => cell.size))];
  const arms = [...new Set(finished.map(({ arm }) => arm))];
  const seeds = [...new Set(finished.map(({ cell }) => cell.seed))];
  return sizes.flatMap((size) =>
    arms.map((arm) => {
      const own = finished.filter((run) => run.arm === arm && run.cell.size === size);
      const joined = seeds.map((seed) =>
        joinFolds(
          own.filter(({ cell }) => cell.seed === seed),
          nameOf,
        ),
      );
      const tests = joined.flatMap(({ test }) => (test === null ? [] : [test]));
      return {
        arm,
        size,
        runs: joined.map(({ run }) => run),
        dev: joined.map(({ dev }) => dev),
        test: tests.length === 0 ? null : tests,
      };
    }),
  );
}
