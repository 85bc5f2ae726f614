import { type RowMatrix, selectRows } from "../linear/row-matrix.ts";
import { choose } from "./choose.ts";
import { dotOfRows, nearestRows, unitRows } from "./nearest-rows.ts";
import type { SampleOptions } from "./neighbor-change.ts";

/** How far moved rows came away from rows that training never saw. All cosines are means over the sample, in [−1, 1]. */
export interface SeenBreak {
  /**
   * (mean change of cosine to the k moved neighbours) − (mean change to the k never-seen neighbours), in [−4, 4]: 0 where
   * a moved word kept or lost both alike, positive where it came away from the never-seen words more.
   */
  readonly gap: number;
  /** Share of the k nearest neighbours that are never-seen rows, in [0, 1]. */
  readonly neverSeenShareBefore: number;
  readonly neverSeenShareAfter: number;
  /** Cosine to the k never-seen rows that were nearest before. */
  readonly cosineToNeverSeenBefore: number;
  readonly cosineToNeverSeenAfter: number;
  /** Cosine to the k other moved rows that were nearest before. */
  readonly cosineToMovedBefore: number;
  readonly cosineToMovedAfter: number;
  readonly k: number;
  /** Moved rows that were measured. */
  readonly sample: number;
  /** Rows of each of the two groups among which neighbours were sought. */
  readonly candidatesEach: number;
  readonly seed: number;
}

/** Paired rows, and the two groups that are told apart, as positions. */
export interface SeenGroups {
  readonly before: RowMatrix;
  readonly after: RowMatrix;
  readonly moved: ArrayLike<number>;
  readonly neverSeen: ArrayLike<number>;
}

/** Both groups cut to one size, one after the other, and their rows scaled to length 1. */
function balancedPool({ before, after, moved, neverSeen }: SeenGroups, candidates: number, seed: number) {
  const each = Math.min(moved.length, neverSeen.length, Math.floor(candidates / 2));
  const first = choose(moved, each, seed + 1);
  const second = choose(neverSeen, each, seed + 2);
  const rows = Int32Array.from([...first, ...second]);
  return {
    each,
    rows: first,
    before: unitRows(selectRows(before, rows)),
    after: unitRows(selectRows(after, rows)),
  };
}

/**
 * The break between moved rows and rows that training never saw, after which a tuned model meets new words in a space
 * that it has left. For a seeded sample of moved rows, neighbours are sought among equally many moved and never-seen rows
 * (so that the larger group does not fill the lists): which share of the k nearest is never-seen, before and after; and
 * how the cosine to the k nearest of each group, as they were before, has changed. Ties go to moved rows, then to the
 * lower row. `null` where either group has fewer than k + 1 rows.
 * @remarks The effect, words of one meaning torn apart because training saw only one of them, is described in
 * UKPLab/emnlp2017-bilstm-cnn-crf issue 17; the figures are defined here.
 */
export function seenBreak(groups: SeenGroups, options: SampleOptions = {}): SeenBreak | null {
  const { k = 10, sample = 200, candidates = 10_000, seed = 1 } = options;
  const pool = balancedPool(groups, candidates, seed);
  const { each } = pool;
  if (each < k + 1) return null;
  const { dimension } = groups.before;
  const positions = Int32Array.from({ length: 2 * each }, (_, i) => i);
  const among = [positions.subarray(0, each), positions.subarray(each)] as const;
  const queries = choose(among[0], sample, seed);
  const totals = { shareBefore: 0, shareAfter: 0, moved: [0, 0], neverSeen: [0, 0] };
  for (const row of queries) {
    const query = { dimension, row, k };
    const isNeverSeen = (other: number): boolean => other >= each;
    totals.shareBefore += nearestRows({ ...query, units: pool.before }).filter(isNeverSeen).length;
    totals.shareAfter += nearestRows({ ...query, units: pool.after }).filter(isNeverSeen).length;
    for (const [sums, group] of [
      [totals.moved, among[0]],
      [totals.neverSeen, among[1]],
    ] as const) {
      for (const other of nearestRows({ ...query, units: pool.before, among: group })) {
        sums[0] += dotOfRows(pool.before, dimension, row, other);
        sums[1] += dotOfRows(pool.after, dimension, row, other);
      }
    }
  }
  const mean = (sum: number): number => sum / (queries.length * k);
  const [movedBefore, movedAfter] = totals.moved.map(mean);
  const [unseenBefore, unseenAfter] = totals.neverSeen.map(mean);
  return {
    gap: movedAfter - movedBefore - (unseenAfter - unseenBefore),
    neverSeenShareBefore: mean(totals.shareBefore),
    neverSeenShareAfter: mean(totals.shareAfter),
    cosineToNeverSeenBefore: unseenBefore,
    cosineToNeverSeenAfter: unseenAfter,
    cosineToMovedBefore: movedBefore,
    cosineToMovedAfter: movedAfter,
    k,
    sample: queries.length,
    candidatesEach: each,
    seed,
  };
}
