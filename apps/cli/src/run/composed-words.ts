import { type EmbeddingTable, rowOf, type WeightedLookUp } from "@thawline/core";

/** The values of a row: as loaded, or as they are now. */
export type RowValues = (row: number) => ArrayLike<number>;

/** Rows of a table as they are now. */
export const rowsNow =
  (table: EmbeddingTable): RowValues =>
  (row) =>
    rowOf(table, row);

/** Rows of a table as they were loaded. */
export const rowsBefore =
  ({ anchor, dimension }: EmbeddingTable): RowValues =>
  (row) =>
    anchor.subarray(row * dimension, (row + 1) * dimension);

/**
 * Writes the vector of a token, the weighted sum of its rows, to `into` [D]: for the mean of rows as fastText computes
 * it, a float32 sum in order times float32(1 / n), so that what did not move has fastText's bits.
 */
export function composeToken(
  { offsets, rows, weights }: WeightedLookUp,
  token: number,
  { valuesOf, into }: { readonly valuesOf: RowValues; readonly into: Float32Array },
): void {
  const [start, end] = [offsets[token]!, offsets[token + 1]!];
  into.fill(0);
  for (let k = start; k < end; k++) {
    const values = valuesOf(rows[k]!);
    for (let d = 0; d < into.length; d++) into[d]! += values[d]!;
    if (end - start === 1) break;
  }
  // All weights of a token are the same: 1 / n, or the one of a piece.
  const factor = weights[start] ?? 0;
  for (let d = 0; d < into.length; d++) into[d]! *= factor;
}
