import type { FloatArray } from "../tensor.ts";

/** How labels become targets. */
export interface TargetOptions {
  /** C. */
  readonly classes: number;
  /** One weight ≥ 0 a class; default 1 each. */
  readonly classWeights?: ArrayLike<number>;
  /** ε in [0, 1): share of the target spread over all classes; default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Writes the targets `[B, C]` and example weights `[B]` of a batch in place, so that
 * Σₙ weightₙ Σ_c target[n, c] · −log p[n, c] is the mean cross-entropy with class weights and label smoothing as
 * PyTorch's `cross_entropy(weight, label_smoothing, reduction="mean")` defines it:
 * target[n, c] = (1 − ε) w_y [c = y] + (ε / C) w_c, and weightₙ = 1 / Σ w_y over the real examples.
 * Examples from `labels.length` on only pad the batch: their rows are 0.
 * @returns Σ w_y, the divisor (0 where every label has weight 0: all weights are then 0)
 */
export function writeClassTargets(
  labels: ArrayLike<number>,
  into: { readonly target: FloatArray; readonly weight: FloatArray },
  options: TargetOptions,
): number {
  const { classes, classWeights } = options;
  const smoothing = options.labelSmoothing ?? 0;
  const { target, weight } = into;
  const weightOf = (c: number): number => (classWeights === undefined ? 1 : classWeights[c]!);
  let total = 0;
  for (let n = 0; n < labels.length; n++) total += weightOf(labels[n]!);
  target.fill(0);
  weight.fill(0);
  const each = total > 0 ? 1 / total : 0;
  for (let n = 0; n < labels.length; n++) {
    const y = labels[n]!;
    const row = n * classes;
    if (smoothing > 0) {
      for (let c = 0; c < classes; c++) target[row + c] = (smoothing / classes) * weightOf(c);
    }
    target[row + y]! += (1 - smoothing) * weightOf(y);
    weight[n] = each;
  }
  return total;
}
