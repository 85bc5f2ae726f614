import type { FloatArray } from "../tensor.ts";
import { type Allocate, allocate as plainAllocate } from "./allocate.ts";
import type { Entries } from "./entries.ts";
import type { RowKernels } from "./row-kernels.ts";
import type { EmbeddingTable } from "./table.ts";

/** Gradient of the loss with respect to the table's rows, sparse: unique rows, repeats summed. */
export interface RowGradient {
  /** U. */
  readonly count: number;
  /** `[≥ U]` slots of the overlay, ascending. */
  readonly slots: Int32Array;
  /** `[≥ U, D]` row-major. */
  readonly values: Float64Array;
}

/** One embedding input's share of a gradient: its entries and the gradient `[G, D]` that the backend gave. */
export interface InputGradient {
  readonly entries: Entries;
  readonly dX: FloatArray;
}

/** Sums position gradients into unique rows, in buffers that it keeps: a result is valid until the next call. */
export interface RowAccumulator {
  /**
   * Repeats are summed in the order of the entries, in float64. Rows that are not active are left out, and so are slots
   * whose `isFrozen` flag is not 0.
   */
  accumulate(inputs: readonly InputGradient[], isFrozen?: Uint8Array): RowGradient;
}

/** An accumulator for one table. Its memory is O(A + U · D), its time O(E · D + U log U): nothing is dense in V. */
export function createRowAccumulator(
  table: EmbeddingTable,
  kernels: RowKernels,
  allocate: Allocate = plainAllocate,
): RowAccumulator {
  const { dimension } = table;
  const place = new Int32Array(table.activeRows.length).fill(-1);
  let slots = new Int32Array(1024);
  let values = allocate("float64", 0) as Float64Array;
  let count = 0;

  const collect = ({ entries }: InputGradient, isFrozen: Uint8Array | undefined): void => {
    if (count + entries.count > slots.length) {
      const old = slots;
      slots = new Int32Array((count + entries.count) * 2);
      slots.set(old);
    }
    for (let e = 0; e < entries.count; e++) {
      const slot = entries.index[e]!;
      if (slot < 0 || place[slot]! >= 0 || (isFrozen !== undefined && isFrozen[slot] !== 0)) continue;
      place[slot] = 0;
      slots[count++] = slot;
    }
  };

  return {
    accumulate(inputs, isFrozen) {
      count = 0;
      for (const input of inputs) collect(input, isFrozen);
      slots.subarray(0, count).sort();
      for (let u = 0; u < count; u++) place[slots[u]!] = u;
      if (values.length < count * dimension) {
        // Doubling keeps the number of allocations, which an arena never takes back, logarithmic.
        values = allocate("float64", Math.max(count, 256) * dimension * 2) as Float64Array;
      } else {
        values.fill(0, 0, count * dimension);
      }
      for (const input of inputs) kernels.scatterAdd(input.dX, input.entries, place, values, dimension);
      for (let u = 0; u < count; u++) place[slots[u]!] = -1;
      return { count, slots, values };
    },
  };
}
