import { type MovedRow, quantile, rowDrift } from "@thawline/core";
import { type RowMatrix, rowStart, samePairCount } from "../linear/row-matrix.ts";

/** Whether a pair of rows is the same to the bit (−0 is not 0). */
function isSame(before: RowMatrix, after: RowMatrix, i: number): boolean {
  const [a, b] = [rowStart(before, i), rowStart(after, i)];
  for (let d = 0; d < before.dimension; d++) if (!Object.is(before.data[a + d], after.data[b + d])) return false;
  return true;
}

/**
 * Drift of each pair of rows that differ by a bit at least, ascending; `row` is the position in the matrices. Per row as
 * core's `rowDrift`: L2 and relative L2 distance, cosine distance.
 * @throws RangeError where the two differ in rows or dimension
 */
export function rowDrifts(before: RowMatrix, after: RowMatrix): MovedRow[] {
  const count = samePairCount(before, after);
  const moved: MovedRow[] = [];
  for (let row = 0; row < count; row++) {
    if (isSame(before, after, row)) continue;
    const from = { values: before.data, at: rowStart(before, row) };
    moved.push({
      row,
      ...rowDrift(from, { values: after.data, at: rowStart(after, row) }, before.dimension),
    });
  }
  return moved;
}

/** Figures over moved rows, as in core's `DriftReport`; 0 where nothing moved. */
export interface DriftSummary {
  readonly movedRows: number;
  /** 1 − cosine, in [0, 2]. */
  readonly meanCosineDistance: number;
  readonly medianCosineDistance: number;
  readonly p95CosineDistance: number;
  readonly maxCosineDistance: number;
  /** In units of the vectors. */
  readonly meanL2: number;
  readonly medianL2: number;
  readonly p95L2: number;
  readonly maxL2: number;
  /** L2 over the length before; rows that were zero left out. */
  readonly meanRelativeL2: number;
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return values.length === 0 ? 0 : sum / values.length;
};

/** Mean, median, 95th percentile (linear interpolation, as core's `quantile`) and maximum of the drifts of rows. */
export function summarizeDrifts(moved: readonly MovedRow[]): DriftSummary {
  const cosines = Float64Array.from(moved, (row) => row.cosineDistance).sort();
  const lengths = Float64Array.from(moved, (row) => row.l2).sort();
  return {
    movedRows: moved.length,
    meanCosineDistance: mean(cosines),
    medianCosineDistance: quantile(cosines, 0.5),
    p95CosineDistance: quantile(cosines, 0.95),
    maxCosineDistance: cosines.at(-1) ?? 0,
    meanL2: mean(lengths),
    medianL2: quantile(lengths, 0.5),
    p95L2: quantile(lengths, 0.95),
    maxL2: lengths.at(-1) ?? 0,
    meanRelativeL2: mean(moved.map((row) => row.relativeL2).filter(Number.isFinite)),
  };
}
