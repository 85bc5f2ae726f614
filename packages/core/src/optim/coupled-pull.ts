import type { RowGradient } from "../embedding/row-gradient.ts";
import type { EmbeddingTable } from "../embedding/table.ts";

/** Adds α(w − w₀) to the rows of a gradient. */
export type CoupledPull = (gradient: RowGradient) => RowGradient;

/**
 * L2-SP as a term of the loss. With lazy row updates, the rows of the gradient have it, in place; with dense ones every row
 * that is not `exempt`: the result is then another gradient, of all active rows, valid until the next call.
 * @remarks Li, Grandvalet and Davoine 2018, equation 3, differentiated.
 */
export function createCoupledPull(
  table: EmbeddingTable,
  strength: number,
  { exempt, rowUpdates }: { readonly exempt: Uint8Array; readonly rowUpdates: "lazy" | "dense" },
): CoupledPull {
  const { dimension, anchor, overlay, activeRows, arena } = table;
  const active = activeRows.length;
  const add = (values: Float64Array, to: number, slot: number): void => {
    if (exempt[slot] !== 0) return;
    const at = slot * dimension;
    const from = activeRows[slot]! * dimension;
    for (let d = 0; d < dimension; d++) values[to + d]! += strength * (overlay[at + d]! - anchor[from + d]!);
  };
  if (rowUpdates === "lazy") {
    return (gradient) => {
      for (let u = 0; u < gradient.count; u++) add(gradient.values, u * dimension, gradient.slots[u]!);
      return gradient;
    };
  }
  const slots = Int32Array.from({ length: active }, (_, slot) => slot);
  const values = arena.allocate("float64", active * dimension) as Float64Array;
  return (gradient) => {
    values.fill(0);
    for (let u = 0; u < gradient.count; u++) {
      values.set(gradient.values.subarray(u * dimension, (u + 1) * dimension), gradient.slots[u]! * dimension);
    }
    for (let slot = 0; slot < active; slot++) add(values, slot * dimension, slot);
    return { count: active, slots, values };
  };
}
