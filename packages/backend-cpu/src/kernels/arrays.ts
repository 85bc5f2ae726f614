/** Storage of a value: float32, int32, or bool as 0 and 1. */
export type NumberArray = Float32Array | Int32Array | Uint8Array;

/** A zeroed array for `size` elements of a graph dtype. */
export function allocate(dtype: "float" | "int32" | "bool", size: number): NumberArray {
  if (dtype === "float") return new Float32Array(size);
  return dtype === "int32" ? new Int32Array(size) : new Uint8Array(size);
}
