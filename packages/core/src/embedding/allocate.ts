import type { FloatArray } from "../tensor.ts";

/** Storage precision of tables, moments and gradients on the host. */
export type FloatPrecision = "float32" | "float64";

/**
 * Makes a zeroed float array. Every large array of the trainer comes from one such function, so that arrays can live in
 * WebAssembly or shared memory without the trainer knowing.
 */
export type Allocate = (precision: FloatPrecision, length: number) => FloatArray;

/** Ordinary typed arrays. */
export const allocate: Allocate = (precision, length) =>
  precision === "float64" ? new Float64Array(length) : new Float32Array(length);

/** Precision of an array. */
export function precisionOf(array: FloatArray): FloatPrecision {
  return array instanceof Float64Array ? "float64" : "float32";
}
