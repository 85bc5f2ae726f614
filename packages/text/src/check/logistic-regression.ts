import { rowCount, type SparseRows } from "./sparse-rows.ts";

/** How to fit. */
export interface LogisticOptions {
  readonly classes: number;
  /** Inverse strength of the penalty, scikit-learn's `C`: the larger, the closer the fit. Default 1. */
  readonly inverseStrength?: number;
  /** Stops where no component of the gradient of the mean loss is larger. Default 1e-4. */
  readonly tolerance?: number;
  /** Default 100. */
  readonly maxIterations?: number;
  /** Rows to fit on. Default all. */
  readonly rows?: Int32Array;
}

/** A multinomial logistic regression. */
export interface LinearModel {
  readonly classes: number;
  /** `[F + 1, C]` weights by column, and in the last row the biases. Fresh. */
  readonly weights: Float64Array;
  readonly iterations: number;
  readonly hasConverged: boolean;
}

/** Corrections that L-BFGS remembers, for at most so many numbers in all. */
const memory = { corrections: 8, numbers: 16_000_000 };

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * source[i]!;
}

/** Writes the probabilities of row `i` of `matrix` to `into` [C]. */
function softmaxOfRow(
  model: Pick<LinearModel, "classes" | "weights">,
  matrix: SparseRows,
  i: number,
  into: Float64Array,
): void {
  const { classes, weights } = model;
  const bias = matrix.width * classes;
  for (let c = 0; c < classes; c++) into[c] = weights[bias + c]!;
  for (let e = matrix.offsets[i]!; e < matrix.offsets[i + 1]!; e++) {
    const value = matrix.values[e]!;
    const at = matrix.columns[e]! * classes;
    for (let c = 0; c < classes; c++) into[c]! += value * weights[at + c]!;
  }
  let max = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) if (into[c]! > max) max = into[c]!;
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    into[c] = Math.exp(into[c]! - max);
    sum += into[c]!;
  }
  for (let c = 0; c < classes; c++) into[c]! /= sum;
}

interface Problem {
  readonly matrix: SparseRows;
  readonly labels: Int32Array;
  readonly rows: Int32Array;
  readonly classes: number;
  /** λ of λ/2 · |W|². */
  readonly penalty: number;
}

/** Mean loss plus penalty at `weights`; writes the gradient. The bias is not penalised. */
function evaluate(problem: Problem, weights: Float64Array, gradient: Float64Array): number {
  const { matrix, labels, rows, classes, penalty } = problem;
  const bias = matrix.width * classes;
  const probabilities = new Float64Array(classes);
  const model = { classes, weights };
  gradient.fill(0);
  let loss = 0;
  for (const i of rows) {
    softmaxOfRow(model, matrix, i, probabilities);
    loss -= Math.log(Math.max(probabilities[labels[i]!]!, Number.MIN_VALUE));
    probabilities[labels[i]!]! -= 1;
    for (let e = matrix.offsets[i]!; e < matrix.offsets[i + 1]!; e++) {
      const value = matrix.values[e]!;
      const at = matrix.columns[e]! * classes;
      for (let c = 0; c < classes; c++) gradient[at + c]! += value * probabilities[c]!;
    }
    for (let c = 0; c < classes; c++) gradient[bias + c]! += probabilities[c]!;
  }
  let squares = 0;
  for (let k = 0; k < gradient.length; k++) {
    gradient[k]! /= rows.length;
    if (k >= bias) continue;
    squares += weights[k]! * weights[k]!;
    gradient[k]! += penalty * weights[k]!;
  }
  return loss / rows.length + (penalty / 2) * squares;
}

/** One remembered step of L-BFGS. */
interface Correction {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly rho: number;
}

