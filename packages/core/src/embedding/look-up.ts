/**
 * What each token id looks up: a weighted list of table rows, compressed as offsets, rows and weights. A plain table
 * (`identity`) has one row of weight 1 a token; fastText subwords and Model2Vec mappings have others.
 */
export type LookUp = IdentityLookUp | WeightedLookUp;

/** Token id = row. */
export interface IdentityLookUp {
  readonly kind: "identity";
}

/** Token t looks up rows[offsets[t]] … rows[offsets[t + 1] − 1] with their weights. */
export interface WeightedLookUp {
  readonly kind: "weighted";
  /** `[T + 1]`, ascending from 0. */
  readonly offsets: Int32Array;
  readonly rows: Int32Array;
  readonly weights: Float32Array | Float64Array;
}

/** The plain look-up. */
export const identityLookUp: IdentityLookUp = Object.freeze({ kind: "identity" });
