import { precisionOf } from "../embedding/allocate.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { type FloatArray, floatTensor, type TensorMap, tensor } from "../tensor.ts";
import type { DriftMonitor } from "./drift-monitor.ts";
import type { Retreat } from "./retreat.ts";
import { rowDrift } from "./row-drift.ts";

/** The values that rows had at the last check, of those that have moved since. */
export interface RowJournal extends Retreat {
  readonly count: number;
  /** Keeps a slot's present values, unless they are kept already. */
  keep(slot: number): void;
  /** From here on the present values count. */
  clear(): void;
  /** Copies for a snapshot; nothing where nothing is kept. */
  tensors(): TensorMap;
  /** Takes over `tensors()`. */
  restore(saved: TensorMap): void;
}

const slotsTensor = "guard.slots";
const valuesTensor = "guard.values";

/** An empty journal. It keeps the figures of `monitor` beside the values. */
export function createRowJournal(table: EmbeddingTable, monitor: DriftMonitor): RowJournal {
  const { dimension, overlay, anchor, activeRows } = table;
  const active = activeRows.length;
  const slots = new Int32Array(active);
  const isKept = new Uint8Array(active);
  const cosineDistances = new Float64Array(active);
  const l2 = new Float64Array(monitor.l2.length);
  const isMoved = new Uint8Array(active);
  const make = (rows: number): FloatArray =>
    precisionOf(overlay) === "float32" ? new Float32Array(rows * dimension) : new Float64Array(rows * dimension);
  let values = make(0);
  let count = 0;

  const grow = (rows: number): void => {
    if (rows * dimension <= values.length) return;
    const old = values;
    values = make(Math.min(active, Math.max(256, rows * 2)));
    values.set(old);
  };

  return {
    slots,
    cosineDistances,
    l2,
    isMoved,
    get count() {
      return count;
    },
    keep(slot) {
      if (isKept[slot] !== 0) return;
      grow(count + 1);
      isKept[slot] = 1;
      slots[count] = slot;
      cosineDistances[count] = monitor.cosineDistances[slot]!;
      if (l2.length > 0) l2[count] = monitor.l2[slot]!;
      isMoved[count] = monitor.isMoved[slot]!;
      const at = slot * dimension;
      values.set(overlay.subarray(at, at + dimension), count * dimension);
      count++;
    },
    putBack(i) {
      const at = slots[i]! * dimension;
      for (let d = 0; d < dimension; d++) overlay[at + d] = values[i * dimension + d]!;
    },
    clear() {
      for (let i = 0; i < count; i++) isKept[slots[i]!] = 0;
      count = 0;
    },
    tensors: () =>
      count === 0
        ? {}
        : {
            [slotsTensor]: tensor("int32", [count], slots.slice(0, count)),
            [valuesTensor]: floatTensor([count, dimension], values.slice(0, count * dimension)),
          },
    restore(saved) {
      isKept.fill(0);
      const savedSlots = saved[slotsTensor]?.data ?? [];
      count = savedSlots.length;
      grow(count);
      slots.set(savedSlots);
      if (count > 0) values.set(saved[valuesTensor]!.data);
      for (let i = 0; i < count; i++) {
        const slot = slots[i]!;
        isKept[slot] = 1;
        const row = activeRows[slot]!;
        const isCounted = table.pretrained === undefined || table.pretrained[row] !== 0;
        const from = { values: anchor, at: row * dimension };
        const drift = rowDrift(from, { values, at: i * dimension }, dimension);
        cosineDistances[i] = isCounted ? drift.cosineDistance : 0;
        if (l2.length > 0) l2[i] = isCounted ? drift.l2 : 0;
        let moved = 0;
        for (let d = 0; d < dimension; d++) {
          if (!Object.is(values[i * dimension + d], anchor[from.at + d])) moved = 1;
        }
        isMoved[i] = isCounted ? moved : 0;
      }
    },
  };
}
