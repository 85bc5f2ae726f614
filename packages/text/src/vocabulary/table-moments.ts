/** Mean and standard deviation of each dimension over the rows of a table. [D] float64 each. */
export interface TableMoments {
  readonly mean: Float64Array;
  /** Of the population (divided by the number of rows). */
  readonly standardDeviation: Float64Array;
}

/**
 * Computes per-dimension moments of `rows` rows of `dimension` float32 from row `firstRow` on, in float64.
 * One pass over differences from the first row, a value near the mean, so that no digits cancel in the variance.
 * @remarks Chan, Golub and LeVeque, "Algorithms for Computing the Sample Variance" (1983), shifted data.
 */
export function tableMoments(
  data: Float32Array,
  shape: { readonly rows: number; readonly dimension: number; readonly firstRow?: number },
): TableMoments {
  const { rows, dimension } = shape;
  const start = (shape.firstRow ?? 0) * dimension;
  const sum = new Float64Array(dimension);
  const sumOfSquares = new Float64Array(dimension);
  if (rows === 0) return { mean: sum, standardDeviation: sumOfSquares };
  const shift = Float64Array.from(data.subarray(start, start + dimension));
  const end = start + rows * dimension;
  for (let at = start; at < end; at += dimension) {
    for (let d = 0; d < dimension; d++) {
      const difference = data[at + d]! - shift[d]!;
      sum[d]! += difference;
      sumOfSquares[d]! += difference * difference;
    }
  }
  const variance = sumOfSquares.map((squares, d) => Math.max(0, squares / rows - (sum[d]! / rows) ** 2));
  return { mean: shift.map((from, d) => from + sum[d]! / rows), standardDeviation: variance.map(Math.sqrt) };
}
