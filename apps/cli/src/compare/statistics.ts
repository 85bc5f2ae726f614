import {
  bootstrapMean,
  type Interval,
  mcNemar,
  meanOverRuns,
  pairedBootstrap,
  pairedDifferences,
  permutationTest,
} from "@thawline/analysis";
import type { Estimate, Pair } from "./document.ts";

/** For each seed `[N]`: 1 where the arm had the example right, 0 where not; the share of folds where several judged it. */
export type Correctness = readonly Float64Array[];

/** The seed of every resampling: intervals of the same runs are the same. */
const seed = 1;

// Seeds are drawn too, so that a difference that one lucky seed makes does not pass for one of the policy.
const resampling = (runs: Correctness) => ({ seed, level: 0.95, resampleRuns: runs.length > 1 });

const bounds = ({ low, high }: Interval): readonly [number, number] => [low, high];

/** An arm's accuracy with its interval. */
export function estimateOf(runs: Correctness): Estimate {
  const interval = bootstrapMean(runs, resampling(runs));
  return { mean: interval.estimate, interval: bounds(interval) };
}

/** Arm a minus arm b, on the same examples with the same seeds. */
export function pairOf(
  a: { readonly policy: string; readonly runs: Correctness },
  b: { readonly policy: string; readonly runs: Correctness },
  on: "dev" | "test",
): Pair {
  const interval = pairedBootstrap(b.runs, a.runs, resampling(a.runs));
  const names = { a: a.policy, b: b.policy, on, difference: interval.estimate, interval: bounds(interval) };
  const isYesOrNo = (runs: Correctness): boolean =>
    runs.every((run) => run.every((value) => value === 0 || value === 1));
  if (a.runs.length === 1 && isYesOrNo(a.runs) && isYesOrNo(b.runs)) {
    return { ...names, pValue: mcNemar(a.runs[0]!, b.runs[0]!).pValue, test: "mcnemar" };
  }
  const differences = meanOverRuns(pairedDifferences(a.runs, b.runs));
  return { ...names, pValue: permutationTest(differences, { seed }).pValue, test: "permutation" };
}
