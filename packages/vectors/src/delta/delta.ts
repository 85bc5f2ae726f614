import { FormatError } from "@thawline/core";
import type { VectorTable } from "../read-vectors.ts";
import { hashTable } from "./table-hash.ts";

/** What changed between two tables: the rows with another bit, and words added at the end. */
export interface VectorDelta {
  readonly dimension: number;
  readonly baseRows: number;
  /** Row in the base of each changed row, ascending; C of them. */
  readonly rows: Int32Array;
  /** Words of the changed rows, then the added ones; C + A. */
  readonly words: readonly string[];
  /** [C + A, D] row-major: values after. */
  readonly after: Float32Array;
  /** [C, D] row-major: values before. */
  readonly before: Float32Array;
  /** `hashTable` of the two tables. */
  readonly baseHash: string;
  readonly tunedHash: string;
}

/**
 * What leads from `base` to `tuned`, exactly: rows count as changed if any bit did.
 * @throws RangeError where `tuned` does not begin with the words of `base`, or the dimensions differ
 */
export function createDelta(base: VectorTable, tuned: VectorTable): VectorDelta {
  const { dimension } = base;
  const baseRows = base.words.length;
  if (tuned.dimension !== dimension)
    throw new RangeError(`the tables have dimensions ${dimension} and ${tuned.dimension}`);
  const other = base.words.findIndex((word, row) => tuned.words[row] !== word);
  if (other >= 0)
    throw new RangeError(
      `the tuned table must begin with the words of the base, but row ${other} is ${JSON.stringify(tuned.words[other])} and not ${JSON.stringify(base.words[other])}`,
    );
  const from = bitsOf(base.data);
  const to = bitsOf(tuned.data);
  const changed: number[] = [];
  for (let row = 0; row < baseRows; row++) if (differs(from, to, row * dimension, dimension)) changed.push(row);
  const added = tuned.words.length - baseRows;
  const after = new Float32Array((changed.length + added) * dimension);
  const before = new Float32Array(changed.length * dimension);
  copyRows(to, changed, bitsOf(after), dimension);
  copyRows(from, changed, bitsOf(before), dimension);
  bitsOf(after).set(to.subarray(baseRows * dimension), changed.length * dimension);
  return {
    dimension,
    baseRows,
    rows: Int32Array.from(changed),
    words: [...changed.map((row) => base.words[row]), ...tuned.words.slice(baseRows)],
    after,
    before,
    baseHash: hashTable(base),
    tunedHash: hashTable(tuned),
  };
}

/**
 * The tuned table, fresh: `base` with the delta's rows and its added words, to the bit.
 * @throws FormatError BAD_VECTOR_FILE where `base` is not the table that the delta was made from
 */
export function applyDelta(base: VectorTable, delta: VectorDelta): VectorTable {
  requireTable(base, delta.baseHash, "base");
  const { dimension, rows, words, after, baseRows } = delta;
  const data = new Float32Array((baseRows + words.length - rows.length) * dimension);
  const bits = bitsOf(data);
  bits.set(bitsOf(base.data));
  for (const [index, row] of rows.entries()) bits.set(rowOf(after, index, dimension), row * dimension);
  bits.set(bitsOf(after).subarray(rows.length * dimension), baseRows * dimension);
  const tuned = { dimension, words: [...base.words, ...words.slice(rows.length)], data };
  requireTable(tuned, delta.tunedHash, "result");
  return tuned;
}

/**
 * The base table, fresh: `tuned` with the delta's rows as they were before and without the added words, to the bit.
 * @throws FormatError BAD_VECTOR_FILE where `tuned` is not the table that the delta leads to
 */
export function revertDelta(tuned: VectorTable, delta: VectorDelta): VectorTable {
  requireTable(tuned, delta.tunedHash, "tuned");
  const { dimension, rows, before, baseRows } = delta;
  const data = new Float32Array(baseRows * dimension);
  const bits = bitsOf(data);
  bits.set(bitsOf(tuned.data).subarray(0, data.length));
  for (const [index, row] of rows.entries()) bits.set(rowOf(before, index, dimension), row * dimension);
  const base = { dimension, words: tuned.words.slice(0, baseRows), data };
  requireTable(base, delta.baseHash, "result");
  return base;
}

function requireTable(table: VectorTable, expected: string, role: "base" | "tuned" | "result"): void {
  const found = hashTable(table);
  if (found === expected) return;
  const message =
    role === "result"
      ? "the delta does not lead to the table that it promises; it is damaged"
      : role === "base"
        ? "the delta was made from another base table"
        : "this is not the table that the delta leads to";
  throw new FormatError(
    "BAD_VECTOR_FILE",
    `${message} (expected hash ${expected.slice(0, 12)}…, got ${found.slice(0, 12)}…)`,
  );
}

/** NaN keeps its bits in integers only. */
function bitsOf(data: Float32Array): Uint32Array {
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}

function rowOf(data: Float32Array, row: number, dimension: number): Uint32Array {
  return bitsOf(data).subarray(row * dimension, (row + 1) * dimension);
}

function differs(from: Uint32Array, to: Uint32Array, start: number, count: number): boolean {
  for (let at = start; at < start + count; at++) if (from[at] !== to[at]) return true;
  return false;
}

function copyRows(from: Uint32Array, rows: readonly number[], to: Uint32Array, dimension: number): void {
  for (const [index, row] of rows.entries())
    to.set(from.subarray(row * dimension, (row + 1) * dimension), index * dimension);
}
