import type { MovedRow } from "@thawline/core";
import { type DriftSummary, summarizeDrifts } from "./row-drifts.ts";

/** Drift of the words that occur so often. */
export interface FrequencyBand extends DriftSummary {
  /** Least and greatest count of the band; `to` is `null` where nothing bounds it. */
  readonly from: number;
  readonly to: number | null;
  /** Words of the band, moved or not. */
  readonly rows: number;
}

/** Where bands begin, unless told otherwise: 0, 1, 2–4, 5–9, 10–29, 30–99, 100–299, 300–999, from 1,000. */
export const defaultBandStarts: readonly number[] = [0, 1, 2, 5, 10, 30, 100, 300, 1000];

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
    const next = starts[band + 1];
    return [{ from, to: next === undefined ? null : next - 1, rows: rows[band], ...summarizeDrifts(members[band]) }];
  });
}
