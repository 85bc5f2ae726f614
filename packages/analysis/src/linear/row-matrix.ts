import type { FloatArray } from "@thawline/core";

/**
 * Rows of D numbers, borrowed: the whole of `data` `[V, D]` row-major, or with `rows` the ones it lists, in its order.
 * Two matrices are paired row by row where a figure takes a "before" and an "after".
 */
export interface RowMatrix {
  readonly data: FloatArray;
  /** D. */
  readonly dimension: number;
  /** Default: every row of `data`. */
  readonly rows?: ArrayLike<number>;
}

/**
 * N, the number of rows.
 * @throws RangeError where `data` is no whole number of rows
 */
export function rowCount({ data, dimension, rows }: RowMatrix): number {
  const all = data.length / dimension;
  if (!Number.isInteger(dimension) || dimension < 1 || !Number.isInteger(all)) {
    throw new RangeError(`${data.length} numbers are no whole number of rows of dimension ${dimension}`);
  }
  return rows === undefined ? all : rows.length;
}

/** Where in `data` row `i` begins. */
export function rowStart({ dimension, rows }: RowMatrix, i: number): number {
  return (rows === undefined ? i : rows[i]) * dimension;
}

/**
 * N of two paired matrices.
 * @throws RangeError where they have different numbers of rows
 */
export function pairCount(x: RowMatrix, y: RowMatrix): number {
  const count = rowCount(x);
  if (rowCount(y) !== count) throw new RangeError(`expected as many rows in both: got ${count} and ${rowCount(y)}`);
  return count;
}

/**
 * N of two paired matrices of one dimension.
 * @throws RangeError where they differ in rows or dimension
 */
export function samePairCount(x: RowMatrix, y: RowMatrix): number {
  if (x.dimension !== y.dimension) {
    throw new RangeError(`expected one dimension: got ${x.dimension} and ${y.dimension}`);
  }
  return pairCount(x, y);
}

/** The rows at `positions` of a matrix: `[positions.length, D]`, a selection that copies no numbers. */
export function selectRows(matrix: RowMatrix, positions: ArrayLike<number>): RowMatrix {
  const { data, dimension, rows } = matrix;
  return { data, dimension, rows: rows === undefined ? positions : Int32Array.from(positions, (at) => rows[at]) };
}

/** Mean of each column, `[D]` float64, fresh; 0 of no rows. */
export function columnMeans(matrix: RowMatrix): Float64Array {
  const { data, dimension } = matrix;
  const count = rowCount(matrix);
  const means = new Float64Array(dimension);
  for (let i = 0; i < count; i++) {
    const start = rowStart(matrix, i);
    for (let d = 0; d < dimension; d++) means[d] += data[start + d];
  }
  if (count > 0) for (let d = 0; d < dimension; d++) means[d] /= count;
  return means;
}
