import { sizeOf, type Tensor, type ValueDType, type ValueInfo } from "@thawline/core";
import type { RuntimeType } from "./runtime.ts";

/** Storage of the three dtypes. */
export type DataArray = Float32Array | Int32Array | Uint8Array;

/** Element type of a dtype, in the runtime and in host tensors alike. */
export const typeOf = (dtype: ValueDType): RuntimeType => (dtype === "float" ? "float32" : dtype);

/** A fresh array for a value. */
export function allocateFor({ dtype, shape }: ValueInfo): DataArray {
  const size = sizeOf(shape);
  if (dtype === "float") return new Float32Array(size);
  return dtype === "int32" ? new Int32Array(size) : new Uint8Array(size);
}

/** A host tensor of a value over `data`. */
export const toTensor = ({ dtype, shape }: ValueInfo, data: DataArray): Tensor =>
  ({ dtype: typeOf(dtype), shape, data }) as Tensor;

/** Whether other threads can see the array; native code takes no such arrays. */
export const isShared = ({ buffer }: DataArray): boolean =>
  typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