/** −H · gradient by the two-loop recursion (Nocedal and Wright 2006, algorithm 7.4). Fresh. */
function direction(gradient: Float64Array, corrections: readonly Correction[]): Float64Array {
  const result = gradient.slice();
  const alphas: number[] = [];
  for (let k = corrections.length - 1; k >= 0; k--) {
    const { step, change, rho } = corrections[k]!;
    alphas[k] = rho * dot(step, result);
    addScaled(result, change, -alphas[k]!);
  }
  const last = corrections[corrections.length - 1];
  const scale =
    last === undefined
      ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient)))
      : 1 / (last.rho * dot(last.change, last.change));
  for (let i = 0; i < result.length; i++) result[i]! *= scale;
  corrections.forEach(({ step, change, rho }, k) => {
    addScaled(result, step, alphas[k]! - rho * dot(change, result));
  });
  for (let i = 0; i < result.length; i++) result[i] = -result[i]!;
  return result;
}

const largest = (values: Float64Array): number => values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);

/** Minimises the convex problem from zero by L-BFGS with backtracking. */
function minimise(
  problem: Problem,
  size: number,
  { tolerance, maxIterations }: { tolerance: number; maxIterations: number },
) {
  const remembered = Math.max(2, Math.min(memory.corrections, Math.floor(memory.numbers / (2 * size))));
  const weights = new Float64Array(size);
  let gradient = new Float64Array(size);
  let spare = new Float64Array(size);
  let value = evaluate(problem, weights, gradient);
  let corrections: Correction[] = [];
  let iterations = 0;
  while (iterations < maxIterations && largest(gradient) > tolerance) {
    iterations++;
    const step = direction(gradient, corrections);
    const slope = dot(step, gradient);
    let length = 1;
    let next = value;
    for (let tries = 0; ; tries++) {
      addScaled(weights, step, length);
      next = evaluate(problem, weights, spare);
      // Armijo's condition (Nocedal and Wright 2006, equation 3.4).
      if (next <= value + 1e-4 * length * slope) break;
      addScaled(weights, step, -length);
      // Rounding has eaten what is left to gain.
      if (tries === 30) return { weights, iterations, hasConverged: largest(gradient) <= tolerance };
      length /= 2;
    }
    for (let i = 0; i < size; i++) step[i]! *= length;
    const change = spare.slice();
    addScaled(change, gradient, -1);
    const curvature = dot(step, change);
    if (curvature > 1e-12) corrections = [...corrections.slice(1 - remembered), { step, change, rho: 1 / curvature }];
    value = next;
    [gradient, spare] = [spare, gradient];
  }
  return { weights, iterations, hasConverged: largest(gradient) <= tolerance };
}

/**
 * Fits a multinomial logistic regression: minimises the mean of −log p(label) plus |W|² / (2 · `inverseStrength` · N). Biases
 * are not penalised. No randomness: the problem is convex, and the start is zero.
 * @param labels `[N]` classes in [0, C), of all rows of `matrix`
 * @remarks The model of scikit-learn's `LogisticRegression` for three classes and more; for two, its single column of
 * weights w is the difference of our two columns, and its `C` is half of ours for the same fit. L-BFGS: Liu and Nocedal 1989.
 */
export function fitLogisticRegression(matrix: SparseRows, labels: Int32Array, options: LogisticOptions): LinearModel {
  const { classes, inverseStrength = 1, tolerance = 1e-4, maxIterations = 100 } = options;
  const rows = options.rows ?? Int32Array.from({ length: rowCount(matrix) }, (_, i) => i);
  if (rows.length === 0) throw new RangeError("a fit needs at least one row, got none");
  const problem = { matrix, labels, rows, classes, penalty: 1 / (inverseStrength * rows.length) };
  const fitted = minimise(problem, (matrix.width + 1) * classes, { tolerance, maxIterations });
  return { classes, ...fitted };
}

/** Probabilities `[rows, C]` of some rows of a matrix, fresh. */
export function predictProbabilities(
  model: Pick<LinearModel, "classes" | "weights">,
  matrix: SparseRows,
  rows: Int32Array,
): Float64Array {
  const result = new Float64Array(rows.length * model.classes);
  rows.forEach((row, i) => {
    softmaxOfRow(model, matrix, row, result.subarray(i * model.classes, (i + 1) * model.classes));
  });
  return result;
}
