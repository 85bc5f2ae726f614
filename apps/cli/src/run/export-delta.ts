import { type EmbeddingTable, rowOf } from "@thawline/core";
import { decodeWord, encodeDelta, encodeWord, type VectorDelta } from "@thawline/vectors";
import { readVectorRowsFile, writeFileAtomically } from "@thawline/vectors/node";
import type { Prepared } from "../pipeline/prepare.ts";
import { movedRows } from "./moved-rows.ts";
import { createNativeTableHash } from "./table-hash.ts";

type Source = Pick<Prepared, "table" | "aligned" | "base" | "settings">;

/** Where the moved rows stand in the base, ascending, and the hashes of the base alone and with them. */
interface Base {
  readonly rows: number;
  /** Rows of the run's table that changed, in the order of `places`. */
  readonly changed: readonly number[];
  readonly places: readonly number[];
  readonly baseHash: string;
  readonly tunedHash: string;
}

/** Values as float32, which tables trained from vector files always are. */
const tunedRow = (table: EmbeddingTable, row: number): Float32Array => rowOf(table, row) as Float32Array;
const anchorRow = ({ anchor, dimension }: EmbeddingTable, row: number): Float32Array =>
  anchor.subarray(row * dimension, (row + 1) * dimension) as Float32Array;

/** Takes the base's rows in their order, and then the words that the run adds. */
function createLedger({ table, aligned }: Source, moved: readonly number[]) {
  const [before, after] = [createNativeTableHash(table.dimension), createNativeTableHash(table.dimension)];
  const isMoved = new Set(moved);
  const changed: number[] = [];
  const places: number[] = [];
  let rows = 0;
  return {
    /** `row` of the run's table, or undefined where it does not have this word. */
    add(word: Uint8Array, values: Float32Array, row: number | undefined): void {
      before.add(word, values);
      const isChanged = row !== undefined && isMoved.has(row);
      after.add(word, isChanged ? tunedRow(table, row) : values);
      if (isChanged) {
        changed.push(row);
        places.push(rows);
      }
      rows++;
    },
    finish(added: readonly number[]): Base {
      for (const row of added) after.add(encodeWord(aligned.words[row]!), tunedRow(table, row));
      return { rows, changed, places, baseHash: before.digest(), tunedHash: after.digest() };
    },
  };
}

type Ledger = ReturnType<typeof createLedger>;

/** A base whose rows are the first of the run's table. */
function addWholeTable(ledger: Ledger, { table, aligned }: Source, rows: number): void {
  for (let row = 1; row <= rows; row++) ledger.add(encodeWord(aligned.words[row]!), anchorRow(table, row), row);
}

/** A base of which the run's table has only some rows: the file once more. */
async function addFile(ledger: Ledger, { aligned, base, settings }: Source, moved: readonly number[]): Promise<void> {
  const rowOfWord = new Map(moved.filter((row) => row <= aligned.fileRows).map((row) => [aligned.words[row]!, row]));
  await readVectorRowsFile(
    base.file,
    { begin: () => {}, row: (values, word) => ledger.add(word, values, rowOfWord.get(decodeWord(word))) },
    settings.vectorsFormat === null ? {} : { format: settings.vectorsFormat },
  );
}

function gather(table: EmbeddingTable, rows: readonly number[], valuesOf: typeof tunedRow): Float32Array {
  const data = new Float32Array(rows.length * table.dimension);
  rows.forEach((row, i) => {
    data.set(valuesOf(table, row), i * table.dimension);
  });
  return data;
}

async function deltaOf(source: Source): Promise<VectorDelta> {
  const { table, aligned, base } = source;
  const moved = movedRows(table);
  // A file's rows are fewer than it says by duplicates; a model's are as many, and what `--vectors` added to it is new.
  const baseRows = Math.min(base.rows, aligned.fileRows);
  const added = [
    ...Array.from({ length: base.isWhole ? aligned.fileRows - baseRows : 0 }, (_, i) => baseRows + 1 + i),
    ...moved.filter((row) => row > aligned.fileRows),
  ];
  const ledger = createLedger(source, moved);
  if (base.isWhole) addWholeTable(ledger, source, baseRows);
  else await addFile(ledger, source, moved);
  const { rows, changed, places, baseHash, tunedHash } = ledger.finish(added);
  const all = [...changed, ...added];
  return {
    dimension: table.dimension,
    baseRows: rows,
    rows: Int32Array.from(places),
    words: all.map((row) => aligned.words[row]!),
    after: gather(table, all, tunedRow),
    before: gather(table, changed, anchorRow),
    baseHash,
    tunedHash,
  };
}

/**
 * Writes what training changed: the moved rows as they are and as they were, and the words that the run adds. With the
 * base it gives the table of `vectors.*` exactly, and the other way (`applyDelta`, `revertDelta` of the vectors package).
 * The base is named by the hash of its table and of its file. It is a vectors file too, of the rows as they are.
 * @throws ThawlineError OUTPUT_FAILED
 */
export async function exportDelta(path: string, source: Source): Promise<void> {
  const bytes = encodeDelta(await deltaOf(source), { metadata: { base_sha256: source.base.sha256 } });
  await writeFileAtomically(path, (write) => write(bytes));
}
