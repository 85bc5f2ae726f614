import type { EmbeddingTable } from "../embedding/table.ts";
import type { FloatArray } from "../tensor.ts";

/** The anchor of a table's active rows as kernels read it. */
export interface NearAnchor {
  readonly values: FloatArray;
  /** Where the row of a slot begins. */
  startOf(slot: number): number;
}

/**
 * The anchor, or where SIMD kernels work a copy `[A, D]` of the active rows beside the overlay: the anchor itself is outside
 * their memory, and the numbers of float32 kernels are the same.
 */
export function nearAnchor({ arena, overlay, anchor, activeRows, dimension }: EmbeddingTable): NearAnchor {
  if (!arena.simd || !(overlay instanceof Float32Array)) {
    return { values: anchor, startOf: (slot) => activeRows[slot]! * dimension };
  }
  const values = arena.allocate("float32", overlay.length);
  activeRows.forEach((row, slot) => {
    values.set(anchor.subarray(row * dimension, (row + 1) * dimension), slot * dimension);
  });
  return { values, startOf: (slot) => slot * dimension };
}
