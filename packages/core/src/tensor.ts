/** Element type of a host tensor. `bool` is stored as 0 or 1 in a `Uint8Array`. */
export type TensorDType = "float32" | "float64" | "int32" | "bool";

/** The typed array that stores a dtype. */
export interface DTypeArrays {
  float32: Float32Array;
  float64: Float64Array;
  int32: Int32Array;
  bool: Uint8Array;
}

/** A plain host tensor, row-major. The only form in which numbers cross the backend contract. */
export interface Tensor<D extends TensorDType = TensorDType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: DTypeArrays[D];
}

/** Tensors by name. */
export type TensorMap = Readonly<Record<string, Tensor>>;

/** Floating-point storage that core's loops are generic over. */
export type FloatArray = Float32Array | Float64Array;

/** Number of elements of a shape (1 for a scalar's empty shape). */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** True where both shapes have the same extents in the same order. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Wraps `data` (borrowed, not copied) as a tensor. @throws RangeError where its length is not the shape's size. */
export function tensor<D extends TensorDType>(dtype: D, shape: readonly number[], data: DTypeArrays[D]): Tensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`a tensor of shape [${shape}] has ${sizeOf(shape)} elements, but data has ${data.length}`);
  }
  return { dtype, shape, data };
}

/** Wraps a float array (borrowed) as a tensor of its own precision. @throws RangeError as `tensor`. */
export function floatTensor(shape: readonly number[], data: FloatArray): Tensor<"float32"> | Tensor<"float64"> {
  return data instanceof Float32Array ? tensor("float32", shape, data) : tensor("float64", shape, data);
}
