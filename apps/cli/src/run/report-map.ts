import { type EmbeddingTable, rowOf } from "@thawline/core";

type Vectors = readonly Float64Array[];

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, d) => sum + value * b[d]!, 0);

function scaled(values: ArrayLike<number>): Float64Array {
  const vector = Float64Array.from(values);
  const length = Math.sqrt(dot(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** What is left of vectors without their part along a direction of length 1. */
const without = (vectors: Vectors, direction: Float64Array): Vectors =>
  vectors.map((vector) => {
    const along = dot(vector, direction);
    return vector.map((value, d) => value - along * direction[d]!);
  });

const iterations = 200;

/**
 * The direction of length 1 along which vectors are longest in the mean square: the first right singular vector, by
 * power iteration from their sum; its sign is such that the first clearly non-zero part is positive. Zero vectors give
 * the first axis.
 */
export function mainDirection(vectors: Vectors, dimension: number): Float64Array {
  let direction: Float64Array = new Float64Array(dimension);
  const longest = vectors.reduce((a, b) => (dot(b, b) > dot(a, a) ? b : a), direction);
  if (dot(longest, longest) === 0) return direction.fill(1, 0, 1);
  direction = scaled(longest);
  for (let i = 0; i < iterations; i++) {
    const next = new Float64Array(dimension);
    for (const vector of vectors) {
      const along = dot(vector, direction);
      for (let d = 0; d < dimension; d++) next[d]! += along * vector[d]!;
    }
    direction = scaled(next);
  }
  const sign = Math.sign(direction.find((value) => Math.abs(value) > 1e-9) ?? 1);
  return direction.map((value) => value * sign);
}

/** Where a row stands on the map, before and after. */
export interface MappedRow {
  readonly row: number;
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
}

/** What the axes of `mapRows` are. */
export const mapAxes =
  "Left to right is the direction along which training moved these words most, up and down the one in which they differ most otherwise. Each axis has a scale of its own; the table has the distances.";

/**
 * Places of rows in the plane, before and after: across, the main direction of their moves; upwards, the main direction
 * in which their places before differ apart from that. Rows are scaled to length 1, as cosines see them.
 */
export function mapRows(table: EmbeddingTable, rows: readonly number[]): MappedRow[] {
  const { dimension, anchor } = table;
  const before = rows.map((row) => scaled(anchor.subarray(row * dimension, (row + 1) * dimension)));
  const after = rows.map((row) => scaled(rowOf(table, row)));
  const moves = after.map((vector, i) => vector.map((value, d) => value - before[i]![d]!));
  const across = mainDirection(moves, dimension);
  const mean = new Float64Array(dimension);
  for (const vector of before) for (let d = 0; d < dimension; d++) mean[d]! += vector[d]! / before.length;
  const centred = before.map((vector) => vector.map((value, d) => value - mean[d]!));
  const up = mainDirection(without(centred, across), dimension);
  const at = (vector: Float64Array): readonly [number, number] => [dot(vector, across), dot(vector, up)];
  return rows.map((row, i) => ({ row, before: at(before[i]!), after: at(after[i]!) }));
}
