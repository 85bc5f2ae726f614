import { FormatError } from "@thawline/core";
import { type LoadedVectors, type LookupRule, type OovStrategy, unknownWords, wantedForms } from "@thawline/text";
import type { Compression, VectorFormatName, VectorReport } from "@thawline/vectors";
import { type ReadVectorsFileOptions, readVectorsFile } from "@thawline/vectors/node";
import type { LoadedModel } from "../model/load-model.ts";
import type { Settings } from "./settings.ts";

/** The vectors that a run starts from. */
export interface BaseVectors {
  readonly vectors: LoadedVectors;
  /** The vector file, or the model folder. */
  readonly file: string;
  readonly format: VectorFormatName;
  readonly compression: Compression;
  /** Of the vector file, or of the model's weights. */
  readonly sha256: string;
  /** Rows in the file. */
  readonly rows: number;
  readonly loadedRows: number;
  readonly dimension: number;
  /** True where every row of the file is in the table. */
  readonly isWhole: boolean;
  /** What the reader saw; null for a model's table. */
  readonly report: VectorReport | null;
}

/** What is asked of the vectors. */
export interface BaseRequest {
  readonly settings: Settings;
  readonly rules: readonly LookupRule[];
  /** Words of all splits. */
  readonly dataWords: ReadonlySet<string>;
  readonly oov: OovStrategy;
  readonly signal: AbortSignal | undefined;
  readonly onProgress?: ReadVectorsFileOptions["onProgress"];
}

/** Every form that a row is kept under. */
function wantedOf({ dataWords, rules, oov }: BaseRequest): Set<string> {
  const wanted = wantedForms(dataWords, rules);
  if (oov === "unk") for (const word of unknownWords) wanted.add(word);
  return wanted;
}

/** The first `limit` rows, and those wanted. */
function firstRows(vectors: LoadedVectors, limit: number, wanted: ReadonlySet<string>): LoadedVectors {
  const { words, data, dimension } = vectors;
  if (limit >= words.length) return vectors;
  const kept = words.flatMap((word, row) => (row < limit || wanted.has(word) ? [row] : []));
  const smaller = new Float32Array(kept.length * dimension);
  kept.forEach((row, i) => {
    smaller.set(data.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  });
  return { words: kept.map((row) => words[row]!), data: smaller, dimension };
}

function readOptions({ settings, signal, onProgress }: BaseRequest): ReadVectorsFileOptions {
  return {
    hash: true,
    ...(settings.vectorsFormat === null ? {} : { format: settings.vectorsFormat }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

/** The rows of the vector file that `modelRows` asks for. */
export async function baseOfFile(request: BaseRequest): Promise<BaseVectors> {
  const { modelRows, vectors: file } = request.settings;
  // Null is for subwords alone.
  const selection = modelRows === "data" ? { wanted: wantedOf(request) } : {};
  const loaded = await readVectorsFile(file!, { ...readOptions(request), ...selection });
  const vectors = typeof modelRows === "number" ? firstRows(loaded, modelRows, wantedOf(request)) : loaded;
  return {
    vectors: { words: vectors.words, data: vectors.data, dimension: vectors.dimension },
    file: file!,
    format: loaded.format,
    compression: loaded.compression,
    sha256: loaded.sha256!,
    rows: loaded.report.fileRows,
    loadedRows: vectors.words.length,
    dimension: loaded.dimension,
    isWhole: modelRows !== "data" && vectors.words.length === loaded.words.length,
    report: loaded.report,
  };
}

/** A model's table, and vectors for words that it lacks. */
export interface ExtendedBase extends BaseVectors {
  /** Null where no more vectors were given. */
  readonly added: LoadedVectors | null;
}

/** The model's table, and the rows of the vector file for words of the data that the model lacks. */
export async function baseOfModel(model: LoadedModel, request: BaseRequest): Promise<ExtendedBase> {
  const { config, words, embeddings } = model;
  const { dimension } = config;
  const base = {
    file: model.folder,
    format: "safetensors",
    compression: "none",
    sha256: config.weights.sha256,
    rows: words.length,
    dimension,
    isWhole: true,
  } as const;
  const path = request.settings.vectors;
  const vectors = { words, data: embeddings, dimension };
  const own = { ...base, vectors, loadedRows: words.length };
  if (path === null) return { ...own, added: null, report: null };
  const known = new Set(words);
  const wanted = new Set([...wantedForms(request.dataWords, request.rules)].filter((word) => !known.has(word)));
  const added = await readVectorsFile(path, { ...readOptions(request), wanted });
  if (added.dimension !== dimension) {
    throw new FormatError(
      "BAD_VECTOR_FILE",
      `expected vectors of dimension ${dimension}, as the model in ${model.folder} has; these have ${added.dimension}`,
      { file: path },
    );
  }
  return { ...own, added, report: added.report };
}
