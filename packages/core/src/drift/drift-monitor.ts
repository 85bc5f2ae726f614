import { type EmbeddingTable, isRowUnmoved } from "../embedding/table.ts";
import { nearAnchor } from "../optim/near-anchor.ts";
import type { PullSpan } from "../optim/pull-span.ts";
import type { GuardFigure } from "./drift-guard.ts";
import { quantile } from "./quantile.ts";
import { rowDrift } from "./row-drift.ts";

/**
 * How far the pre-trained rows of a table are from their anchor, brought up to date row by row. The arrays are exact after
 * `figure`, `isBeyond` or `refresh`.
 */
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
  /**
   * Measures the first `count` of `slots` again, by kernels that sum in any order: what is asked for exactly is measured once
   * more when it is asked for.
   */
  measureAll(slots: ArrayLike<number>, count: number): void;
  /** Measures every slot again. */
  refresh(): void;
  /** The figure as `driftReport` has it, to the bit: sums go through the slots in order, whatever the history. O(A), p95 O(A log A). */
  figure(name: GuardFigure): number;
  /** Whether the figure is beyond the limit; O(A). */
  isBeyond(name: GuardFigure, limit: number): boolean;
  /**
   * True where all watched figures are inside beyond doubt, from running sums and counts alone; false too where a figure is
   * too near its limit for their rounding. O(1).
   */
  isSurelyInside(): boolean;
}

/** A limit of a figure. */
export type Limit = readonly [figure: GuardFigure, limit: number];

/** Which array a figure is of. */
export const isL2Figure = (name: GuardFigure): boolean => name === "meanL2" || name === "maxL2";

const isMeanFigure = (name: GuardFigure): boolean => name === "meanCosineDistance" || name === "meanL2";

/** Below this 1 − cosine is rounding alone, and `rowDrift` decides. */
const tiny = 1e-9;
/** A running sum is trusted to this share: 10⁹ roundings of 2⁻⁵³ do not reach it. */
const sumError = 1e-6;

/** Far above the rounding of a sum of products in any order, for each of them, relative to the norms. */
const roundingRoom = 2 ** -45;

/** How far below its limit a watched figure is, kept up to date change by change. */
interface Watch {
  readonly figure: GuardFigure;
  readonly limit: number;
  /** Of a mean: the sum over rows. */
  sum: number;
  /** Of a maximum or quantile: what a rough figure has to be at most, to be inside for sure … */
  readonly threshold: number;
  /** … and the rows beyond it. */
  beyond: number;
}

/**
 * A monitor of `table`, up to date, that watches `limits`. Euclidean distances are measured where one of them is about them,
 * or `l2` says so. Memory: 3 to 4 numbers a slot.
 */
