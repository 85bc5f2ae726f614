import { createHash } from "node:crypto";
import { FormatError, ThawlineError } from "@thawline/core";
import { findMisalignedRow, misalignment, verifyAlignment } from "@thawline/text";
import { readSafetensors, type SafetensorsFile } from "@thawline/vectors";
import { readBinding } from "./binding.ts";
import { type ModelConfig, modelFiles } from "./model-config.ts";
import { namesOfRows } from "./token-rows.ts";

const bad = (file: string, message: string, cause?: unknown): FormatError =>
  new FormatError("BAD_MODEL_FILE", message, { file }, cause === undefined ? undefined : { cause });

function readWeights(file: string, bytes: Uint8Array): SafetensorsFile {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    throw bad(file, `the weights are damaged or truncated: ${(cause as Error).message}`, cause);
  }
}

function wordsOf(file: string, { metadata }: SafetensorsFile): string[] {
  const text = metadata.get("words");
  if (text === undefined) throw bad(file, "the weights have no words in their metadata");
  let words: unknown;
  try {
    words = JSON.parse(text);
  } catch (cause) {
    throw bad(file, "the list of words is no JSON: the model is damaged", cause);
  }
  if (!Array.isArray(words) || !words.every((word) => typeof word === "string")) {
    throw bad(file, "expected the words as a JSON array of strings: the model is damaged");
  }
  return words;
}

const embeddingsOf = (file: string, { tensors }: SafetensorsFile, dimension: number): Float32Array => {
  const found = tensors.get("embeddings");
  if (found?.dtype === "float32" && found.shape.length === 2 && found.shape[1] === dimension) return found.data;
  throw bad(file, `expected "embeddings" as float32 [rows, ${dimension}]`);
};

/**
 * Words, rows and look-up of a model's weights, verified to belong together and to be those that training ended with.
 * @throws FormatError BAD_MODEL_FILE; ThawlineError ALIGNMENT_MISMATCH
 */
export function readTable(file: string, bytes: Uint8Array, config: ModelConfig) {
  const weights = readWeights(file, bytes);
  const embeddings = embeddingsOf(file, weights, config.dimension);
  const words = wordsOf(file, weights);
  const rows = embeddings.length / config.dimension;
  const { tokenRows, checksums, hash } = readBinding(file, weights, { words, config, rows });
  const names = tokenRows === null ? words : namesOfRows(tokenRows, rows);
  const isUntouched = createHash("sha256").update(bytes).digest("hex") === config.weights.sha256;
  verifyTable({ names, embeddings, checksums, file, isUntouched, dimension: config.dimension });
  verifyAlignment({ words: names, checksum: config.table.alignment, where: file });
  if (!isUntouched) {
    throw bad(
      file,
      `its content is not what ${modelFiles.config} was written for: the model is damaged or was altered`,
    );
  }
  if (hash !== config.table.content) {
    throw new ThawlineError(
      "ALIGNMENT_MISMATCH",
      `${file}: words and rows do not belong together: what ties them is not what ${modelFiles.config} was written for, as of another run. Take all files of a model from one run, unchanged`,
    );
  }
  return { weights, embeddings, words: names, tokenRows };
}

/**
 * Rows that were moved, and those of another run, are told from bytes that were damaged: of these the file's hash is
 * wrong too, and most rows are right.
 */
function verifyTable(read: {
  readonly names: readonly string[];
  readonly embeddings: Float32Array;
  readonly checksums: Uint32Array;
  readonly dimension: number;
  readonly file: string;
  readonly isUntouched: boolean;
}): void {
  const { names, embeddings, checksums, dimension, file, isUntouched } = read;
  const rowOf = (row: number) => embeddings.subarray(row * dimension, (row + 1) * dimension);
  const wrong = findMisalignedRow({ words: names, dimension, rowOf, checksums });
  if (wrong === undefined) return;
  const isAnothers = wrong.row < 0 || wrong.rows * 2 > names.length;
  if (isUntouched || wrong.isMoved || isAnothers) throw misalignment(wrong, file);
}
