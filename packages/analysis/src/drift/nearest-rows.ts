import { type RowMatrix, rowCount, rowStart } from "../linear/row-matrix.ts";

/** Rows scaled to length 1 (rows of zeros stay), `[N, D]` float64, fresh. */
export function unitRows(matrix: RowMatrix): Float64Array {
  const { data, dimension } = matrix;
  const count = rowCount(matrix);
  const units = new Float64Array(count * dimension);
  for (let i = 0; i < count; i++) {
    const start = rowStart(matrix, i);
    let square = 0;
    for (let d = 0; d < dimension; d++) square += data[start + d] * data[start + d];
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let d = 0; d < dimension; d++) units[i * dimension + d] = data[start + d] * scale;
  }
  return units;
}

/** Σ a · b of two rows of one array of rows. */
export function dotOfRows(units: Float64Array, dimension: number, a: number, b: number): number {
  let dot = 0;
  for (let d = 0; d < dimension; d++) dot += units[a * dimension + d] * units[b * dimension + d];
  return dot;
}

/** What is sought. */
export interface NearestQuery {
  /** `[N, D]` from `unitRows`. */
  readonly units: Float64Array;
  readonly dimension: number;
  /** Row whose neighbours are sought; never its own neighbour. */
  readonly row: number;
  readonly k: number;
  /** Rows that may be neighbours, ascending; default all. */
  readonly among?: ArrayLike<number>;
}

/** The k rows of largest cosine, largest first; of equals the lower row, as core's `neighborOverlap` has it. */
export function nearestRows({ units, dimension, row, k, among }: NearestQuery): number[] {
  const count = among === undefined ? units.length / dimension : among.length;
  const best: number[] = [];
  const scores: number[] = [];
  for (let i = 0; i < count; i++) {
    const other = among === undefined ? i : among[i];
    if (other === row) continue;
    const dot = dotOfRows(units, dimension, row, other);
    if (best.length === k && dot <= scores[k - 1]) continue;
    let at = best.length;
    while (at > 0 && scores[at - 1] < dot) at--;
    best.splice(at, 0, other);
    scores.splice(at, 0, dot);
    if (best.length > k) {
      best.pop();
      scores.pop();
    }
  }
  return best;
}
