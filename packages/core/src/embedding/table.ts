import type { FloatArray } from "../tensor.ts";
import { type FloatPrecision, precisionOf } from "./allocate.ts";
import { createRowArena, plainArena, type RowArena } from "./simd/simd-arena.ts";

/**
 * An embedding table of V rows of D numbers. The loaded rows are the **anchor** and are never written; training writes
 * to the **overlay**, a copy of the A active rows alone. A row that is not active is therefore bit-identical for good,
 * and the drift of a row is overlay minus anchor.
 */
export interface EmbeddingTable {
  /** V. */
  readonly rows: number;
  /** D. */
  readonly dimension: number;
  /** Row that stands for "no token" and never moves, or −1. */
  readonly paddingRow: number;
  /** `[V, D]`, borrowed; never written. */
  readonly anchor: FloatArray;
  /** `[A, D]` current values of the active rows. */
  readonly overlay: FloatArray;
  /** `[A]` row of each slot, ascending. */
  readonly activeRows: Int32Array;
  /** `[V]` slot of each row, or −1. */
  readonly slotOf: Int32Array;
  /** `[V]` 1 where the row came from the pre-trained file, 0 where it was made up; `undefined`: all did. */
  readonly pretrained: Uint8Array | undefined;
  /** Where the overlay lives, and the kernels that are fast there; a trainer takes its arrays from it too. */
  readonly arena: RowArena;
}

/** What a table is made of. */
export interface EmbeddingTableOptions {
  readonly dimension: number;
  /** `[V, D]` row-major; borrowed for the life of the table, and must not change. */
  readonly anchor: FloatArray;
  /** Rows that training may move, ascending or not, repeats allowed; `"all"` is every row but padding. */
  readonly activeRows: ArrayLike<number> | "all";
  /** Default 0; −1 for none. */
  readonly paddingRow?: number;
  readonly pretrained?: Uint8Array;
  /** Of the overlay; default the anchor's, and never less: rounding would move rows before any training. */
  readonly precision?: FloatPrecision;
  /** Default: SIMD where the overlay is float32 and the platform has it. */
  readonly arena?: RowArena;
}

function activeList(options: EmbeddingTableOptions, rows: number, paddingRow: number): Int32Array {
  const isActive = new Uint8Array(rows);
  if (options.activeRows === "all") isActive.fill(1);
  else {
    for (let i = 0; i < options.activeRows.length; i++) {
      const row = options.activeRows[i]!;
      if (!Number.isInteger(row) || row < 0 || row >= rows) {
        throw new RangeError(`an active row is an integer from 0 to ${rows - 1}, got ${row}`);
      }
      isActive[row] = 1;
    }
  }
  if (paddingRow >= 0) isActive[paddingRow] = 0;
  let count = 0;
  for (let row = 0; row < rows; row++) count += isActive[row]!;
  const list = new Int32Array(count);
  for (let row = 0, slot = 0; row < rows; row++) if (isActive[row]) list[slot++] = row;
  return list;
}

/**
 * A table over `anchor`. Memory on top of the anchor: A · D numbers and 4 (V + A) bytes.
 * @throws RangeError where sizes do not fit or a row is out of range
 */
export function createEmbeddingTable(options: EmbeddingTableOptions): EmbeddingTable {
  const { dimension, anchor } = options;
  const paddingRow = options.paddingRow ?? 0;
  const rows = anchor.length / dimension;
  if (!Number.isInteger(dimension) || dimension < 1 || !Number.isInteger(rows)) {
    throw new RangeError(`an anchor of ${anchor.length} numbers is no whole number of rows of dimension ${dimension}`);
  }
  if (!Number.isInteger(paddingRow) || paddingRow < -1 || paddingRow >= rows) {
    throw new RangeError(`the padding row is -1 or a row from 0 to ${rows - 1}, got ${paddingRow}`);
  }
  if (options.pretrained !== undefined && options.pretrained.length !== rows) {
    throw new RangeError(`pretrained has ${options.pretrained.length} flags for ${rows} rows`);
  }
  const activeRows = activeList(options, rows, paddingRow);
  const slotOf = new Int32Array(rows).fill(-1);
  const precision = options.precision ?? precisionOf(anchor);
  if (precision === "float32" && precisionOf(anchor) === "float64") {
    throw new RangeError("a float64 anchor takes a float64 overlay; convert the anchor to float32 first");
  }
  const arena =
    options.arena ??
    (precision === "float32" ? createRowArena({ activeRows: activeRows.length, dimension }) : plainArena());
  const overlay = arena.allocate(precision, activeRows.length * dimension);
  for (let slot = 0; slot < activeRows.length; slot++) {
    const row = activeRows[slot]!;
    slotOf[row] = slot;
    overlay.set(anchor.subarray(row * dimension, (row + 1) * dimension), slot * dimension);
  }
  return { rows, dimension, paddingRow, anchor, overlay, activeRows, slotOf, pretrained: options.pretrained, arena };
}

/** The current values of a row: a view, not a copy. */
export function rowOf(table: EmbeddingTable, row: number): FloatArray {
  const slot = table.slotOf[row]!;
  const { dimension } = table;
  return slot >= 0
    ? table.overlay.subarray(slot * dimension, (slot + 1) * dimension)
    : table.anchor.subarray(row * dimension, (row + 1) * dimension);
}

/** True where the row's current bits are the anchor's (compared as numbers of the anchor's precision; −0 is not 0). */
export function isRowUnmoved(table: EmbeddingTable, row: number): boolean {
  const slot = table.slotOf[row]!;
  if (slot < 0) return true;
  const { dimension, overlay, anchor } = table;
  for (let d = 0; d < dimension; d++) {
    if (!Object.is(overlay[slot * dimension + d], anchor[row * dimension + d])) return false;
  }
  return true;
}
