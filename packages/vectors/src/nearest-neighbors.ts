import type { VectorTable } from "./read-vectors.ts";

/** A row close to the query. */
export interface Neighbor {
  readonly row: number;
  readonly word: string;
  /** Cosine of the angle to the query, −1 to 1. */
  readonly cosine: number;
}

/**
 * The `k` rows of greatest cosine with the query, greatest first; of equals the lower row first. Exact: every row is
 * looked at, sums are float64. The query is a word of the table (left out of the result itself) or a vector [D].
 * Rows that are all zero have no direction and are never neighbours.
 * @throws RangeError for a word that is not in the table, a zero query, another dimension, or a `k` below 1
 */
export function nearestNeighbors(table: VectorTable, query: string | ArrayLike<number>, k: number): Neighbor[] {
  const { data, dimension, words } = table;
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`k must be a whole number above 0, got ${k}`);
  const ownRow = typeof query === "string" ? words.indexOf(query) : -1;
  if (typeof query === "string" && ownRow < 0)
    throw new RangeError(`the word ${JSON.stringify(query)} is not in the table`);
  const vector = Float64Array.from(
    typeof query === "string" ? data.subarray(ownRow * dimension, (ownRow + 1) * dimension) : query,
  );
  if (vector.length !== dimension)
    throw new RangeError(`the query has ${vector.length} components, the table ${dimension}`);
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (norm === 0) throw new RangeError("the query is a zero vector, which has no direction");

  // Ascending rows and a strict comparison keep the lower row first among equals.
  const best: { row: number; cosine: number }[] = [];
  for (let row = 0; row < words.length; row++) {
    if (row === ownRow) continue;
    const cosine = cosineOfRow(data, row * dimension, vector) / norm;
    if (Number.isNaN(cosine) || (best.length === k && cosine <= best[k - 1].cosine)) continue;
    let place = best.length;
    while (place > 0 && best[place - 1].cosine < cosine) place--;
    best.splice(place, 0, { row, cosine });
    if (best.length > k) best.pop();
  }
  return best.map(({ row, cosine }) => ({ row, word: words[row], cosine: Math.max(-1, Math.min(1, cosine)) }));
}

/** Dot product over the row's norm; NaN for a zero row. */
function cosineOfRow(data: Float32Array, start: number, vector: Float64Array): number {
  let dot = 0;
  let square = 0;
  for (let index = 0; index < vector.length; index++) {
    const value = data[start + index];
    dot += value * vector[index];
    square += value * value;
  }
  return dot / Math.sqrt(square);
}
