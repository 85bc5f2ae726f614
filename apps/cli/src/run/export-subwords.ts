import type { EmbeddingTable, WeightedLookUp } from "@thawline/core";
import { decodeWord, encodeWord, joinLookUps, subwordBuckets, type VectorWriter } from "@thawline/vectors";
import { readVectorRowsFile, writeVectorRowsFile } from "@thawline/vectors/node";
import { createTokenRowFinder, type SubwordRows, type TokenRowFinder } from "../model/token-rows.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import { composeToken, rowsBefore, rowsNow } from "./composed-words.ts";
import { movedRows } from "./moved-rows.ts";

const rowsBetweenDrains = 1024;

/** What the words of a run are made of, and what of it moved. */
interface Subwords {
  readonly prepared: Prepared;
  readonly description: SubwordRows;
  /** Of words as they are: a dictionary has no second forms. */
  readonly exact: TokenRowFinder;
  readonly moved: ReadonlySet<number>;
}

/** Words of the data that are made of n-grams alone, some of which moved. */
function composedWords({ prepared: { tokenNames, lookUp, weighted }, moved }: Subwords): string[] {
  const { offsets, rows } = lookUp as WeightedLookUp;
  const moves = (token: number): boolean =>
    rows.subarray(offsets[token], offsets[token + 1]).some((row) => moved.has(row));
  return tokenNames.filter((name, token) => !weighted!.finder.hasOwnRow(name) && moves(token));
}

/**
 * Adds to a word's vector what its n-grams moved, for a word whose own row the run did not read, so that it stayed.
 * `into` is the mean of its row and its n-grams' rows as the file has them.
 */
function addMoves(word: string, into: Float32Array, { prepared, description, exact, moved }: Subwords): void {
  const table: EmbeddingTable = prepared.table;
  const rows = [...exact.lookUpOf(word).rows].filter((row) => moved.has(row));
  if (rows.length === 0) return;
  const share = 1 / (1 + subwordBuckets(encodeWord(word), description.settings).length);
  for (const row of rows) {
    const [now, before] = [rowsNow(table)(row), rowsBefore(table)(row)];
    for (let d = 0; d < into.length; d++) into[d]! += (now[d]! - before[d]!) * share;
  }
}

/** Words of the table that have a row of their own, in its order. */
async function writeKept(writer: VectorWriter, { prepared, description, exact }: Subwords, into: Float32Array) {
  const { words, buckets } = description;
  const valuesOf = rowsNow(prepared.table);
  for (const [row, word] of words.entries()) {
    if (word === "" || buckets[row]! >= 0) continue;
    composeToken(joinLookUps([exact.lookUpOf(word)]), 0, { valuesOf, into });
    writer.writeRow(word, into);
    if (row % rowsBetweenDrains === 0) await writer.drain();
  }
}

/** Every word of the file, read once more: the run's own as they are now, the others with what their n-grams moved. */
async function writeWhole(
  open: (dimension: number) => VectorWriter,
  subwords: Subwords,
  into: Float32Array,
): Promise<VectorWriter> {
  const { prepared, exact } = subwords;
  const valuesOf = rowsNow(prepared.table);
  const writer = open(into.length);
  await readVectorRowsFile(prepared.base.file, {
    begin: () => {},
    row: (values, bytes) => {
      const word = decodeWord(bytes);
      if (exact.hasOwnRow(word)) composeToken(joinLookUps([exact.lookUpOf(word)]), 0, { valuesOf, into });
      else {
        into.set(values);
        addMoves(word, into, subwords);
      }
      writer.writeRow(bytes, into);
    },
    drain: () => writer.drain(),
  });
  return writer;
}

/**
 * Writes fastText's own text form after training on subwords: a line for each word of the file's dictionary, whether or
 * not its row was kept, and after them the words of the data that only n-grams make, where these moved. Of a run that
 * went on from a model: the words that the model has.
 * @throws ThawlineError OUTPUT_FAILED
 */
export async function exportSubwords(path: string, prepared: Prepared, description: SubwordRows): Promise<void> {
  const { table, weighted, model } = prepared;
  const exact = createTokenRowFinder({ ...description, rules: ["exact"] });
  const subwords: Subwords = { prepared, description, exact, moved: new Set(movedRows(table)) };
  const into = new Float32Array(table.dimension);
  const isWhole = weighted!.keeps === "all" || model !== null;
  await writeVectorRowsFile(path, { format: "word2vec" }, async (open) => {
    let writer: VectorWriter;
    if (isWhole) {
      writer = open(table.dimension);
      await writeKept(writer, subwords, into);
    } else writer = await writeWhole(open, subwords, into);
    const valuesOf = rowsNow(table);
    for (const word of composedWords(subwords)) {
      composeToken(joinLookUps([weighted!.finder.lookUpOf(word)]), 0, { valuesOf, into });
      writer.writeRow(word, into);
    }
  });
}
