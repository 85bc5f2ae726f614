import { identityLookUp, type LookUp } from "@thawline/core";
import { openWindow } from "../open-window.ts";
import type { ReadVectorsOptions } from "../read-vectors.ts";
import { createRowSet, type RowSet } from "../row-set.ts";
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
  /** Keep only the rows that these tokens need. All rows by default. */
  readonly wanted?: ReadonlySet<string>;
}

/** A Model2Vec or sentence-transformers static model: a matrix, and which row each token has. */
export interface StaticModel {
  readonly format: "model2vec" | "sentence-transformers";
  readonly layout: StaticLayout;
  /** `tokenizer.json` as it is: what a tokenizer of that format needs. */
  readonly tokenizerJson: string;
  readonly vocabulary: TokenizerVocabulary;
  readonly dimension: number;
  /** [R, D] row-major, float32 whatever the file has; with `wanted`, its rows of the file's, in their order. With `firstRow: 1` row 0 is spare, zeros. */
  readonly matrix: Float32Array;
  /** R. */
  readonly rows: number;
  readonly dtype: SafetensorsDType;
  /** The file's own: row of each token, without `firstRow`; undefined where token i has row i. */
  readonly mapping: Int32Array | undefined;
  /** The file's own: factor of each token's row; undefined where all are 1. */
  readonly weights: Float32Array | Float64Array | undefined;
  readonly normalize: boolean;
  /** Token id → weighted row, in the form that core's tables take; with `wanted` other tokens have no row. */
  readonly lookUp: LookUp;
  /** The row and weight of a token; empty for what is no token. @throws RangeError for a token outside `wanted` */
  lookUpOf(token: string): WordLookUp;
  /** The token's weighted row [D], fresh; undefined for what is no token. @throws RangeError for a token outside `wanted` */
  vectorOf(token: string): Float32Array | undefined;
}

/**
 * Reads a Model2Vec or sentence-transformers folder, any layout, with `mapping` and `weights`.
 * @throws FormatError BAD_VECTOR_FILE; ThawlineError ABORTED
 * @remarks model2vec `persistence.load_pretrained` and `StaticModel.encode`: a text's vector is the mean over its
 * tokens, unknown ones left out, of `weights[token] × embeddings[mapping[token]]`, scaled to length 1 with `normalize`
 */
export async function readStaticModel(files: FolderFiles, options: ReadStaticModelOptions = {}): Promise<StaticModel> {
  const { firstRow = 0, wanted } = options;
  const opened = await openStaticModel(files, options);
  try {
    const { source, tensors, vocabulary } = opened;
    const { dimension, rows } = tensors;
    const builder = createTableBuilder();
    const ids =
      wanted && vocabulary.tokens.flatMap((token, id) => (token !== undefined && wanted.has(token) ? id : []));
    const most = Math.min(rows, ids?.length ?? rows) + firstRow;
    const known = source.size === undefined ? undefined : most;
    let kept: RowSet | undefined;
    builder.begin({ dimension, maxRows: known, expectedRows: () => known });
    const noWord = new Uint8Array(0);
    if (firstRow === 1) builder.row(new Float32Array(dimension), noWord);
    const perToken = await readStaticTensors(source, tensors, {
      before: (tokens) => {
        // Of a stream nobody knows whether it has the rows that its header promises: no room is made for them.
        if (ids === undefined || !tokens.isMappingKnown || source.size === undefined) return;
        checkTokens(vocabulary.tokens.length, tokens, rows, source.file);
        kept = rowsOf(ids, tokens.mapping);
      },
      visit(row, values) {
        if (kept === undefined || kept.slotOf(row) >= 0) builder.row(values, noWord);
      },
      drain: async () => {},
    });
    checkTokens(vocabulary.tokens.length, perToken, rows, source.file);
    const read = builder.data();
    if (ids === undefined) return createStaticModel(opened, read, { ...perToken, firstRow });
    // A mapping that stands behind the matrix tells only then which rows are needed.
    const late = kept === undefined ? rowsOf(ids, perToken.mapping) : undefined;
    const matrix = late === undefined ? read : chooseRows(read, late, { dimension, firstRow });
    return createStaticModel(opened, matrix, { ...perToken, firstRow, kept: late ?? kept!, wanted: wanted! });
  } finally {
    await opened.source.window.close();
  }
}

const rowsOf = (ids: readonly number[], mapping: Int32Array | undefined): RowSet =>
  createRowSet(Int32Array.from(ids, (id) => mapping?.[id] ?? id));

function chooseRows(
  matrix: Float32Array,
  kept: RowSet,
  { dimension, firstRow }: { readonly dimension: number; readonly firstRow: number },
): Float32Array {
  const chosen = new Float32Array((kept.size + firstRow) * dimension);
  for (const [slot, row] of kept.rows.entries()) {
    const start = (row + firstRow) * dimension;
    chosen.set(matrix.subarray(start, start + dimension), (slot + firstRow) * dimension);
  }
  return chosen;
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
  {
    mapping,
    weights,
    firstRow,
    kept,
    wanted,
  }: TokenTensors & { readonly firstRow: 0 | 1; readonly kept?: RowSet; readonly wanted?: ReadonlySet<string> },
): StaticModel {
  const { dimension, table } = tensors;
  const { tokens } = vocabulary;
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) if (token !== undefined && !ids.has(token)) ids.set(token, id);
  const fileRowOf = (id: number) => mapping?.[id] ?? id;
  const rowOf = (id: number) => (kept === undefined ? fileRowOf(id) : kept.slotOf(fileRowOf(id))) + firstRow;
  const weightOf = (id: number) => weights?.[id] ?? 1;
  const isKept = (token: string | undefined) => wanted === undefined || (token !== undefined && wanted.has(token));
  const lookUp: LookUp =
    mapping === undefined && weights === undefined && firstRow === 0 && wanted === undefined
      ? identityLookUp
      : weightedLookUp(tokens, { isKept, rowOf, weightOf });
  const keptIdOf = (token: string): number | undefined => {
    const id = ids.get(token);
    if (id !== undefined && !isKept(token))
      throw new RangeError(`the row of ${JSON.stringify(token)} was not kept: name it in \`wanted\`, or read all rows`);
    return id;
  };
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
      const id = keptIdOf(token);
      if (id === undefined) return { rows: new Int32Array(0), weights: new Float32Array(0) };
      return { rows: Int32Array.of(rowOf(id)), weights: Float32Array.of(weightOf(id)) };
    },
    vectorOf(token) {
      const id = keptIdOf(token);
      if (id === undefined) return undefined;
      const start = rowOf(id) * dimension;
      return matrix.slice(start, start + dimension).map((value) => value * weightOf(id));
    },
  };
}

/** One row for each token that is kept, none for the others. */
function weightedLookUp(
  tokens: readonly (string | undefined)[],
  of: {
    isKept(token: string | undefined): boolean;
    rowOf(id: number): number;
    weightOf(id: number): number;
  },
): LookUp {
  const offsets = new Int32Array(tokens.length + 1);
  const keptIds = tokens.flatMap((token, id) => {
    const isKept = of.isKept(token);
    offsets[id + 1] = offsets[id] + (isKept ? 1 : 0);
    return isKept ? id : [];
  });
  return {
    kind: "weighted",
    offsets,
    rows: Int32Array.from(keptIds, of.rowOf),
    weights: Float32Array.from(keptIds, of.weightOf),
  };
}
