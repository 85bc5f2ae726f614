import { join } from "node:path";
import { type EmbeddingTable, rowOf } from "@thawline/core";
import { decodeWord, type VectorWriter, type WritableFormatName, writableFormatOf } from "@thawline/vectors";
import { readVectorRowsFile, writeVectorRowsFile } from "@thawline/vectors/node";
import type { Prepared } from "../pipeline/prepare.ts";
import { exportTokens } from "./export-tokens.ts";
import { movedRows } from "./moved-rows.ts";

const extensions: { readonly [F in WritableFormatName]: string } = {
  glove: ".txt",
  word2vec: ".vec",
  "word2vec-binary": ".bin",
  safetensors: ".safetensors",
  npy: ".npy",
};

type Source = Pick<Prepared, "table" | "aligned" | "base" | "settings">;

const rowsBetweenDrains = 1024;

/** Sees a row of the base as it was, and which row of the run's table changed it, if any. */
export type BaseRowListener = (word: Uint8Array, values: Float32Array, changedBy: number | undefined) => void;

/** Values as float32, which tables trained from vector files always are. */
const valuesOf = (table: EmbeddingTable, row: number): Float32Array => rowOf(table, row) as Float32Array;

/** Every row of the table that came from the file, and the new words' rows that moved. */
async function writeWholeTable(open: (dimension: number) => VectorWriter, { table, aligned }: Source, moved: number[]) {
  const writer = open(table.dimension);
  for (let row = 1; row <= aligned.fileRows; row++) {
    writer.writeRow(aligned.words[row]!, valuesOf(table, row));
    if (row % rowsBetweenDrains === 0) await writer.drain();
  }
  for (const row of moved) if (row > aligned.fileRows) writer.writeRow(aligned.words[row]!, valuesOf(table, row));
}

/** The file once more, row by row, with the moved rows in place of their old values, and new words after them. */
async function writePatchedFile(
  open: (dimension: number) => VectorWriter,
  { table, aligned, base, settings }: Source,
  { moved, onBaseRow }: { readonly moved: number[]; readonly onBaseRow: BaseRowListener | undefined },
): Promise<void> {
  const changed = new Map(moved.filter((row) => row <= aligned.fileRows).map((row) => [aligned.words[row]!, row]));
  let writer: VectorWriter | undefined;
  await readVectorRowsFile(
    base.file,
    {
      begin: ({ dimension }) => {
        writer = open(dimension);
      },
      row: (values, word) => {
        const row = changed.get(decodeWord(word));
        onBaseRow?.(word, values, row);
        writer!.writeRow(word, row === undefined ? values : valuesOf(table, row));
      },
      drain: async () => writer?.drain(),
    },
    settings.vectorsFormat === null ? {} : { format: settings.vectorsFormat },
  );
  for (const row of moved) if (row > aligned.fileRows) writer!.writeRow(aligned.words[row]!, valuesOf(table, row));
}

/**
 * Writes the whole tuned table in the format of the input. A word without a pre-trained vector is added where training
 * moved its row; untouched made-up rows are not. Returns the path.
 * @param onBaseRow called for each row of the vector file where the table does not hold them all, so it is read again
 * @throws ThawlineError OUTPUT_FAILED
 */
export async function exportVectors(folder: string, source: Prepared, onBaseRow?: BaseRowListener): Promise<string> {
  if (source.weighted !== null) return exportTokens(folder, source);
  const { base, table } = source;
  const format = writableFormatOf(base.format);
  const path = join(folder, `vectors${extensions[format]}${base.compression === "gzip" ? ".gz" : ""}`);
  const moved = movedRows(table);
  await writeVectorRowsFile(path, { format }, (open) =>
    base.isWhole ? writeWholeTable(open, source, moved) : writePatchedFile(open, source, { moved, onBaseRow }),
  );
  return path;
}
