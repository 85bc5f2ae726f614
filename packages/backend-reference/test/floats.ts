import { type Backend, type Tensor, tensor, type ValueDType, type ValueInfo } from "@thawline/core";

/** Numbers with a graph dtype and a shape, as the fixtures hold them. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** A host tensor of these numbers in the precision of a backend. */
export function feed(backend: Backend, { shape, data }: Numbers, dtype: ValueDType = "float"): Tensor {
  if (dtype === "int32") return tensor("int32", shape, Int32Array.from(data));
  if (dtype === "bool") return tensor("bool", shape, Uint8Array.from(data));
  return backend.supports.precision === "f64"
    ? tensor("float64", shape, Float64Array.from(data))
    : tensor("float32", shape, Float32Array.from(data));
}

/** All axes of a value: what to sum over for a scalar. */
export const allAxes = ({ shape }: ValueInfo): number[] => shape.map((_, axis) => axis);
