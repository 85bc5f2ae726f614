import type { NeighborOverlap } from "@thawline/core";
import { type RowMatrix, selectRows } from "../linear/row-matrix.ts";
import { choose } from "./choose.ts";
import { nearestRows, unitRows } from "./nearest-rows.ts";

/** Sizes of a measurement on a sample; part of the figure. */
export interface SampleOptions {
  /** Neighbours a row; default 10. */
  readonly k?: number;
  /** At most so many moved rows are measured; default 200. */
  readonly sample?: number;
  /** Neighbours are sought among at most so many rows; default 10,000. */
  readonly candidates?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** Sorted union of two lists of rows. */
function union(a: ArrayLike<number>, b: ArrayLike<number>): Int32Array {
  return Int32Array.from(new Set([...Array.from(a), ...Array.from(b)])).sort();
}

/**
 * Mean share of the k nearest neighbours (by cosine) that moved rows keep, in [0, 1]; 1 where nothing moved. `moved` lists
 * positions of paired rows. The figure, the seeded sample and the tie rule (the lower row) are those of core's
 * `neighborOverlap`, for two tables instead of a table in training.
 * @remarks Wendlandt et al. 2018, "Factors influencing the surprising instability of word embeddings".
 */
export function neighborChange(
  pair: { readonly before: RowMatrix; readonly after: RowMatrix; readonly count: number },
  moved: ArrayLike<number>,
  options: SampleOptions = {},
): NeighborOverlap {
  const { k = 10, sample = 200, candidates = 10_000, seed = 1 } = options;
  const queries = choose(moved, sample, seed);
  const all = Int32Array.from({ length: pair.count }, (_, i) => i);
  const pool = union(choose(all, candidates, seed + 1), queries);
  const figure = { k, sample: queries.length, candidates: pool.length, seed };
  if (queries.length === 0 || pool.length < 2) return { overlap: 1, ...figure };
  const { dimension } = pair.before;
  const before = unitRows(selectRows(pair.before, pool));
  const after = unitRows(selectRows(pair.after, pool));
  const wanted = Math.min(k, pool.length - 1);
  const place = new Map(Array.from(pool, (row, i) => [row, i]));
  let shared = 0;
  for (const row of queries) {
    const query = { dimension, row: place.get(row)!, k: wanted };
    const old = new Set(nearestRows({ ...query, units: before }));
    for (const other of nearestRows({ ...query, units: after })) if (old.has(other)) shared++;
  }
  return { overlap: shared / (queries.length * wanted), ...figure };
}
