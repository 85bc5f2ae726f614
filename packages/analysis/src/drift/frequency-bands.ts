import { bandStarts, type MovedRow } from "@thawline/core";
import { type DriftSummary, summarizeDrifts } from "./row-drifts.ts";

/** Drift of the words that occur so often. */
export interface FrequencyBand extends DriftSummary {
  /** Least count of the band, and the first of the next; `null`: none. */
  readonly from: number;
  readonly to: number | null;
  /** Words of the band, moved or not. */
  readonly rows: number;
}

/** Where bands begin unless told otherwise: never, then as core's `bandStarts` (once, a few times, tens, hundreds, thousands). */
const defaultBandStarts: readonly number[] = Object.freeze([0, ...bandStarts]);

/**
 * Drift by frequency. `counts` `[N]` holds the occurrences of each row's word in a text (borrowed), `moved` the drifts of
 * the rows that moved; `starts` are the bands' least counts, ascending from 0. Averages are over moved rows, as everywhere.
 * Bands without words are left out.
 * @throws RangeError where `starts` does not ascend from 0
 */
export function frequencyBands(
  moved: readonly MovedRow[],
  counts: ArrayLike<number>,
  starts: readonly number[] = defaultBandStarts,
): FrequencyBand[] {
  if (starts[0] !== 0 || starts.some((start, i) => i > 0 && !(start > starts[i - 1]))) {
    throw new RangeError(`bands begin at 0 and ascend, got ${starts.join(", ")}`);
  }
  const bandOf = (count: number): number => {
    let band = starts.length - 1;
    while (band > 0 && count < starts[band]) band--;
    return band;
  };
  const rows = starts.map(() => 0);
  for (let i = 0; i < counts.length; i++) rows[bandOf(counts[i])]++;
  const members: MovedRow[][] = starts.map(() => []);
  for (const drift of moved) members[bandOf(counts[drift.row])].push(drift);
  return starts.flatMap((from, band) => {
    if (rows[band] === 0) return [];
    return [{ from, to: starts[band + 1] ?? null, rows: rows[band], ...summarizeDrifts(members[band]) }];
  });
}
