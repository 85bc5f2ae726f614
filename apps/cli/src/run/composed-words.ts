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
 * Writes the vector of a token to `into` [D]: the float32 sum of its rows in order times the weight that they share,
 * which is how fastText computes the mean, so that a word that did not move has fastText's bits.
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
  }
  // All rows of a token weigh the same: 1 / n, or what its one row does.
  const factor = weights[start] ?? 0;
  for (let d = 0; d < into.length; d++) into[d]! *= factor;
}

/** The vectors of all tokens of a look-up, [T, D]. */
export function composeTokens(lookUp: WeightedLookUp, dimension: number, valuesOf: RowValues): Float32Array {
  const tokens = lookUp.offsets.length - 1;
  const data = new Float32Array(tokens * dimension);
  for (let token = 0; token < tokens; token++) {
    composeToken(lookUp, token, { valuesOf, into: data.subarray(token * dimension, (token + 1) * dimension) });
  }
  return data;
}
