import { pairCount, type RowMatrix, rowStart } from "./row-matrix.ts";

/** What is taken off each row before products: `[Dx]` and `[Dy]`, such as the columns' means. */
export interface Centres {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

/**
 * (X − x̄)ᵀ (Y − ȳ): `[Dx, Dy]` float64 row-major, fresh; without centres XᵀY. O(N · Dx · Dy) time, no N × N matrix.
 * @throws RangeError where the two have different numbers of rows
 */
export function crossProduct(x: RowMatrix, y: RowMatrix, centres?: Centres): Float64Array {
  const count = pairCount(x, y);
  const [dx, dy] = [x.dimension, y.dimension];
  const product = new Float64Array(dx * dy);
  const row = new Float64Array(dy);
  for (let i = 0; i < count; i++) {
    const startX = rowStart(x, i);
    const startY = rowStart(y, i);
    for (let d = 0; d < dy; d++) row[d] = y.data[startY + d] - (centres === undefined ? 0 : centres.y[d]);
    for (let a = 0; a < dx; a++) {
      const value = x.data[startX + a] - (centres === undefined ? 0 : centres.x[a]);
      const at = a * dy;
      for (let b = 0; b < dy; b++) product[at + b] += value * row[b];
    }
  }
  return product;
}

/** Σ of squares of all numbers (the squared Frobenius norm of a matrix). */
export function sumOfSquares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return sum;
}
