import { identityLookUp, type LookUp } from "@thawline/core";
import { openWindow } from "../open-window.ts";
import type { ReadVectorsOptions } from "../read-vectors.ts";
import type { SafetensorsDType } from "../safetensors/dtypes.ts";
import { createTableBuilder } from "../table-builder.ts";
import type { WordLookUp } from "../word-look-up.ts";
import { type FolderFiles, findStaticLayout, openFolderFile, readWhole, type StaticLayout } from "./layout.ts";
import { checkTokens, openStaticTensors, readStaticTensors, type StaticTensors, type TokenTensors } from "./tensors.ts";
import { readTokenizerVocabulary, type TokenizerVocabulary } from "./tokenizer-vocabulary.ts";

/** How to read a folder. */
export interface ReadFolderOptions extends Pick<ReadVectorsOptions, "signal" | "onProgress" | "platform"> {
  /** The folder's name, for messages. */
  readonly folder?: string;
}

/** How to read a folder as a model. */
export interface ReadStaticModelOptions extends ReadFolderOptions {
  /** With 1, row 0 of the matrix is spare and zeros, so that it can be a table's padding. Default 0. */
  readonly firstRow?: 0 | 1;
}

/** A Model2Vec or sentence-transformers static model: a matrix, and which row each token has. */
export interface StaticModel {
  readonly format: "model2vec" | "sentence-transformers";
  readonly layout: StaticLayout;
  /** `tokenizer.json` as it is: what a tokenizer of that format needs. */
  readonly tokenizerJson: string;
  readonly vocabulary: TokenizerVocabulary;
  readonly dimension: number;
  /** [R, D] row-major, float32 whatever the file has. With `firstRow: 1` row 0 is spare, zeros. */
  readonly matrix: Float32Array;
  /** R. */
  readonly rows: number;
  readonly dtype: SafetensorsDType;
  /** The file's own: row of each token, without `firstRow`; undefined where token i has row i. */
  readonly mapping: Int32Array | undefined;
  /** The file's own: factor of each token's row; undefined where all are 1. */
  readonly weights: Float32Array | Float64Array | undefined;
  readonly normalize: boolean;
  /** Token id → weighted row, in the form that core's tables take. */
  readonly lookUp: LookUp;
  /** The row and weight of a token; empty for what is no token. */
  lookUpOf(token: string): WordLookUp;
  /** The token's weighted row [D], fresh; undefined for what is no token. */
  vectorOf(token: string): Float32Array | undefined;
}

/**
 * Reads a Model2Vec or sentence-transformers folder, any layout, with `mapping` and `weights`.
 * @throws FormatError BAD_VECTOR_FILE; ThawlineError ABORTED
 * @remarks model2vec `persistence.load_pretrained` and `StaticModel.encode`: a text's vector is the mean over its
 * tokens, unknown ones left out, of `weights[token] × embeddings[mapping[token]]`, scaled to length 1 with `normalize`
 */
export async function readStaticModel(files: FolderFiles, options: ReadStaticModelOptions = {}): Promise<StaticModel> {
  const { firstRow = 0 } = options;
  const opened = await openStaticModel(files, options);
  try {
    const { source, tensors, vocabulary } = opened;
    const { dimension, rows } = tensors;
    const builder = createTableBuilder();
    const known = source.size === undefined ? undefined : rows + firstRow;
    builder.begin({ dimension, maxRows: known, expectedRows: () => known });
    const noWord = new Uint8Array(0);
    if (firstRow === 1) builder.row(new Float32Array(dimension), noWord);
    const perToken = await readStaticTensors(source, tensors, {
      before: () => {},
      visit: (_, values) => builder.row(values, noWord),
      drain: async () => {},
    });
    checkTokens(vocabulary.tokens.length, perToken, rows, source.file);
    return createStaticModel(opened, builder.data(), { ...perToken, firstRow });
  } finally {
    await opened.source.window.close();
  }
}

type OpenedModel = Awaited<ReturnType<typeof openStaticModel>>;

/** Reads all but the tensors. The caller closes the window. */
export async function openStaticModel(files: FolderFiles, options: ReadFolderOptions) {
  const { folder = "the folder", ...rest } = options;
  const layout = await findStaticLayout(files, folder);
  const tokenizerFile = `${folder}/${layout.tokenizer}`;
  const tokenizer = await readWhole(files.get(layout.tokenizer)!, tokenizerFile);
  const vocabulary = readTokenizerVocabulary(tokenizer, tokenizerFile);
  const { chunks, size: known } = await openFolderFile(files.get(layout.weights)!);
  const file = `${folder}/${layout.weights}`;
  const { window, size } = await openWindow(chunks, { ...rest, file, ...(known === undefined ? {} : { size: known }) });
  try {
    const source = { window, size, file };
    const tensors: StaticTensors = await openStaticTensors(source);
    const format = tensors.table.name === "embeddings" ? "model2vec" : "sentence-transformers";
    return { layout, tokenizer, vocabulary, source, tensors, format } as const;
  } catch (error) {
    await window.close();
    throw error;
  }
}

function createStaticModel(
  { layout, tokenizer, vocabulary, tensors, format }: OpenedModel,
  matrix: Float32Array,
  { mapping, weights, firstRow }: TokenTensors & { readonly firstRow: 0 | 1 },
): StaticModel {
  const { dimension, table } = tensors;
  const { tokens } = vocabulary;
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) if (token !== undefined && !ids.has(token)) ids.set(token, id);
  const lookUp: LookUp =
    mapping === undefined && weights === undefined && firstRow === 0
      ? identityLookUp
      : {
          kind: "weighted",
          offsets: Int32Array.from({ length: tokens.length + 1 }, (_, token) => token),
          rows: Int32Array.from(tokens, (_, token) => (mapping?.[token] ?? token) + firstRow),
          weights: weights?.slice(0, tokens.length) ?? new Float32Array(tokens.length).fill(1),
        };
  const rowOf = (id: number) => (mapping?.[id] ?? id) + firstRow;
  const weightOf = (id: number) => weights?.[id] ?? 1;
  return {
    format,
    layout,
    tokenizerJson: new TextDecoder().decode(tokenizer),
    vocabulary,
    dimension,
    matrix,
    rows: matrix.length / dimension,
    dtype: table.dtype,
    mapping,
    weights,
    normalize: layout.normalize,
    lookUp,
    lookUpOf(token) {
      const id = ids.get(token);
      if (id === undefined) return { rows: new Int32Array(0), weights: new Float32Array(0) };
      return { rows: Int32Array.of(rowOf(id)), weights: Float32Array.of(weightOf(id)) };
    },
    vectorOf(token) {
      const id = ids.get(token);
      if (id === undefined) return undefined;
      const start = rowOf(id) * dimension;
      return matrix.slice(start, start + dimension).map((value) => value * weightOf(id));
    },
  };
}
