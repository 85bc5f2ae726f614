import { measureSpan, type PullSpan, pullSpan } from "../optim/pull-span.ts";
import { type SpanKernels, spanKernels } from "../optim/span-kernels.ts";
import type { FloatArray } from "../tensor.ts";
import type { Entries } from "./entries.ts";
import type { EmbeddingTable } from "./table.ts";

/**
 * The inner loops over embedding rows, in one small object, so that others (WebAssembly SIMD, workers on shared memory)
 * can take their place. All accumulate in float64 and round once, when they store.
 */
export interface RowKernels {
  /** into[g] = Σₑ weightₑ · rowₑ over the entries of group g; `into` is `[G, D]`, written in place. */
  gather(table: EmbeddingTable, entries: Entries, into: FloatArray): void;
  /**
   * sums[place[slotₑ]] += weightₑ · dX[g] over all entries in order, those with place ≥ 0 alone.
   * `dX` is `[G, D]`; `sums` is `[U, D]` float64; `place` `[A]` maps a slot to its row of `sums`.
   */
  scatterAdd(dX: FloatArray, entries: Entries, place: Int32Array, sums: Float64Array, dimension: number): void;
  /** Pulls a row towards its origin. */
  readonly pull: (span: PullSpan) => void;
  /** Measures a row against its origin: `measureSpan`. */
  readonly measure: (span: PullSpan, into: Float64Array) => void;
  /** Updates of a row or parameter by each optimizer. */
  readonly spans: SpanKernels;
}

/** Plain TypeScript kernels. */
export function createRowKernels(): RowKernels {
  let sum = new Float64Array(0);
  return {
    spans: spanKernels,
    pull: pullSpan,
    measure: measureSpan,
    gather(table, entries, into) {
      const { dimension, overlay, anchor } = table;
      const { index, weights, offsets, groups } = entries;
      if (sum.length !== dimension) sum = new Float64Array(dimension);
      const total = sum;
      for (let g = 0; g < groups; g++) {
        const end = offsets[g + 1]!;
        const target = g * dimension;
        total.fill(0);
        for (let e = offsets[g]!; e < end; e++) {
          const at = index[e]!;
          const source = at >= 0 ? overlay : anchor;
          const start = (at >= 0 ? at : -1 - at) * dimension;
          const weight = weights[e]!;
          for (let d = 0; d < dimension; d++) total[d]! += weight * source[start + d]!;
        }
        for (let d = 0; d < dimension; d++) into[target + d] = total[d]!;
      }
    },
    scatterAdd(dX, entries, place, sums, dimension) {
      const { index, weights, offsets, groups } = entries;
      for (let g = 0; g < groups; g++) {
        const end = offsets[g + 1]!;
        const from = g * dimension;
        for (let e = offsets[g]!; e < end; e++) {
          const slot = index[e]!;
          if (slot < 0) continue;
          const row = place[slot]!;
          if (row < 0) continue;
          const to = row * dimension;
          const weight = weights[e]!;
          for (let d = 0; d < dimension; d++) sums[to + d]! += weight * dX[from + d]!;
        }
      }
    },
  };
}
