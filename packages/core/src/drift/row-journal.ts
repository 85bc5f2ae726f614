import { precisionOf } from "../embedding/allocate.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { type FloatArray, floatTensor, type TensorMap, tensor } from "../tensor.ts";
import type { Retreat } from "./retreat.ts";
import { rowDrift } from "./row-drift.ts";

/** The values that rows had at the last check, of those that have moved since. */
export interface RowJournal extends Retreat {
  readonly count: number;
  /** Measures the kept values: the figures of `Retreat`. */
  measure(): void;
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

/** An empty journal. */
export function createRowJournal(table: EmbeddingTable): RowJournal {
  const { dimension, overlay, anchor, activeRows } = table;
  const active = activeRows.length;
  const slots = new Int32Array(active);
  const isKept = new Uint8Array(active);
  const cosineDistances = new Float64Array(active);
  const l2 = new Float64Array(active);
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

  const measure = (i: number): void => {
    const row = activeRows[slots[i]!]!;
    const isCounted = table.pretrained === undefined || table.pretrained[row] !== 0;
    const from = { values: anchor, at: row * dimension };
    const drift = rowDrift(from, { values, at: i * dimension }, dimension);
    let moved = 0;
    for (let d = 0; d < dimension; d++) if (!Object.is(values[i * dimension + d], anchor[from.at + d])) moved = 1;
    cosineDistances[i] = isCounted ? drift.cosineDistance : 0;
    l2[i] = isCounted ? drift.l2 : 0;
    isMoved[i] = isCounted ? moved : 0;
  };

  return {
    slots,
    cosineDistances,
    l2,
    isMoved,
    get count() {
      return count;
    },
    measure() {
      for (let i = 0; i < count; i++) measure(i);
    },
    keep(slot) {
      if (isKept[slot] !== 0) return;
      grow(count + 1);
      isKept[slot] = 1;
      slots[count] = slot;
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
      for (let i = 0; i < count; i++) isKept[slots[i]!] = 1;
    },
  };
}
