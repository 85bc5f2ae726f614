import { type EmbeddingTable, rowOf } from "@thawline/core";
import { encodeDelta, encodeWord, type VectorDelta } from "@thawline/vectors";
import { writeFileAtomically } from "@thawline/vectors/node";
import type { Prepared } from "../pipeline/prepare.ts";
import type { BaseRowListener } from "./export-vectors.ts";
import { movedRows } from "./moved-rows.ts";
import { createNativeTableHash } from "./table-hash.ts";

type Source = Pick<Prepared, "table" | "aligned" | "base">;

/** Where the changed rows stand in the base, and the hashes of the base as it was and of the tuned table. */
interface Base {
  readonly rows: number;
  /** Rows of the run's table that changed, in the order of `places`. */
  readonly changed: readonly number[];
  readonly places: readonly number[];
  /** Their values in the base. Not the table's: fastText rows read as a whole may differ from wanted ones in the last bit. */
  readonly before: readonly Float32Array[];
  readonly baseHash: string;
  readonly tunedHash: string;
}

/** Values as float32, which tables trained from vector files always are. */
const tunedRow = (table: EmbeddingTable, row: number): Float32Array => rowOf(table, row) as Float32Array;
const anchorRow = ({ anchor, dimension }: EmbeddingTable, row: number): Float32Array =>
  anchor.subarray(row * dimension, (row + 1) * dimension) as Float32Array;

/** Takes the base's rows in their order, and then the words that the run adds. */
function createLedger({ table, aligned }: Source) {
  const [before, after] = [createNativeTableHash(table.dimension), createNativeTableHash(table.dimension)];
  const changed: number[] = [];
  const places: number[] = [];
  const valuesBefore: Float32Array[] = [];
  let rows = 0;
  const add: BaseRowListener = (word, values, changedBy) => {
    before.add(word, values);
    after.add(word, changedBy === undefined ? values : tunedRow(table, changedBy));
    if (changedBy !== undefined) {
      changed.push(changedBy);
      places.push(rows);
      valuesBefore.push(values.slice());
    }
    rows++;
  };
  return {
    add,
    finish(added: readonly number[]): Base {
      for (const row of added) after.add(encodeWord(aligned.words[row]!), tunedRow(table, row));
      return { rows, changed, places, before: valuesBefore, baseHash: before.digest(), tunedHash: after.digest() };
    },
  };
}

type Ledger = ReturnType<typeof createLedger>;

/** A base whose rows are the first of the run's table. */
function addWholeTable(
  { add }: Ledger,
  { table, aligned }: Source,
  { moved, rows }: { moved: number[]; rows: number },
) {
  const isMoved = new Set(moved);
  for (let row = 1; row <= rows; row++) {
    add(encodeWord(aligned.words[row]!), anchorRow(table, row), isMoved.has(row) ? row : undefined);
  }
}

/** Rows one after the other, `[rows, D]`. */
function joined(rows: readonly Float32Array[], dimension: number): Float32Array {
  const data = new Float32Array(rows.length * dimension);
  rows.forEach((row, i) => {
    data.set(row, i * dimension);
  });
  return data;
}

function deltaOf(source: Source, ledger: Ledger): VectorDelta {
  const { table, aligned, base } = source;
  const moved = movedRows(table);
  // A file's rows are fewer than it says by duplicates; a model's are as many, and what `--vectors` added to it is new.
  const baseRows = base.isWhole ? Math.min(base.rows, aligned.fileRows) : aligned.fileRows;
  if (base.isWhole) addWholeTable(ledger, source, { moved, rows: baseRows });
  const added = [
    ...Array.from({ length: aligned.fileRows - baseRows }, (_, i) => baseRows + 1 + i),
    ...moved.filter((row) => row > aligned.fileRows),
  ];
  const { rows, changed, places, before, baseHash, tunedHash } = ledger.finish(added);
  const all = [...changed, ...added];
  return {
    dimension: table.dimension,
    baseRows: rows,
    rows: Int32Array.from(places),
    words: all.map((row) => aligned.words[row]!),
    after: joined(
      all.map((row) => tunedRow(table, row)),
      table.dimension,
    ),
    before: joined(before, table.dimension),
    baseHash,
    tunedHash,
  };
}

/** A delta file in the making. */
export interface DeltaRecorder {
  /** For `exportVectors`: the rows of a base that the run's table does not hold as a whole. */
  readonly onBaseRow: BaseRowListener;
  /** @throws ThawlineError OUTPUT_FAILED */
  write(path: string): Promise<void>;
}

/**
 * Records what training changed: the moved rows as they are and as they were, and the words that the run adds. With the
 * base it gives the table of `vectors.*` exactly, and the other way (`applyDelta`, `revertDelta` of the vectors package).
 * The base is named by the hash of its table and of its file. The file is a vectors file too, of the rows as they are.
 */
export function recordDelta(source: Source): DeltaRecorder {
  const ledger = createLedger(source);
  return {
    onBaseRow: ledger.add,
    async write(path) {
      const bytes = encodeDelta(deltaOf(source, ledger), { metadata: { base_sha256: source.base.sha256 } });
      await writeFileAtomically(path, (write) => write(bytes));
    },
  };
}
