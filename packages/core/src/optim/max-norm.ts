import type { FloatArray } from "../tensor.ts";

/**
 * Rescales in place each row of `values` `[C, H]` whose L2 norm is above `maxNorm` to that norm.
 * @remarks Kim 2014, "Convolutional neural networks for sentence classification", section 2.1 (after Hinton et al. 2012).
 */
export function projectMaxNorm(values: FloatArray, columns: number, maxNorm: number): void {
  for (let start = 0; start < values.length; start += columns) {
    let sum = 0;
    for (let i = start; i < start + columns; i++) sum += values[i]! * values[i]!;
    if (sum <= maxNorm * maxNorm) continue;
    const scale = maxNorm / Math.sqrt(sum);
    for (let i = start; i < start + columns; i++) values[i]! *= scale;
  }
}
