import { join } from "node:path";
import { type EmbeddingTable, rowOf } from "@thawline/core";
import { writeStaticModelFolder } from "@thawline/vectors/node";
import { type PieceRows, shiftRows } from "../model/token-rows.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import { exportSubwords } from "./export-subwords.ts";
import { folderShape } from "./folder-shape.ts";

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
