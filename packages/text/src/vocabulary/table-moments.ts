/** Mean and standard deviation of each dimension over the rows of a table. [D] float64 each. */
export interface TableMoments {
  readonly mean: Float64Array;
  /** Of the population (divided by the number of rows). */
  readonly standardDeviation: Float64Array;
}

/**
 * Computes per-dimension moments of `rows` rows of `dimension` float32 from row `firstRow` on, in float64.
 * Two passes: the mean first, then squared distances from it, so that no digits cancel.
 */
export function tableMoments(
  data: Float32Array,
  shape: { readonly rows: number; readonly dimension: number; readonly firstRow?: number },
): TableMoments {
  const { rows, dimension } = shape;
  const start = (shape.firstRow ?? 0) * dimension;
  const end = start + rows * dimension;
  const mean = new Float64Array(dimension);
  const standardDeviation = new Float64Array(dimension);
  if (rows === 0) return { mean, standardDeviation };
  for (let at = start; at < end; at += dimension) for (let d = 0; d < dimension; d++) mean[d]! += data[at + d]!;
  for (let d = 0; d < dimension; d++) mean[d]! /= rows;
  for (let at = start; at < end; at += dimension) {
    for (let d = 0; d < dimension; d++) {
      const difference = data[at + d]! - mean[d]!;
      standardDeviation[d]! += difference * difference;
    }
  }
  for (let d = 0; d < dimension; d++) standardDeviation[d] = Math.sqrt(standardDeviation[d]! / rows);
  return { mean, standardDeviation };
}
