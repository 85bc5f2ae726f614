/** Rows by how often they occur. */
export interface FrequencyRanks {
  /** `[V]` rank from 1 (the most frequent), ties by row; 0 for a row that does not occur. */
  readonly ranks: Int32Array;
  /** Rows that occur. */
  readonly occurring: number;
}

/** Ranks `[V]` counts; O(V + R log R) for R rows that occur. */
export function frequencyRanks(counts: ArrayLike<number>): FrequencyRanks {
  const rows: number[] = [];
  for (let row = 0; row < counts.length; row++) if (counts[row]! > 0) rows.push(row);
  rows.sort((a, b) => counts[b]! - counts[a]! || a - b);
  const ranks = new Int32Array(counts.length);
  for (let i = 0; i < rows.length; i++) ranks[rows[i]!] = i + 1;
  return { ranks, occurring: rows.length };
}
