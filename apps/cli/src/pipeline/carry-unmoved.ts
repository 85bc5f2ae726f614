import { applyLearnedMap, type LearnedMap, learnMap } from "@thawline/analysis";
import {
  type Backend,
  createEmbeddingTable,
  createTrainer,
  type EmbeddingTable,
  type EmbeddingTrainer,
  type FloatArray,
  PolicyError,
  plainArena,
  rowOf,
} from "@thawline/core";
import type { CarriedRows } from "../run/document.ts";
import { movedRows } from "../run/moved-rows.ts";
import type { Prepared } from "./prepare.ts";
import { sequenceLimits } from "./sequence-limits.ts";

type Source = Pick<Prepared, "table" | "rowCounts" | "settings">;

/** What carrying came to: the record, and the table to write where rows were moved. */
export interface Carried {
  readonly record: CarriedRows;
  /** Null where nothing was carried. */
  readonly table: EmbeddingTable | null;
  /** Rows that were carried, ascending. */
  readonly rows: Int32Array;
}

/** Fewer moved rows than these teach nothing. */
const leastMoved = 30;
const rowsAtOnce = 4096;

/**
 * Fails where rows cannot be carried, before any training.
 * @throws PolicyError INVALID_CONFIG where tokens are made of several rows
 */
export function checkCarry({ settings, weighted }: Pick<Prepared, "settings" | "weighted">): void {
  if (!settings.carryUnmoved || weighted === null) return;
  throw new PolicyError(
    "INVALID_CONFIG",
    "--carry-unmoved needs vectors with a row a word; here a word is made of several rows, which training moves with it",
  );
}

/** Pre-trained rows that occur nowhere in the training text and that nothing moved, padding left out. */
function neverSeenRows({ table, rowCounts }: Source, moved: ReadonlySet<number>): Int32Array {
  const { rows, paddingRow, pretrained } = table;
  const chosen = Array.from({ length: rows }, (_, row) => row).filter(
    (row) => row !== paddingRow && pretrained?.[row] !== 0 && rowCounts[row] === 0 && !moved.has(row),
  );
  return Int32Array.from(chosen);
}

/** What training did to the pre-trained rows that it moved. */
function learn({ table, settings }: Source, moved: readonly number[]): LearnedMap {
  const { anchor, overlay, dimension, slotOf } = table;
  return learnMap(
    { data: anchor, dimension, rows: moved },
    { data: overlay, dimension, rows: moved.map((row) => slotOf[row]!) },
    { seed: settings.seed },
  );
}

/** The trained table with the rows moved by the map. The anchor is shared; rows that training could move keep their values. */
function carriedTable(table: EmbeddingTable, map: LearnedMap, rows: Int32Array): EmbeddingTable {
  const { dimension, anchor, paddingRow, pretrained, activeRows } = table;
  const carried = createEmbeddingTable({
    dimension,
    anchor,
    paddingRow,
    activeRows: [...activeRows, ...rows],
    // Too large for the memory that kernels share, and no step will be taken in it.
    arena: plainArena(),
    ...(pretrained === undefined ? {} : { pretrained }),
  });
  for (const row of activeRows) rowOf(carried, row).set(rowOf(table, row));
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    const some = rows.subarray(first, first + rowsAtOnce);
    const values: FloatArray = applyLearnedMap(map, { data: anchor, dimension, rows: some });
    some.forEach((row, i) => {
      rowOf(carried, row).set(values.subarray(i * dimension, (i + 1) * dimension));
    });
  }
  return carried;
}

/**
 * Moves the rows that training never saw as training moved the others: by a linear map that is learned from the moved
 * rows and chosen by held-out ones (`learnMap`). The trained table is left as it is. Nothing is carried where too few
 * rows moved, or where the map is not reliably better on held-out rows than leaving them; the record says why.
 */
export function carryUnmoved(source: Source): Carried {
  const { table } = source;
  const moved = movedRows(table).filter((row) => table.pretrained?.[row] !== 0);
  const none = (reason: string, map: LearnedMap | null): Carried => ({
    record: recordOf(map, 0, reason),
    table: null,
    rows: new Int32Array(0),
  });
  if (moved.length < leastMoved) {
    return none(`training moved ${moved.length} pre-trained rows; a map is learned from at least ${leastMoved}`, null);
  }
  const map = learn(source, moved);
  if (!map.advised) return none(map.reason, map);
  const rows = neverSeenRows(source, new Set(moved));
  if (rows.length === 0) return none("training saw every row of the table", map);
  return { record: recordOf(map, rows.length, map.reason), table: carriedTable(table, map, rows), rows };
}

function recordOf(map: LearnedMap | null, rows: number, reason: string): CarriedRows {
  return {
    rows,
    reason,
    map:
      map === null
        ? null
        : {
            kind: map.kind,
            lambda: map.lambda,
            heldOutError: map.heldOutError,
            candidates: map.candidates,
            rows: map.rows,
          },
    metricsWithout: null,
  };
}

/** A trainer that only evaluates: the head that was trained, on another table. */
export async function evaluatorOn(
  table: EmbeddingTable,
  { prepared, trainer, backend }: { prepared: Prepared; trainer: EmbeddingTrainer; backend: Backend },
): Promise<EmbeddingTrainer> {
  const { head, tokenizer, settings } = prepared;
  return createTrainer({
    backend,
    table,
    head,
    optimizer: { type: "sgd", learningRate: 1 },
    batchSize: settings.batchSize,
    ...sequenceLimits(head, tokenizer),
    parameters: Object.fromEntries(Object.entries(trainer.parameters).map(([name, { data }]) => [name, data])),
  });
}
