import { quantile } from "@thawline/core";
import { type RowMatrix, rowCount, rowStart } from "../linear/row-matrix.ts";

/** Lengths (L2 norms) of rows, in units of the vectors; all 0 for no rows. */
export interface NormSummary {
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
  /** Rows of length 0. */
  readonly zeroRows: number;
}

/** Lengths of the rows of a matrix, zero rows included. */
export function normSummary(matrix: RowMatrix): NormSummary {
  const { data, dimension } = matrix;
  const norms = new Float64Array(rowCount(matrix));
  let sum = 0;
  let zeroRows = 0;
  for (let i = 0; i < norms.length; i++) {
    const start = rowStart(matrix, i);
    let square = 0;
    for (let d = 0; d < dimension; d++) square += data[start + d] * data[start + d];
    norms[i] = Math.sqrt(square);
    sum += norms[i];
    if (square === 0) zeroRows++;
  }
  norms.sort();
  return {
    mean: norms.length === 0 ? 0 : sum / norms.length,
    median: quantile(norms, 0.5),
    p95: quantile(norms, 0.95),
    max: norms.at(-1) ?? 0,
    zeroRows,
  };
}
