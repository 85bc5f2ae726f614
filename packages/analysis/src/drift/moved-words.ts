import type { MovedRow } from "@thawline/core";
import { selectRows } from "../linear/row-matrix.ts";
import { nearestRows, unitRows } from "./nearest-rows.ts";
import type { TablePair } from "./pair-tables.ts";

/** A word that moved far, and its company before and after. */
export interface MovedWordNeighbors {
  readonly word: string;
  /** 1 − cosine, in [0, 2]. */
  readonly cosineDistance: number;
  readonly l2: number;
  /** Occurrences in the text that was counted; `null` where none was. */
  readonly count: number | null;
  /** Nearest words by cosine, nearest first; none where the vector is zero. */
  readonly neighborsBefore: readonly string[];
  readonly neighborsAfter: readonly string[];
}

const neighborsShown = 5;
/** Neighbours that are shown come from so many of the first shared words: in most files the frequent ones. */
const neighborRows = 30_000;

/** The `top` rows of largest cosine distance, farthest first, ties by row, with their nearest words. */
export function movedWordNeighbors(
  pair: TablePair,
  drifts: readonly MovedRow[],
  options: { readonly top: number; readonly counts: ArrayLike<number> | null },
): MovedWordNeighbors[] {
  const farthest = [...drifts]
    .sort((a, b) => b.cosineDistance - a.cosineDistance || a.row - b.row)
    .slice(0, options.top);
  if (farthest.length === 0) return [];
  const first = Math.min(pair.words.length, neighborRows);
  const beyond = farthest.map(({ row }) => row).filter((row) => row >= first);
  const pool = Int32Array.from([...Array.from({ length: first }, (_, i) => i), ...beyond]);
  const among = pool.slice(0, first);
  const { dimension } = pair.before;
  const place = new Map(beyond.map((row, i) => [row, first + i]));
  const wordsNear = (units: Float64Array, row: number): string[] => {
    const at = place.get(row) ?? row;
    if (units.subarray(at * dimension, (at + 1) * dimension).every((value) => value === 0)) return [];
    return nearestRows({ units, dimension, row: at, k: neighborsShown, among }).map((other) => pair.words[other]);
  };
  const before = unitRows(selectRows(pair.before, pool));
  const after = unitRows(selectRows(pair.after, pool));
  return farthest.map(({ row, cosineDistance, l2 }) => ({
    word: pair.words[row],
    cosineDistance,
    l2,
    count: options.counts === null ? null : options.counts[row],
    neighborsBefore: wordsNear(before, row),
    neighborsAfter: wordsNear(after, row),
  }));
}
