import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FormatError, type Head, ThawlineError } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { createLookup, createTokenizer, type Lookup, loadHuggingFaceTokenizer, type Tokenizer } from "@thawline/text";
import { readTokenizerVocabulary, type SafetensorsFile } from "@thawline/vectors";
import { type ModelConfig, modelFiles, modelFormat, modelFormatVersion } from "./model-config.ts";
import { readTable } from "./read-table.ts";
import { plainEncoder, type TokenEncoder, weightedEncoder } from "./token-encoder.ts";
import { createTokenRowFinder, type PieceRows, type TokenRows } from "./token-rows.ts";

/** A saved model in memory. */
export interface LoadedModel {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly head: Head;
  /** `[V]` word of each row; of rows that tokens are made of, a name. */
  readonly words: readonly string[];
  /** What tokens are made of, over the rows of `embeddings`; null where each is a row. */
  readonly tokenRows: TokenRows | null;
  /** `tokenizer.json` as it is. */
  readonly tokenizerText: string;
  /** `[V, D]`. */
  readonly embeddings: Float32Array;
  /** The head's parameters by name. */
  readonly parameters: Readonly<Record<string, Float32Array | Float64Array>>;
  /** Encodes texts for a trainer over `embeddings`; each call makes an encoder of its own. */
  encoder(): TokenEncoder;
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

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw bad(file, "this file of the model is missing or cannot be read", cause);
  });
}

async function readJson<T>(file: string): Promise<T> {
  const text = await readText(file);
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
    typeof config.table.content === "string" &&
    typeof config.weights?.sha256 === "string";
  if (!isComplete) throw bad(file, "fields are missing: the model is damaged");
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

/** The tokenizer of a model: by name, or the `tokenizer.json` that came with its vectors. */
async function tokenizerOf(file: string, text: string, { lookup }: ModelConfig): Promise<Tokenizer> {
  const { tokens } = lookup;
  if (tokens?.kind === "pieces") {
    const limit = tokens.maxLength === null ? {} : { maxLength: tokens.maxLength };
    return loadHuggingFaceTokenizer(text, { file, ...limit });
  }
  try {
    return createTokenizer(JSON.parse(text));
  } catch (cause) {
    if (ThawlineError.isInstance(cause)) throw cause;
    throw bad(file, "expected JSON: the model is damaged", cause);
  }
}

/** @throws ThawlineError ALIGNMENT_MISMATCH where the tokenizer's tokens are not those that the rows are for */
function verifyTokens(file: string, text: string, { tokens }: PieceRows): void {
  const now = readTokenizerVocabulary(new TextEncoder().encode(text), file).tokens;
  const length = Math.max(now.length, tokens.length);
  for (let id = 0; id < length; id++) {
    if ((now[id] ?? "") === (tokens[id] ?? "")) continue;
    throw new ThawlineError(
      "ALIGNMENT_MISMATCH",
      `${file}: tokens and rows do not belong together: id ${id} is ${JSON.stringify(now[id] ?? null)}, but its row is that of ${JSON.stringify(tokens[id] ?? null)}. Take all files of a model from one run, unchanged`,
    );
  }
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
  const missing = (cause: unknown): never => {
    throw bad(file, "this file of the model is missing or cannot be read", cause);
  };
  const bytes = await readFile(file).catch(missing);
  const { weights, embeddings, words, tokenRows } = readTable(file, bytes, config);
  const { dimension, labels } = config;
  const head = createHead({ ...config.head, dimension, classes: labels.length });
  const tokenizerFile = join(folder, modelFiles.tokenizer);
  const tokenizerText = await readText(tokenizerFile);
  const tokenizer = await tokenizerOf(tokenizerFile, tokenizerText, config);
  if (tokenRows?.kind === "pieces") verifyTokens(tokenizerFile, tokenizerText, tokenRows);
  const parameters = parametersOf(file, weights, head);
  return {
    folder,
    config,
    tokenizer,
    tokenizerText,
    head,
    words,
    tokenRows,
    embeddings,
    parameters,
    encoder: () =>
      tokenRows === null
        ? plainEncoder(rowFinder(words, config.lookup))
        : weightedEncoder(createTokenRowFinder(tokenRows)),
  };
}
