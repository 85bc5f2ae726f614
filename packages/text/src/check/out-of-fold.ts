import { dealFolds, foldRows } from "./folds.ts";
import { fitLogisticRegression, predictProbabilities } from "./logistic-regression.ts";
import type { SparseRows } from "./sparse-rows.ts";

/** Features and classes of rows to learn from. */
export interface LearningProblem {
  /** The rows with labels come first. */
  readonly matrix: SparseRows;
  /** `[N]` classes of the first N rows of `matrix`. */
  readonly labels: Int32Array;
  readonly classes: number;
  /** `[N]` rows of one group are (nearly) the same text, and never on both sides of a fold. */
  readonly groups: Int32Array;
  readonly folds: number;
  readonly seed: number;
  readonly inverseStrength: number;
  /** Called after each fit. */
  readonly onFit?: () => void;
}

/** Far tighter than what changes a ranking, and far from the last digit. */
export const fitOptions = { tolerance: 1e-4, maxIterations: 60 };

/** Fits on the rows outside a fold; probabilities `[inside, C]` of those inside. Fresh. */
export function fitFold(problem: LearningProblem, foldOf: Int32Array, fold: number) {
  const { matrix, labels, classes, inverseStrength } = problem;
  const { inside, outside } = foldRows(foldOf, fold);
  const model = fitLogisticRegression(matrix, labels, { classes, inverseStrength, rows: outside, ...fitOptions });
  problem.onFit?.();
  return { inside, probabilities: predictProbabilities(model, matrix, inside) };
}

/**
 * Probabilities `[N, C]` of all rows, each by the model of the folds that it is not in. Fresh. Every fit starts from zero:
 * one that started from another fold's weights would have seen the rows it is asked about.
 */
export function outOfFold(problem: LearningProblem): Float64Array {
  const { labels, classes, groups, folds, seed } = problem;
  const foldOf = dealFolds(labels, groups, { folds, seed });
  const result = new Float64Array(labels.length * classes);
  for (let fold = 0; fold < folds; fold++) {
    const { inside, probabilities } = fitFold(problem, foldOf, fold);
    inside.forEach((row, i) => {
      result.set(probabilities.subarray(i * classes, (i + 1) * classes), row * classes);
    });
  }
  return result;
}
