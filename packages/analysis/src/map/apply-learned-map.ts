import type { FloatArray } from "@thawline/core";
import { type RowMatrix, rowCount, rowStart } from "../linear/row-matrix.ts";
import type { LearnedMap } from "./learned-map.ts";

/** x A, `[D]`, fresh: a row times a `[D, D]` row-major matrix. */
export function mapRow(matrix: Float64Array, row: ArrayLike<number>): Float64Array {
  const dimension = row.length;
  const image = new Float64Array(dimension);
  for (let d = 0; d < dimension; d++) {
    const value = row[d];
    if (value === 0) continue;
    for (let e = 0; e < dimension; e++) image[e] += value * matrix[d * dimension + e];
  }
  return image;
}

/**
 * Moves rows by a learned map: `[N, D]` of the type of the rows' data, fresh.
 * @throws RangeError where the dimension differs
 */
export function applyLearnedMap(map: Pick<LearnedMap, "matrix" | "dimension">, rows: RowMatrix): FloatArray {
  const { dimension } = map;
  if (rows.dimension !== dimension)
    throw new RangeError(`the map is of dimension ${dimension}, the rows ${rows.dimension}`);
  const count = rowCount(rows);
  const length = count * dimension;
  const moved = rows.data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  for (let i = 0; i < count; i++) {
    const start = rowStart(rows, i);
    moved.set(mapRow(map.matrix, rows.data.subarray(start, start + dimension)), i * dimension);
  }
  return moved;
}
