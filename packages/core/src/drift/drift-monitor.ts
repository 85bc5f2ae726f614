import { type EmbeddingTable, isRowUnmoved } from "../embedding/table.ts";
import type { GuardFigure } from "./drift-guard.ts";
import { quantile } from "./quantile.ts";
import { rowDrift } from "./row-drift.ts";

/** How far the pre-trained rows of a table are from their anchor, brought up to date row by row. */
export interface DriftMonitor {
  /** `[A]` 1 − cosine of each slot; 0 where it has not moved or is not pre-trained. */
  readonly cosineDistances: Float64Array;
  /** `[A]` ‖after − before‖₂; only where L2 is asked for. */
  readonly l2: Float64Array;
  /** `[A]` 1 where the slot is pre-trained and its bits are not the anchor's. */
  readonly isMoved: Uint8Array;
  /** Rows that moved. */
  movedRows(): number;
  /** Measures one slot again. */
  measure(slot: number): void;
  /** Measures every slot again. */
  refresh(): void;
  /** The figure as `driftReport` has it, to the bit: sums go through the slots in order, whatever the history. O(A), p95 O(A log A). */
  figure(name: GuardFigure): number;
  /** Whether the figure is beyond the limit; O(A). */
  isBeyond(name: GuardFigure, limit: number): boolean;
}

/** Which array a figure is of. */
export const isL2Figure = (name: GuardFigure): boolean => name === "meanL2" || name === "maxL2";

/** Below this 1 − cosine is rounding alone, and `rowDrift` decides. */
const tiny = 1e-9;

/** A monitor of `table`, up to date. With `l2` it measures Euclidean distances too. Memory: 3 to 4 numbers a slot. */
export function createDriftMonitor(table: EmbeddingTable, { l2: needsL2 }: { readonly l2: boolean }): DriftMonitor {
  const { dimension, anchor, overlay, activeRows, pretrained } = table;
  const active = activeRows.length;
  const cosineDistances = new Float64Array(active);
  const l2 = new Float64Array(needsL2 ? active : 0);
  const isMoved = new Uint8Array(active);
  const anchorNorms = new Float64Array(active);
  const scratch = new Float64Array(active);
  let movedRows = 0;
  for (let slot = 0; slot < active; slot++) {
    const from = activeRows[slot]! * dimension;
    let squared = 0;
    for (let d = from; d < from + dimension; d++) squared += anchor[d]! * anchor[d]!;
    anchorNorms[slot] = squared;
  }

  /** The operations of `rowDrift` in its order, without those that are known; NaN where it has to decide. */
  const fastDistance = (slot: number, from: number): number => {
    const at = slot * dimension;
    let dot = 0;
    let squared = 0;
    for (let d = 0; d < dimension; d++) {
      const b = overlay[at + d]!;
      dot += anchor[from + d]! * b;
      squared += b * b;
    }
    const distance = 1 - dot / Math.sqrt(anchorNorms[slot]! * squared);
    return distance > tiny && distance <= 2 ? distance : Number.NaN;
  };

  const set = (slot: number, moved: number, cosineDistance: number, distance: number): void => {
    movedRows += moved - isMoved[slot]!;
    isMoved[slot] = moved;
    cosineDistances[slot] = cosineDistance;
    if (needsL2) l2[slot] = distance;
  };

  const measure = (slot: number): void => {
    const row = activeRows[slot]!;
    if (pretrained !== undefined && pretrained[row] === 0) return;
    const from = row * dimension;
    const at = slot * dimension;
    if (overlay[at] === anchor[from] && isRowUnmoved(table, row)) {
      set(slot, 0, 0, 0);
      return;
    }
    const distance = needsL2 ? Number.NaN : fastDistance(slot, from);
    if (Number.isNaN(distance)) {
      const drift = rowDrift({ values: anchor, at: from }, { values: overlay, at }, dimension);
      set(slot, 1, drift.cosineDistance, drift.l2);
    } else {
      set(slot, 1, distance, 0);
    }
  };

  const sorted = (): Float64Array => {
    let count = 0;
    for (let slot = 0; slot < active; slot++) if (isMoved[slot] !== 0) scratch[count++] = cosineDistances[slot]!;
    return scratch.subarray(0, count).sort();
  };

  const figure = (name: GuardFigure): number => {
    if (name === "p95CosineDistance") return quantile(sorted(), 0.95);
    const values = isL2Figure(name) ? l2 : cosineDistances;
    if (name === "maxCosineDistance" || name === "maxL2") {
      let max = 0;
      for (let slot = 0; slot < active; slot++) {
        if (values[slot]! > max) max = values[slot]!;
        else if (Number.isNaN(values[slot])) return Number.NaN;
      }
      return max;
    }
    // Unmoved slots add 0, which changes no bit.
    let sum = 0;
    for (let slot = 0; slot < active; slot++) sum += values[slot]!;
    return movedRows === 0 ? 0 : sum / movedRows;
  };

  /** Decided by counting, as a sort would be most of a step's time; only between two order statistics by their values. */
  const isP95Beyond = (limit: number): boolean => {
    let inside = 0;
    let below = 0;
    let above = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < active; slot++) {
      if (isMoved[slot] === 0) continue;
      const distance = cosineDistances[slot]!;
      if (distance <= limit) {
        inside++;
        if (distance > below) below = distance;
      } else if (distance < above) above = distance;
    }
    if (inside === movedRows) return false;
    const at = 0.95 * (movedRows - 1);
    const low = Math.floor(at);
    if (inside !== low + 1) return inside <= low;
    return !(below + (above - below) * (at - low) <= limit);
  };

  const monitor: DriftMonitor = {
    cosineDistances,
    l2,
    isMoved,
    movedRows: () => movedRows,
    measure,
    refresh() {
      for (let slot = 0; slot < active; slot++) measure(slot);
    },
    figure,
    isBeyond: (name, limit) => (name === "p95CosineDistance" ? isP95Beyond(limit) : !(figure(name) <= limit)),
  };
  monitor.refresh();
  return monitor;
}
