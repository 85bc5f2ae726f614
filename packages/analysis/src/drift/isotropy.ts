import { crossProduct } from "../linear/cross-product.ts";
import { type RowMatrix, rowCount, rowStart } from "../linear/row-matrix.ts";
import { symmetricEigen } from "../linear/symmetric-eigen.ts";

/**
 * Mean cosine of all pairs of different rows, in [−1, 1]: 0 where directions are spread evenly, towards 1 where all
 * words lie in a narrow cone. Rows of zeros have no direction and are left out; `null` for fewer than two others.
 * Over every pair at once, without a sample: (‖Σ u‖² − n) / (n (n − 1)) for rows u of length 1. O(N · D).
 * @remarks Ethayarajh 2019, "How contextual are contextualized word representations?", section 4.1: the average cosine
 * similarity of random words as the measure of anisotropy.
 */
export function averageCosine(matrix: RowMatrix): number | null {
  const { data, dimension } = matrix;
  const count = rowCount(matrix);
  const sum = new Float64Array(dimension);
  let rows = 0;
  for (let i = 0; i < count; i++) {
    const start = rowStart(matrix, i);
    let square = 0;
    for (let d = 0; d < dimension; d++) square += data[start + d] * data[start + d];
    if (square === 0) continue;
    rows++;
    const scale = 1 / Math.sqrt(square);
    for (let d = 0; d < dimension; d++) sum[d] += data[start + d] * scale;
  }
  if (rows < 2) return null;
  let length = 0;
  for (let d = 0; d < dimension; d++) length += sum[d] * sum[d];
  return (length - rows) / (rows * (rows - 1));
}

/** log Σ exp(± c · w) over rows: one number for each sign. */
function logPartition(matrix: RowMatrix, projections: Float64Array, direction: Float64Array): readonly number[] {
  const { data, dimension } = matrix;
  for (let i = 0; i < projections.length; i++) {
    const start = rowStart(matrix, i);
    let dot = 0;
    for (let d = 0; d < dimension; d++) dot += direction[d] * data[start + d];
    projections[i] = dot;
  }
  return [1, -1].map((sign) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (const dot of projections) largest = Math.max(largest, sign * dot);
    let sum = 0;
    // The exponential of a long vector's product leaves floating point; its ratio to the largest does not.
    for (const dot of projections) sum += Math.exp(sign * dot - largest);
    return largest + Math.log(sum);
  });
}

/**
 * Isotropy of rows by the partition function, in (0, 1]: min Z(c) / max Z(c) with Z(c) = Σ exp(c · w), over the
 * eigenvectors c of WᵀW, each in both directions; 1 where no direction is preferred. Depends on the vectors' lengths.
 * `null` for no rows. O(N · D²).
 * @remarks Mu and Viswanath 2018, "All-but-the-top", the measure I(W) with the eigenvectors for candidates, after Arora et
 * al. 2016. An eigenvector's sign is arbitrary; both are taken, so that the figure is not.
 */
export function partitionIsotropy(matrix: RowMatrix): number | null {
  const count = rowCount(matrix);
  if (count === 0) return null;
  const { dimension } = matrix;
  const { vectors } = symmetricEigen(crossProduct(matrix, matrix), dimension);
  const projections = new Float64Array(count);
  const logs: number[] = [];
  for (let i = 0; i < dimension; i++) {
    logs.push(...logPartition(matrix, projections, vectors.subarray(i * dimension, (i + 1) * dimension)));
  }
  return Math.exp(Math.min(...logs) - Math.max(...logs));
}
