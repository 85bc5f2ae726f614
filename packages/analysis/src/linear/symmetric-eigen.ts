import { EigenvalueDecomposition } from "ml-matrix";
import { toMatrix } from "./matrices.ts";

/** Eigenvalues of a symmetric matrix, largest first, and their vectors of length 1. */
export interface Eigen {
  /** `[D]`. */
  readonly values: Float64Array;
  /** `[D, D]`: row i belongs to value i. Its largest component in size is positive. */
  readonly vectors: Float64Array;
}

/** Eigenvalues and eigenvectors of a symmetric `[D, D]` matrix (borrowed), by ml-matrix. */
export function symmetricEigen(matrix: ArrayLike<number>, dimension: number): Eigen {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(toMatrix(matrix, dimension, dimension), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b] - realEigenvalues[a] || a - b);
  const vectors = new Float64Array(dimension * dimension);
  order.forEach((column, i) => {
    const vector = eigenvectorMatrix.getColumn(column);
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    // An eigenvector's sign is anybody's choice; this one does not depend on the algorithm.
    for (let d = 0; d < dimension; d++) vectors[i * dimension + d] = largest < 0 ? -vector[d] : vector[d];
  });
  return { values: Float64Array.from(order, (i) => realEigenvalues[i]), vectors };
}
