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

/**
 * Checks offsets, rows and weights once, so that no loop has to.
 * @throws RangeError where they do not fit together or the table of `tableRows` rows, or a weight is not finite
 */
export function validateLookUp(lookUp: LookUp, tableRows: number): void {
  if (lookUp.kind === "identity") return;
  const { offsets, rows, weights } = lookUp;
  if (rows.length !== weights.length) {
    throw new RangeError(`a look-up has a weight for each row, got ${rows.length} rows and ${weights.length} weights`);
  }
  if (offsets.length === 0 || offsets[0] !== 0 || offsets[offsets.length - 1]! > rows.length) {
    const range = `${offsets[0]} to ${offsets[offsets.length - 1]}`;
    throw new RangeError(`a look-up's offsets should run from 0 to at most ${rows.length}, got ${range}`);
  }
  for (let token = 0; token + 1 < offsets.length; token++) {
    if (offsets[token + 1]! < offsets[token]!) {
      throw new RangeError(`a look-up's offsets should not fall, but do at token ${token}`);
    }
  }
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k]!;
    if (!(row >= 0 && row < tableRows)) throw new RangeError(`a look-up has row ${row}, the table ${tableRows} rows`);
    if (!Number.isFinite(weights[k]!)) throw new RangeError(`a look-up has a weight of ${weights[k]} for row ${row}`);
  }
}
