import { type RowMatrix, rowStart, samePairCount } from "../linear/row-matrix.ts";
import { mapRow } from "./apply-learned-map.ts";

/** ‖x A − y‖² and ‖x − y‖² of each row. */
export function squaredErrors(matrix: Float64Array, x: RowMatrix, y: RowMatrix) {
  const { dimension } = x;
  const count = samePairCount(x, y);
  const mapped = new Float64Array(count);
  const unmapped = new Float64Array(count);
  const row = new Float64Array(dimension);
  for (let i = 0; i < count; i++) {
    const [from, to] = [rowStart(x, i), rowStart(y, i)];
    row.set(x.data.subarray(from, from + dimension));
    const image = mapRow(matrix, row);
    for (let d = 0; d < dimension; d++) {
      mapped[i] += (image[d] - y.data[to + d]) ** 2;
      unmapped[i] += (row[d] - y.data[to + d]) ** 2;
    }
  }
  return { mapped, unmapped };
}

const total = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
};

/**
 * Error of a map A on paired rows relative to the identity: Σ ‖x A − y‖² / Σ ‖x − y‖². `matrix` `[D, D]` row-major, all
 * borrowed; 1 where no row differs from its partner and the map moves none.
 */
export function relativeMapError(matrix: Float64Array, x: RowMatrix, y: RowMatrix): number {
  const { mapped, unmapped } = squaredErrors(matrix, x, y);
  const [error, scale] = [total(mapped), total(unmapped)];
  return scale === 0 ? (error === 0 ? 1 : Number.POSITIVE_INFINITY) : error / scale;
}
