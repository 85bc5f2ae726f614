import type { ValueInfo } from "@thawline/core";

/** Storage of a value inside the reference: floats in float64, bool as 0 and 1. */
export type ValueData = Float64Array | Int32Array | Uint8Array;

/** A value while a graph is evaluated: row-major, immutable once made. */
export interface Value {
  readonly dtype: ValueInfo["dtype"];
  readonly shape: readonly number[];
  readonly data: ValueData;
}

/** A zeroed array for `size` elements of a dtype. */
export function allocate(dtype: ValueInfo["dtype"], size: number): ValueData {
  if (dtype === "float") return new Float64Array(size);
  return dtype === "int32" ? new Int32Array(size) : new Uint8Array(size);
}
