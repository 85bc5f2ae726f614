import { GraphError } from "../errors.ts";
import { sizeOf } from "../tensor.ts";
import type { ValueDType } from "./graph.ts";

const fits: { readonly [D in ValueDType]: (x: number) => boolean } = {
  // Not finite would not survive JSON, and no gradient either.
  float: Number.isFinite,
  int32: (x) => Number.isInteger(x) && x === (x | 0),
  bool: (x) => x === 0 || x === 1,
};

/**
 * Checks the numbers of a constant: as many as its shape has, finite, and of its dtype.
 * @throws GraphError SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function expectConstantData(dtype: ValueDType, shape: readonly number[], data: readonly number[]): void {
  if (!Array.isArray(data) || data.length !== sizeOf(shape)) {
    throw new GraphError(
      "SHAPE_MISMATCH",
      `a constant of shape [${shape}] takes ${sizeOf(shape)} numbers, got ${data?.length ?? "none"}`,
    );
  }
  const wrong = data.findIndex((x) => typeof x !== "number" || !fits[dtype](x));
  if (wrong >= 0) {
    throw new GraphError("DTYPE_MISMATCH", `a ${dtype} constant takes no ${data[wrong]} (at index ${wrong})`);
  }
}
