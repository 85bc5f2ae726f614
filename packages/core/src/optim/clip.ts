import type { RowGradient } from "../embedding/row-gradient.ts";
import type { FloatArray } from "../tensor.ts";

/** Σ x² over the first `length` numbers, in order, in float64. */
export function sumOfSquares(values: FloatArray, length: number = values.length): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]! * values[i]!;
  return sum;
}

/**
 * Factor that brings the joint L2 norm of all gradients down to `maxNorm`: maxNorm / (norm + 1e-6) where that is below 1,
 * else 1. Taken before decay is added; frozen parameters and rows do not count.
 * @remarks Pascanu et al. 2013, in the form of PyTorch's `clip_grad_norm_`.
 */
export function clipFactor(
  maxNorm: number,
  gradients: readonly FloatArray[],
  rows: RowGradient | undefined,
  dimension: number,
): number {
  let sum = rows === undefined ? 0 : sumOfSquares(rows.values, rows.count * dimension);
  for (const gradient of gradients) sum += sumOfSquares(gradient);
  return Math.min(1, maxNorm / (Math.sqrt(sum) + 1e-6));
}
