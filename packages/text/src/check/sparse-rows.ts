/** A matrix of few non-zeros, row by row: row i has entries `offsets[i]` to `offsets[i + 1]`. */
export interface SparseRows {
  /** `[N + 1]`. */
  readonly offsets: Int32Array;
  /** `[E]` column of each entry, in [0, columns). */
  readonly columns: Int32Array;
  /** `[E]`. */
  readonly values: Float64Array;
  readonly width: number;
}

/** N. */
export const rowCount = (matrix: SparseRows): number => matrix.offsets.length - 1;
