import { type EmbeddingTable, isRowUnmoved } from "../embedding/table.ts";
import { quantile } from "./quantile.ts";
import { rowDrift } from "./row-drift.ts";

/** Drift of the rows of one frequency band; averages and quantiles over those that moved, 0 where none did. */
export interface BandDrift {
  /** Smallest count in the training text … */
  readonly from: number;
  /** … and the first that is of the next band; `null`: none. */
  readonly to: number | null;
  /** Active pre-trained rows of the band. */
  readonly rows: number;
  readonly movedRows: number;
  readonly meanCosineDistance: number;
  readonly p95CosineDistance: number;
  readonly meanL2: number;
}

/** Where bands begin, in occurrences: once, a few times, tens, hundreds, thousands. */
export const bandStarts: readonly number[] = Object.freeze([1, 2, 10, 100, 1000]);

/**
 * Drift by how often rows occur. `counts` is `[V]`; rows that do not occur are in no band, rows that are not pre-trained
 * count nowhere. Frequent rows have many gradients that agree, rare ones a few that are mostly noise: their drift means
 * different things. O(A · D).
 */
export function driftByFrequency(
  table: EmbeddingTable,
  counts: ArrayLike<number>,
  starts: readonly number[] = bandStarts,
): readonly BandDrift[] {
  const { dimension, anchor, overlay, activeRows, pretrained } = table;
  const bandOf = (count: number): number => starts.filter((start) => count >= start).length - 1;
  const bands = starts.map(() => ({ rows: 0, cosineDistances: [] as number[], l2: 0 }));
  for (let slot = 0; slot < activeRows.length; slot++) {
    const row = activeRows[slot]!;
    if (pretrained !== undefined && pretrained[row] === 0) continue;
    const band = bands[bandOf(counts[row]!)];
    if (band === undefined) continue;
    band.rows++;
    if (isRowUnmoved(table, row)) continue;
    const before = { values: anchor, at: row * dimension };
    const drift = rowDrift(before, { values: overlay, at: slot * dimension }, dimension);
    band.cosineDistances.push(drift.cosineDistance);
    band.l2 += drift.l2;
  }
  return bands.map(({ rows, cosineDistances, l2 }, i) => {
    const { length: movedRows } = cosineDistances;
    const sum = cosineDistances.reduce((total, distance) => total + distance, 0);
    return {
      from: starts[i]!,
      to: starts[i + 1] ?? null,
      rows,
      movedRows,
      meanCosineDistance: movedRows === 0 ? 0 : sum / movedRows,
      p95CosineDistance: quantile(Float64Array.from(cosineDistances).sort(), 0.95),
      meanL2: movedRows === 0 ? 0 : l2 / movedRows,
    };
  });
}
