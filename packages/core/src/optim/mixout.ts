import { precisionOf } from "../embedding/allocate.ts";
import type { Entries } from "../embedding/entries.ts";
import type { RowGradient } from "../embedding/row-gradient.ts";
import type { EmbeddingTable } from "../embedding/table.ts";

/** Mixes rows with their anchor for one training step after another. */
export interface Mixout {
  /** Begins a step, whose masks are its own. */
  begin(step: number): void;
  /** A table whose look-up of these entries finds the mixed rows; valid for the step. */
  mix(entries: Entries): EmbeddingTable;
  /** Turns the gradient of the mixed rows into that of the rows, in place. */
  backward(gradient: RowGradient): void;
}

/** The finaliser of MurmurHash3 with the constants of splitmix32. */
function scramble(x: number): number {
  let z = x ^ (x >>> 16);
  z = Math.imul(z, 0x21f0aaad);
  z ^= z >>> 15;
  z = Math.imul(z, 0x735a2d97);
  return z ^ (z >>> 15);
}

/**
 * Fills `kept` [D] with the mask of a row in a step: 0 with probability p (the pre-trained component), else 1 / (1 − p). A
 * pure function of its numbers, so that repeats of a row share it and the order of a batch does not matter.
 */
export function mixoutMask(
  kept: Float64Array,
  probability: number,
  { seed, step, row }: { readonly seed: number; readonly step: number; readonly row: number },
): void {
  let weyl = scramble(scramble(scramble(seed) + step) + row);
  const threshold = Math.ceil(probability * 2147483648);
  const scale = 1 / (1 - probability);
  for (let d = 0; d < kept.length; d++) {
    weyl = (weyl + 0x9e3779b9) | 0;
    // 31 bits below the threshold give a negative difference, whose sign bit is 1. A branch would be guessed wrong too often.
    kept[d] = scale * (1 - (((scramble(weyl) >>> 1) - threshold) >>> 31));
  }
}

/** Mixout for the rows of `table` that are not `exempt`. Memory: A · D numbers, of which a step writes its rows alone. */
export function createMixout(
  table: EmbeddingTable,
  probability: number,
  { exempt, seed }: { readonly exempt: Uint8Array; readonly seed: number },
): Mixout {
  const { dimension, anchor, overlay, activeRows, arena } = table;
  const mixed: EmbeddingTable = { ...table, overlay: arena.allocate(precisionOf(overlay), overlay.length) };
  const mixedIn = new Int32Array(activeRows.length);
  const kept = new Float64Array(dimension);
  const key = { seed, step: 0, row: 0 };
  // Counts calls, not steps: after a restore the same step comes again with other values.
  let present = 0;

  const maskOf = (slot: number): void => {
    key.row = activeRows[slot]!;
    mixoutMask(kept, probability, key);
  };
  const mixSlot = (slot: number): void => {
    const at = slot * dimension;
    const from = activeRows[slot]! * dimension;
    if (exempt[slot] !== 0) {
      for (let d = 0; d < dimension; d++) mixed.overlay[at + d] = overlay[at + d]!;
      return;
    }
    maskOf(slot);
    // (M w₀ + (1 − M) w − p w₀) / (1 − p) = w₀ + (1 − M)(w − w₀) / (1 − p).
    for (let d = 0; d < dimension; d++) {
      const origin = anchor[from + d]!;
      mixed.overlay[at + d] = origin + kept[d]! * (overlay[at + d]! - origin);
    }
  };

  return {
    begin(step) {
      key.step = step;
      present++;
    },
    mix(entries) {
      for (let e = 0; e < entries.count; e++) {
        const slot = entries.index[e]!;
        if (slot < 0 || mixedIn[slot] === present) continue;
        mixedIn[slot] = present;
        mixSlot(slot);
      }
      return mixed;
    },
    backward({ count, slots, values }) {
      for (let u = 0; u < count; u++) {
        const slot = slots[u]!;
        if (exempt[slot] !== 0) continue;
        maskOf(slot);
        const at = u * dimension;
        for (let d = 0; d < dimension; d++) values[at + d]! *= kept[d]!;
      }
    },
  };
}
