import { allocate, precisionOf } from "../embedding/allocate.ts";
import { createEntryBuilder } from "../embedding/entries.ts";
import { identityLookUp, type LookUp } from "../embedding/look-up.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import type { FloatArray } from "../tensor.ts";
import { type Examples, exampleCount, sliceExamples } from "./examples.ts";

/** Mean and scale of each component of the pooled vectors that a head's first linear layer reads. Plain data. */
export interface InputStatistics {
  /** `[D]` μ. */
  readonly mean: Float64Array;
  /**
   * `[D]` s: standard deviation over the geometric mean of all of them, so that a learning rate means about what it means
   * without scales. Deviation and mean are rounded to powers of two: scaling and unscaling a weight is exact. 1 for a constant.
   */
  readonly scale: Float64Array;
}

/** The layer `x · weightᵀ + bias` of a head that alone reads its pooled input. */
export interface InputLayer {
  /** Name of a parameter `[H, D]`. */
  readonly weight: string;
  /** Name of a parameter `[H]`, in the same group. */
  readonly bias: string;
}

/** Deviations relative to their geometric mean, both rounded to powers of two. */
function relativeScales(variances: Float64Array): Float64Array {
  const varying = variances.filter((variance) => variance > 0);
  const mean = varying.reduce((sum, variance) => sum + Math.log2(variance) / 2, 0) / varying.length;
  return variances.map((variance) =>
    variance > 0 ? 2 ** (Math.round(Math.log2(variance) / 2) - Math.round(mean)) : 1,
  );
}

/** Examples pooled at once. */
const chunk = 256;

/**
 * Statistics of the pooled vectors of `examples`, with the table's rows as they are now. Examples without tokens count as 0.
 * @param lookUp default: token id = row
 */
export function inputStatistics(
  table: EmbeddingTable,
  examples: Examples,
  lookUp: LookUp = identityLookUp,
): InputStatistics {
  const { dimension, arena } = table;
  const builder = createEntryBuilder(table, lookUp);
  const pooled = allocate(precisionOf(table.overlay), chunk * dimension);
  const mean = new Float64Array(dimension);
  const squares = new Float64Array(dimension);
  const count = exampleCount(examples);
  for (let start = 0; start < count; start += chunk) {
    const end = Math.min(count, start + chunk);
    arena.kernels.gather(table, builder.pooled(sliceExamples(examples, start, end), end - start), pooled);
    // Welford's update: a mean far from 0 costs no digits of the variance.
    for (let n = start; n < end; n++) {
      for (let d = 0, at = (n - start) * dimension; d < dimension; d++, at++) {
        const distance = pooled[at]! - mean[d]!;
        mean[d]! += distance / (n + 1);
        squares[d]! += distance * (pooled[at]! - mean[d]!);
      }
    }
  }
  return { mean, scale: relativeScales(squares.map((sum) => sum / count)) };
}

/** A layer's weights and bias, or their gradients. */
export interface LayerArrays {
  /** `[H, D]`. */
  readonly weight: FloatArray;
  /** `[H]`. */
  readonly bias: FloatArray;
}

/**
 * Turns parameters for inputs x into those for z = (x − μ) / s, in place: W′ = W s, b′ = b + W μ. The layer computes the
 * same as before. With `back`: the other way.
 */
export function standardizeParameters(
  { weight, bias }: LayerArrays,
  { mean, scale }: InputStatistics,
  { back = false }: { readonly back?: boolean } = {},
): void {
  const dimension = mean.length;
  for (let h = 0; h < bias.length; h++) {
    let shift = 0;
    for (let d = 0, at = h * dimension; d < dimension; d++, at++) {
      if (back) weight[at]! /= scale[d]!;
      shift += weight[at]! * mean[d]!;
      if (!back) weight[at]! *= scale[d]!;
    }
    bias[h]! += back ? -shift : shift;
  }
}

/** Turns the gradient with respect to W, b into that with respect to W′, b′, in place: (∂W − ∂b μᵀ) / s, and ∂b as it is. */
export function standardizeGradient({ weight, bias }: LayerArrays, { mean, scale }: InputStatistics): void {
  const dimension = mean.length;
  for (let h = 0; h < bias.length; h++) {
    const gradient = bias[h]!;
    for (let d = 0, at = h * dimension; d < dimension; d++, at++) {
      weight[at] = (weight[at]! - gradient * mean[d]!) / scale[d]!;
    }
  }
}
