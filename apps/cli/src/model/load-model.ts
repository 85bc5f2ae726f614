import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, type Head } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { createLookup, createTokenizer, type Lookup, type Tokenizer, verifyAlignment } from "@thawline/text";
import { readSafetensors, type SafetensorsFile } from "@thawline/vectors";
import { type ModelConfig, modelFiles, modelFormat, modelFormatVersion } from "./model-config.ts";

/** A saved model in memory. */
export interface LoadedModel {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly head: Head;
  /** `[V]` word of each row. */
  readonly words: readonly string[];
  /** `[V, D]`. */
  readonly embeddings: Float32Array;
  /** The head's parameters by name. */
  readonly parameters: Readonly<Record<string, Float32Array | Float64Array>>;
  /** Row of a token in `embeddings`; negative where it has none. */
  rowOf(token: string): number;
}

const bad = (file: string, message: string, cause?: unknown): FormatError =>
  new FormatError("BAD_MODEL_FILE", message, { file }, cause === undefined ? undefined : { cause });

/** The folder with `config.json`: the one named, or its `model/` where a run folder was named. */
function modelFolder(path: string): string {
  if (existsSync(join(path, modelFiles.config))) return path;
  const inner = join(path, "model");
  if (existsSync(join(inner, modelFiles.config))) return inner;
  if (!existsSync(path)) throw bad(path, "there is no such folder; expected a model folder or a run folder");
  throw bad(path, `expected a model folder: it has no ${modelFiles.config}`);
}

async function readJson<T>(file: string): Promise<T> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw bad(file, "this file of the model is missing or cannot be read", cause);
  });
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw bad(file, "expected JSON: the model is damaged", cause);
  }
}

function checkConfig(file: string, config: Partial<ModelConfig> | null): asserts config is ModelConfig {
  if (config?.format !== modelFormat) throw bad(file, `expected "format": "${modelFormat}"`);
  if (config.formatVersion !== modelFormatVersion) {
    throw bad(
      file,
      `the model has format version ${config.formatVersion}, this Thawline reads ${modelFormatVersion}: update Thawline, or train again`,
    );
  }
  const isComplete =
    Number.isInteger(config.dimension) &&
    Array.isArray(config.labels) &&
    typeof config.head?.type === "string" &&
    Array.isArray(config.lookup?.rules) &&
    typeof config.table?.alignment === "string" &&
    typeof config.weights?.sha256 === "string";
  if (!isComplete) throw bad(file, "fields are missing: the model is damaged");
}

function readWeights(file: string, bytes: Uint8Array): SafetensorsFile {
  try {
    return readSafetensors(bytes);
  } catch (cause) {
    throw bad(file, `the weights are damaged or truncated: ${(cause as Error).message}`, cause);
  }
}

/** @throws ThawlineError ALIGNMENT_MISMATCH where they are not the words that the rows were trained as */
function wordsOf(file: string, { metadata }: SafetensorsFile, config: ModelConfig): string[] {
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
  verifyAlignment({ words, checksum: config.table.alignment, where: file });
  return words;
}

function parametersOf(file: string, { tensors }: SafetensorsFile, head: Head): LoadedModel["parameters"] {
  return Object.fromEntries(
    head.parameters.map(({ name, shape }) => {
      const tensor = tensors.get(name);
      const isFloat = tensor?.dtype === "float32" || tensor?.dtype === "float64";
      if (!isFloat || tensor.shape.join() !== shape.join()) {
        throw bad(file, `expected the head's "${name}" as [${shape}], found ${tensor ? `[${tensor.shape}]` : "none"}`);
      }
      return [name, tensor.data];
    }),
  );
}

function rowFinder(words: readonly string[], { rules, unknownRow }: ModelConfig["lookup"]): (token: string) => number {
  // The look-up's row 0 is padding; the model's file has no such row.
  const lookup: Lookup = createLookup(["", ...words], { rules, unknownRow: unknownRow < 0 ? -1 : unknownRow + 1 });
  return (token) => lookup.rowOf(token) - 1;
}

/**
 * Reads a model folder (or a run folder's `model/`) and checks that its files are whole and belong together.
 * @throws FormatError BAD_MODEL_FILE for a missing, truncated, altered or newer file; ThawlineError ALIGNMENT_MISMATCH
 * where words and rows do not belong together
 */
export async function loadModel(path: string): Promise<LoadedModel> {
  const folder = modelFolder(path);
  const configFile = join(folder, modelFiles.config);
  const config = await readJson<Partial<ModelConfig> | null>(configFile);
  checkConfig(configFile, config);
  const file = join(folder, modelFiles.weights);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw bad(file, "this file of the model is missing or cannot be read", cause);
  });
  const weights = readWeights(file, bytes);
  const words = wordsOf(file, weights, config);
  if (createHash("sha256").update(bytes).digest("hex") !== config.weights.sha256) {
    throw bad(
      file,
      `its content is not what ${modelFiles.config} was written for: the model is damaged or was altered`,
    );
  }
  const embeddings = weights.tensors.get("embeddings");
  if (embeddings?.dtype !== "float32" || embeddings.shape.join() !== `${words.length},${config.dimension}`) {
    throw bad(file, `expected "embeddings" as float32 [${words.length}, ${config.dimension}]`);
  }
  const { dimension, labels } = config;
  const head = createHead({ ...config.head, dimension, classes: labels.length });
  const tokenizer = createTokenizer(await readJson(join(folder, modelFiles.tokenizer)));
  const parameters = parametersOf(file, weights, head);
  const rowOf = rowFinder(words, config.lookup);
  return { folder, config, tokenizer, head, words, embeddings: embeddings.data, parameters, rowOf };
}
