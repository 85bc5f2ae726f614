import { createRowBlocks } from "../row-blocks.ts";
import { createRowSet } from "../row-set.ts";
import { createTableBuilder } from "../table-builder.ts";
import { type InputMatrix, type MatrixSource, visitDenseRows } from "./input-matrix.ts";
import { readQuantizedRows } from "./quantized-rows.ts";
import type { WordPlan } from "./word-plan.ts";

/** Bytes of matrix rows that may be held beside the result, and an eighth of the result's on top. */
const HELD_BYTES = 32 << 20;

/** Gives word i's vector [D], borrowed until the next call. To be asked for each word once, in ascending order. */
export type VectorOfWord = (index: number) => Float32Array;

/**
 * Reads the vectors of planned words: the mean of each one's rows.
 *
 * Where the rows needed are few or quantised they are held and added in fastText's order, which gives its bits. Of a
 * large dense matrix each row is added to its words as it comes by, so that memory is the words' vectors and 4 bytes a
 * n-gram; the order of addition differs then, and with it the last bit of some components.
 */
export async function readWordVectors(
  source: MatrixSource,
  matrix: InputMatrix,
  plan: WordPlan,
  { drain, heldBytes = HELD_BYTES }: { drain(): Promise<void>; readonly heldBytes?: number },
): Promise<VectorOfWord> {
  const { dimension } = matrix;
  const needed = createRowSet(plan.rows);
  if (matrix.isQuantized) {
    const quantized = await readQuantizedRows(source, matrix, needed.rows);
    return inOrder(plan, dimension, (sum, row) => quantized.addTo(sum, needed.slotOf(row)));
  }
  const resultBytes = (plan.offsets.length - 1) * dimension * 4;
  if (needed.size * dimension * 4 > heldBytes + resultBytes / 8) return sumAsRowsPass(source, matrix, plan, drain);
  const held = createTableBuilder();
  held.begin({ dimension, maxRows: needed.size, expectedRows: () => needed.size });
  await visitDenseRows(source, matrix, needed.rows, (_, values) => held.row(values, noWord), drain);
  const data = held.data();
  return inOrder(plan, dimension, (sum, row) => addRow(sum, data, needed.slotOf(row) * dimension));
}

const noWord = new Uint8Array(0);

/** @remarks fastText `FastText::getWordVector`: float32 sum in order, then times float32(1 / n) */
function inOrder(
  { offsets, rows }: WordPlan,
  dimension: number,
  add: (sum: Float32Array, row: number) => void,
): VectorOfWord {
  const sum = new Float32Array(dimension);
  return (index) => {
    sum.fill(0);
    for (let at = offsets[index]; at < offsets[index + 1]; at++) add(sum, rows[at]);
    return scaleByCount(sum, offsets[index + 1] - offsets[index]);
  };
}

/** Adds `data[at … at + D)` to `sum`, rounding each component. */
export function addRow(sum: Float32Array, data: Float32Array, at: number): void {
  for (let index = 0; index < sum.length; index++) sum[index] += data[at + index];
}

/** Divides a sum of `count` rows as fastText does: by a float32 factor. */
export function scaleByCount(sum: Float32Array, count: number): Float32Array {
  if (count === 0) return sum;
  const factor = Math.fround(1 / count);
  for (let index = 0; index < sum.length; index++) sum[index] *= factor;
  return sum;
}

async function sumAsRowsPass(
  source: MatrixSource,
  matrix: InputMatrix,
  plan: WordPlan,
  drain: () => Promise<void>,
): Promise<VectorOfWord> {
  const { dimension } = matrix;
  const counts = Int32Array.from(plan.offsets.subarray(1), (end, index) => end - plan.offsets[index]);
  const needed = createRowSet(plan.rows);
  const users = invert(plan, needed.slotOf, needed.size);
  const sums = createRowBlocks(dimension);
  const visit = (slot: number, values: Float32Array): void => {
    for (let at = users.offsets[slot]; at < users.offsets[slot + 1]; at++) {
      const { block, start } = sums.at(users.rows[at]);
      for (let index = 0; index < dimension; index++) block[start + index] += values[index];
    }
  };
  await visitDenseRows(source, matrix, needed.rows, visit, drain);
  return (index) => {
    const { block, start } = sums.at(index);
    sums.releaseBefore(index);
    return scaleByCount(block.subarray(start, start + dimension), counts[index]);
  };
}

/** For each needed row the words that use it. */
function invert({ offsets, rows }: WordPlan, slotOf: (row: number) => number, slots: number): WordPlan {
  const ends = new Int32Array(slots + 1);
  for (let at = 0; at < rows.length; at++) ends[slotOf(rows[at]) + 1]++;
  for (let slot = 0; slot < slots; slot++) ends[slot + 1] += ends[slot];
  const starts = ends.slice();
  const users = new Int32Array(rows.length);
  for (let word = 0; word + 1 < offsets.length; word++) {
    for (let at = offsets[word]; at < offsets[word + 1]; at++) users[starts[slotOf(rows[at])]++] = word;
  }
  return { offsets: ends, rows: users };
}
