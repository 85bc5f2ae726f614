import { crossProduct } from "./cross-product.ts";
import { columnMeans, type RowMatrix, rowCount, rowStart } from "./row-matrix.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** Principal components of rows. */
export interface Pca {
  /** `[D]`. */
  readonly mean: Float64Array;
  /** `[K, D]` directions of length 1, that of most variance first; the largest component of each is positive. */
  readonly components: Float64Array;
  /** `[K]` variance along each (sum of squares over N − 1). */
  readonly variances: Float64Array;
  /** Share of all variance that each explains, `[K]`; 0 where there is none. */
  readonly explained: Float64Array;
}

/**
 * The first `components` principal components of at least two rows, by the eigenvectors of their D × D covariance.
 * @remarks Pearson 1901; Hotelling 1933.
 * @throws RangeError for fewer than two rows or more components than D
 */
export function pca(matrix: RowMatrix, components: number): Pca {
  const { dimension } = matrix;
  const count = rowCount(matrix);
  if (count < 2) throw new RangeError(`principal components need at least two rows, got ${count}`);
  if (!Number.isInteger(components) || components < 1 || components > dimension) {
    throw new RangeError(`components is a whole number from 1 to ${dimension}, got ${components}`);
  }
  const mean = columnMeans(matrix);
  const covariance = crossProduct(matrix, matrix, { x: mean, y: mean }).map((value) => value / (count - 1));
  const { values, vectors } = symmetricEigen(covariance, dimension);
  let total = 0;
  for (let d = 0; d < dimension; d++) total += covariance[d * dimension + d];
  const variances = values.slice(0, components).map((value) => Math.max(0, value));
  return {
    mean,
    components: vectors.slice(0, components * dimension),
    variances,
    explained: variances.map((value) => (total === 0 ? 0 : value / total)),
  };
}

/** Coordinates of rows along the components: `[N, K]` float64, fresh. */
export function projectRows({ mean, components }: Pca, matrix: RowMatrix): Float64Array {
  const { data, dimension } = matrix;
  const count = rowCount(matrix);
  const kept = components.length / dimension;
  const coordinates = new Float64Array(count * kept);
  for (let i = 0; i < count; i++) {
    const start = rowStart(matrix, i);
    for (let k = 0; k < kept; k++) {
      let sum = 0;
      for (let d = 0; d < dimension; d++) sum += (data[start + d] - mean[d]) * components[k * dimension + d];
      coordinates[i * kept + k] = sum;
    }
  }
  return coordinates;
}
