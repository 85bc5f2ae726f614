import { join } from "node:path";
import { PolicyError } from "@thawline/core";
import { projectorFiles } from "@thawline/report";
import { huggingFaceJsonOf, type TokenizerSpec } from "@thawline/text";
import type { WritableFormatName } from "@thawline/vectors";
import {
  type StaticModelContent,
  writeFileAtomically,
  writeFolderAtomically,
  writeStaticModelFolder,
  writeVectorRowsFile,
} from "@thawline/vectors/node";
import { type LoadedModel, loadModel } from "../model/load-model.ts";
import { type ModelWords, wordsOfModel } from "../model/words-of-model.ts";

/** What to export, as what, where to. */
export interface ExportOptions {
  /** Model folder, or run folder. */
  readonly model: string;
  readonly format:
    | Extract<WritableFormatName, "word2vec" | "word2vec-binary" | "glove" | "safetensors">
    | "model2vec"
    | "projector";
  /** A file; of `model2vec` and `projector` a folder. */
  readonly out: string;
}

/** What `export --json` prints. */
export interface ExportResult {
  readonly command: "export";
  readonly model: string;
  readonly format: ExportOptions["format"];
  readonly out: string;
  /** Rows that were written: words, tokens, or the rows of a Model2Vec matrix. */
  readonly rows: number;
  readonly dimension: number;
}

const rowsBetweenDrains = 1024;

async function exportRows(
  out: string,
  format: WritableFormatName,
  { words, dimension, write }: ModelWords,
): Promise<number> {
  const into = new Float32Array(dimension);
  await writeVectorRowsFile(out, { format }, async (open) => {
    const writer = open(dimension);
    for (const [index, word] of words.entries()) {
      write(index, into);
      writer.writeRow(word, into);
      if (index % rowsBetweenDrains === 0) await writer.drain();
    }
  });
  return words.length;
}

async function exportProjector(out: string, { words, dimension, write }: ModelWords): Promise<number> {
  const data = new Float32Array(words.length * dimension);
  for (let index = 0; index < words.length; index++) {
    write(index, data.subarray(index * dimension, (index + 1) * dimension));
  }
  const { tensors, metadata } = projectorFiles({ words, data, dimension });
  const encoder = new TextEncoder();
  const put = (path: string, pieces: Iterable<string>): Promise<void> =>
    writeFileAtomically(path, async (send) => {
      for (const piece of pieces) await send(encoder.encode(piece));
    });
  await writeFolderAtomically(
    out,
    async (folder) => {
      await put(join(folder, "vectors.tsv"), tensors);
      await put(join(folder, "metadata.tsv"), metadata);
    },
    (names) => names.every((name) => name === "vectors.tsv" || name === "metadata.tsv"),
  );
  return words.length;
}

const cannot = (folder: string, why: string): PolicyError =>
  new PolicyError(
    "INVALID_CONFIG",
    `${folder} cannot be written as a Model2Vec folder: ${why}. Choose another --format`,
  );

/** A Model2Vec folder that gives texts the mean vectors that the model's head sees. */
function asModel2Vec(model: LoadedModel): StaticModelContent {
  const { folder, config, tokenRows, embeddings, words, tokenizer, tokenizerText } = model;
  const { dimension, lookup } = config;
  const rowOf = (row: number): Float32Array => embeddings.subarray(row * dimension, (row + 1) * dimension);
  if (tokenRows?.kind === "pieces") {
    const { rows, weights } = tokenRows;
    const normalize = lookup.tokens?.kind === "pieces" && lookup.tokens.normalize;
    const count = embeddings.length / dimension;
    const isPlain = rows.length === count && rows.every((row, id) => row === id);
    const parts = { ...(isPlain ? {} : { mapping: rows }), ...(weights.every((w) => w === 1) ? {} : { weights }) };
    return { dimension, rows: count, rowOf, ...parts, tokenizerJson: tokenizerText, normalize };
  }
  if (tokenRows !== null) {
    throw cannot(folder, "its words are made of n-grams, of any word, and a Model2Vec vocabulary has an end");
  }
  if (lookup.unknownRow >= 0) {
    throw cannot(folder, "unknown words have a row of their own (--oov unk), and Model2Vec leaves unknown words out");
  }
  if (lookup.rules.length > 1) {
    throw cannot(
      folder,
      "words that have no row are sought lower-cased (its vectors have upper case), and a Model2Vec tokenizer has no second try",
    );
  }
  const nothing = new Float32Array(dimension);
  return {
    dimension,
    // The unknown token's row comes last; it is never read.
    rows: words.length + 1,
    rowOf: (row) => (row < words.length ? rowOf(row) : nothing),
    tokenizerJson: JSON.stringify(huggingFaceJsonOf(tokenizer.spec as TokenizerSpec, words)),
    normalize: false,
  };
}

/**
 * Exports a saved model's vectors. The model's words, rows and look-up are verified first, as for prediction.
 * @throws FormatError BAD_MODEL_FILE; ThawlineError ALIGNMENT_MISMATCH, OUTPUT_FAILED; PolicyError INVALID_CONFIG where
 * the format cannot hold what the model is
 */
export async function exportModel({ model: path, format, out }: ExportOptions): Promise<ExportResult> {
  const model = await loadModel(path);
  const { dimension } = model.config;
  const write = async (): Promise<number> => {
    if (format === "projector") return exportProjector(out, wordsOfModel(model));
    if (format !== "model2vec") return exportRows(out, format, wordsOfModel(model));
    const content = asModel2Vec(model);
    await writeStaticModelFolder(out, content);
    return content.rows;
  };
  return { command: "export", model: model.folder, format, out, rows: await write(), dimension };
}
