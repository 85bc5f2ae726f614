import { join } from "node:path";
import { type EmbeddingTable, rowOf, type WeightedLookUp } from "@thawline/core";
import { joinLookUps } from "@thawline/vectors";
import { writeStaticModelFolder, writeVectorRowsFile } from "@thawline/vectors/node";
import { type PieceRows, type SubwordRows, shiftRows } from "../model/token-rows.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import { composeToken, rowsNow } from "./composed-words.ts";
import { folderShape } from "./folder-shape.ts";
import { movedRows } from "./moved-rows.ts";

const rowsBetweenDrains = 1024;

/** The row of a piece as it is in the table: weights stay with the tokens. */
const pieceRow =
  (table: EmbeddingTable) =>
  (row: number): Float32Array =>
    rowOf(table, row + 1) as Float32Array;

/** Writes a folder of the input's layout, with its tokenizer as it came. */
async function exportPieces(path: string, prepared: Prepared, description: PieceRows): Promise<void> {
  const { table, weighted, model } = prepared;
  const { rows, weights } = shiftRows(description, -1) as PieceRows;
  const shape = await folderShape(prepared);
  const isPlain = rows.length === table.rows - 1 && rows.every((row, id) => row === id);
  const isOne = weights.every((weight) => weight === 1);
  await writeStaticModelFolder(path, {
    ...shape,
    dimension: table.dimension,
    rows: table.rows - 1,
    rowOf: pieceRow(table),
    ...(isPlain ? {} : { mapping: rows }),
    ...(isOne ? {} : { weights }),
    tokenizerJson: weighted !== null && "tokenizerJson" in weighted ? weighted.tokenizerJson : model!.tokenizerText,
  });
}

/** Words with a row of their own, and after them those of the data that are made of n-grams which moved. */
function wordsToWrite({ tokenNames, lookUp, table, weighted }: Prepared, { words, buckets }: SubwordRows): string[] {
  const own = words.filter((word, row) => word !== "" && buckets[row]! < 0);
  const { offsets, rows } = lookUp as WeightedLookUp;
  const moved = new Set(movedRows(table));
  const moves = (token: number): boolean =>
    rows.subarray(offsets[token], offsets[token + 1]).some((row) => moved.has(row));
  const composed = tokenNames.filter((name, token) => !weighted!.finder.hasOwnRow(name) && moves(token));
  return [...own, ...composed];
}

/** Writes fastText's own text form: a line for each word, its vector that of its rows together. */
async function exportSubwords(path: string, prepared: Prepared, description: SubwordRows): Promise<void> {
  const { table, weighted } = prepared;
  const valuesOf = rowsNow(table);
  const into = new Float32Array(table.dimension);
  await writeVectorRowsFile(path, { format: "word2vec" }, async (open) => {
    const writer = open(table.dimension);
    let written = 0;
    for (const word of wordsToWrite(prepared, description)) {
      composeToken(joinLookUps([weighted!.finder.lookUpOf(word)]), 0, { valuesOf, into });
      writer.writeRow(word, into);
      if (++written % rowsBetweenDrains === 0) await writer.drain();
    }
  });
}

/**
 * Writes the whole tuned table of a run whose tokens are made of weighted rows, in the form that its input has: a folder
 * with its tokenizer for Model2Vec and sentence-transformers, text with a vector for each word for a fastText `.bin`,
 * which cannot be written. Returns the path.
 * @throws ThawlineError OUTPUT_FAILED
 */
export async function exportTokens(folder: string, prepared: Prepared): Promise<string> {
  const { description } = prepared.weighted!;
  const isFolder = description.kind === "pieces";
  const path = join(folder, isFolder ? "vectors" : "vectors.vec");
  if (isFolder) await exportPieces(path, prepared, description);
  else await exportSubwords(path, prepared, description);
  return path;
}
