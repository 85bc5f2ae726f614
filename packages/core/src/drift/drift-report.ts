import { type EmbeddingTable, isRowUnmoved } from "../embedding/table.ts";
import { type BandDrift, driftByFrequency } from "./frequency-bands.ts";
import { quantile } from "./quantile.ts";
import { rowDrift } from "./row-drift.ts";

/** One row that moved. */
export interface MovedRow {
  readonly row: number;
  readonly l2: number;
  readonly relativeL2: number;
  readonly cosineDistance: number;
}

/**
 * How far the rows of a table are from where they started. Averages and quantiles are over moved rows that came from the
 * pre-trained file; 0 where there are none. Rows made up at the start (words without a vector) have no pre-trained place
 * to drift from and are only counted.
 */
export interface DriftReport {
  /** Rows from the file whose values differ from the anchor. */
  readonly movedRows: number;
  /** Rows (padding included) whose values are the anchor's to the bit. */
  readonly frozenRows: number;
  /** Moved rows that did not come from the file. */
  readonly movedNewRows: number;
  readonly meanCosineDistance: number;
  readonly medianCosineDistance: number;
  readonly p95CosineDistance: number;
  readonly maxCosineDistance: number;
  readonly meanL2: number;
  readonly maxL2: number;
  readonly meanRelativeL2: number;
  /** The rows with the largest cosine distance, farthest first, ties by row; at most as many as asked for. */
  readonly mostMoved: readonly MovedRow[];
  /** By frequency in the training text; only where the counts are given. */
  readonly bands?: readonly BandDrift[];
}

/** What a drift report holds besides its figures. */
export interface DriftReportOptions {
  /** How many rows to name; default 10. */
  readonly mostMoved?: number;
  /** `[V]` occurrences in the training text: the report then has frequency bands. */
  readonly counts?: ArrayLike<number> | undefined;
}

/** Drift of every active row; O(A · D). */
export function driftReport(table: EmbeddingTable, options: DriftReportOptions = {}): DriftReport {
  const { dimension, anchor, overlay, activeRows, pretrained } = table;
  const moved: MovedRow[] = [];
  let movedNewRows = 0;
  const before = { values: anchor, at: 0 };
  const after = { values: overlay, at: 0 };
  for (let slot = 0; slot < activeRows.length; slot++) {
    const row = activeRows[slot]!;
    before.at = row * dimension;
    after.at = slot * dimension;
    // By bits: the square of a tiny difference may be 0.
    if (isRowUnmoved(table, row)) continue;
    const drift = rowDrift(before, after, dimension);
    if (pretrained !== undefined && pretrained[row] === 0) movedNewRows++;
    else moved.push({ row, ...drift });
  }
  const mean = (pick: (row: MovedRow) => number): number =>
    moved.length === 0 ? 0 : moved.reduce((sum, row) => sum + pick(row), 0) / moved.length;
  const distances = Float64Array.from(moved, (row) => row.cosineDistance).sort();
  const finite = moved.filter((row) => Number.isFinite(row.relativeL2));
  const farthest = [...moved].sort((a, b) => b.cosineDistance - a.cosineDistance || a.row - b.row);
  return {
    movedRows: moved.length,
    frozenRows: table.rows - moved.length - movedNewRows,
    movedNewRows,
    meanCosineDistance: mean((row) => row.cosineDistance),
    medianCosineDistance: quantile(distances, 0.5),
    p95CosineDistance: quantile(distances, 0.95),
    maxCosineDistance: distances[distances.length - 1] ?? 0,
    meanL2: mean((row) => row.l2),
    maxL2: moved.reduce((max, row) => Math.max(max, row.l2), 0),
    meanRelativeL2: finite.length === 0 ? 0 : finite.reduce((sum, row) => sum + row.relativeL2, 0) / finite.length,
    mostMoved: farthest.slice(0, options.mostMoved ?? 10),
    ...(options.counts === undefined ? {} : { bands: driftByFrequency(table, options.counts) }),
  };
}