export function createDriftMonitor(
  table: EmbeddingTable,
  { limits = [], l2: wantsL2 = false }: { readonly limits?: readonly Limit[]; readonly l2?: boolean },
): DriftMonitor {
  const { dimension, anchor, overlay, activeRows, pretrained } = table;
  const active = activeRows.length;
  const needsL2 = wantsL2 || limits.some(([figure]) => isL2Figure(figure));
  const cosineDistances = new Float64Array(active);
  const l2 = new Float64Array(needsL2 ? active : 0);
  const isMoved = new Uint8Array(active);
  const anchorNorms = new Float64Array(active);
  const scratch = new Float64Array(active);
  const room = dimension * roundingRoom;
  const watches = limits.map(([figure, limit]): Watch => {
    const threshold = isL2Figure(figure) ? limit * (1 - room) : limit - room;
    return { figure, limit, sum: 0, threshold: Math.max(0, threshold), beyond: 0 };
  });
  let movedRows = 0;
  for (let slot = 0; slot < active; slot++) {
    const from = activeRows[slot]! * dimension;
    let squared = 0;
    for (let d = from; d < from + dimension; d++) squared += anchor[d]! * anchor[d]!;
    anchorNorms[slot] = squared;
  }

  const set = (slot: number, moved: number, cosineDistance: number, distance: number): void => {
    const cosineBefore = cosineDistances[slot]!;
    const l2Before = needsL2 ? l2[slot]! : 0;
    for (const watch of watches) {
      const isL2 = isL2Figure(watch.figure);
      const now = isL2 ? distance : cosineDistance;
      const then = isL2 ? l2Before : cosineBefore;
      watch.sum += now - then;
      // Of a number that is none, neither holds.
      watch.beyond += (now <= watch.threshold ? 0 : 1) - (then <= watch.threshold ? 0 : 1);
    }
    movedRows += moved - isMoved[slot]!;
    isMoved[slot] = moved;
    cosineDistances[slot] = cosineDistance;
    if (needsL2) l2[slot] = distance;
  };

  /** Stores what `dot` w₀ · w and `squared` ‖w‖² say, or asks `rowDrift` where they do not say enough. */
  const store = (slot: number, dot: number, squared: number): void => {
    const row = activeRows[slot]!;
    if (pretrained !== undefined && pretrained[row] === 0) return;
    const from = row * dimension;
    const at = slot * dimension;
    if (overlay[at] === anchor[from] && isRowUnmoved(table, row)) {
      set(slot, 0, 0, 0);
      return;
    }
    const distance = 1 - dot / Math.sqrt(anchorNorms[slot]! * squared);
    if (!needsL2 && distance > tiny && distance <= 2) {
      set(slot, 1, distance, 0);
    } else {
      const drift = rowDrift({ values: anchor, at: from }, { values: overlay, at }, dimension);
      set(slot, 1, drift.cosineDistance, drift.l2);
    }
  };

  const measure = (slot: number): void => {
    const from = activeRows[slot]! * dimension;
    const at = slot * dimension;
    let dot = 0;
    let squared = 0;
    for (let d = 0; d < dimension; d++) {
      const b = overlay[at + d]!;
      dot += anchor[from + d]! * b;
      squared += b * b;
    }
    store(slot, dot, squared);
  };

  /** Slots whose figures are by kernels alone. */
  const rough = new Int32Array(active);
  const isRough = new Uint8Array(active);
  let roughCount = 0;
  const near = nearAnchor(table);
  const { kernels, allocate } = table.arena;
  const sums = allocate("float64", 3) as Float64Array;
  const span: PullSpan = { values: overlay, origin: near.values, at: 0, originAt: 0, length: dimension, share: 0 };

  const measureRoughly = (slot: number): void => {
    const row = activeRows[slot]!;
    if (pretrained !== undefined && pretrained[row] === 0) return;
    span.at = slot * dimension;
    span.originAt = near.startOf(slot);
    kernels.measure(span, sums);
    const squaredWay = sums[2]!;
    const distance = 1 - sums[0]! / Math.sqrt(anchorNorms[slot]! * sums[1]!);
    // Rows that may not have moved, and those without a direction, are for the exact one.
    if (!(squaredWay > 0 && distance >= -room && distance <= 2 + room)) {
      measure(slot);
      return;
    }
    if (isRough[slot] === 0) rough[roughCount++] = slot;
    isRough[slot] = 1;
    set(slot, 1, distance, Math.sqrt(squaredWay));
  };

  /** Measures exactly what was measured roughly. */
  const settle = (): void => {
    for (let i = 0; i < roughCount; i++) {
      isRough[rough[i]!] = 0;
      measure(rough[i]!);
    }
    roughCount = 0;
  };

  const measureAll = (slots: ArrayLike<number>, count: number): void => {
    for (let i = 0; i < count; i++) measureRoughly(slots[i]!);
  };

  const sorted = (): Float64Array => {
    let count = 0;
    for (let slot = 0; slot < active; slot++) if (isMoved[slot] !== 0) scratch[count++] = cosineDistances[slot]!;
    return scratch.subarray(0, count).sort();
  };

  /** In the order of the slots. Unmoved ones add 0, which changes no bit. */
  const sumOf = (name: GuardFigure): number => {
    const values = isL2Figure(name) ? l2 : cosineDistances;
    let sum = 0;
    for (let slot = 0; slot < active; slot++) sum += values[slot]!;
    return sum;
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
    return movedRows === 0 ? 0 : sumOf(name) / movedRows;
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

  const isSurelyInside = ({ figure: name, limit, sum, beyond }: Watch): boolean => {
    if (isMeanFigure(name)) return sum + movedRows * room < limit * movedRows * (1 - sumError);
    if (beyond === 0 || name !== "p95CosineDistance") return beyond === 0;
    return movedRows - beyond >= Math.floor(0.95 * (movedRows - 1)) + 2;
  };

  const monitor: DriftMonitor = {
    cosineDistances,
    l2,
    isMoved,
    movedRows: () => movedRows,
    measure,
    measureAll,
    refresh() {
      for (let slot = 0; slot < active; slot++) measure(slot);
      isRough.fill(0);
      roughCount = 0;
      // Running sums start afresh from the ordered ones.
      for (const watch of watches) if (isMeanFigure(watch.figure)) watch.sum = sumOf(watch.figure);
    },
    figure(name) {
      settle();
      return figure(name);
    },
    isSurelyInside: () => watches.every(isSurelyInside),
    isBeyond(name, limit) {
      settle();
      return name === "p95CosineDistance" ? isP95Beyond(limit) : !(figure(name) <= limit);
    },
  };
  monitor.refresh();
  return monitor;
}
