import { badFile } from "../bad-file.ts";
import { checkDimension } from "../formats/headers.ts";
import { dtypeRules } from "../safetensors/dtypes.ts";
import type { SafetensorsEntry, SafetensorsHeader } from "../safetensors/header.ts";
import { rowDecoders } from "../safetensors/row-decoders.ts";
import { skipTensors, type TensorSource, takeSafetensorsHeader, tensorsTruncated } from "../safetensors/take-header.ts";

const names = ["embeddings", "embedding.weight"] as const;

/** The tensors of a static embedding model, as its header describes them. */
export interface StaticTensors {
  readonly header: SafetensorsHeader;
  readonly table: SafetensorsEntry;
  readonly rows: number;
  readonly dimension: number;
  /** Offset in the file of a row's first byte. */
  offsetOf(row: number): number;
}

/** What a model has per token beside its matrix. */
export interface TokenTensors {
  /** Row of each token; undefined where token i has row i. */
  readonly mapping: Int32Array | undefined;
  /** Factor of each token's row. */
  readonly weights: Float32Array | Float64Array | undefined;
}

/** Reads the header. @throws FormatError where no tensor is the matrix of vectors */
export async function openStaticTensors(source: TensorSource): Promise<StaticTensors> {
  const { file } = source;
  const header = await takeSafetensorsHeader(source);
  const table = names.map((name) => header.entries.find((entry) => entry.name === name)).find((entry) => entry);
  if (table === undefined || table.shape.length !== 2 || !Object.hasOwn(rowDecoders, table.dtype)) {
    const found = header.entries.map(({ name, dtype, shape }) => `${JSON.stringify(name)} ${dtype} [${shape}]`);
    throw badFile(
      `expected a [V, D] tensor "embeddings" or "embedding.weight" of F32, F16, BF16, F64 or I8; the file has ${found.slice(0, 8).join(", ") || "none"}`,
      { file, offset: 8 },
    );
  }
  const [rows, dimension] = table.shape as [number, number];
  checkDimension(dimension, { file, offset: 8 });
  const first = source.window.base + source.window.start + table.begin;
  const rowBytes = dtypeRules[table.dtype].bytes * dimension;
  return { header, table, rows, dimension, offsetOf: (row) => first + row * rowBytes };
}

/**
 * Reads the tensors in the file's order. `visit` gets each row of the matrix, borrowed; `before` is told what is known
 * of the tokens when the first comes.
 * @throws FormatError
 */
export async function readStaticTensors(
  source: TensorSource,
  { header, table }: StaticTensors,
  {
    before,
    visit,
    drain,
  }: {
    before(known: TokenTensors & { readonly isMappingKnown: boolean }): void;
    visit(row: number, values: Float32Array): void;
    drain(): Promise<void>;
  },
): Promise<TokenTensors> {
  let mapping: Int32Array | undefined;
  let weights: Float32Array | Float64Array | undefined;
  const later = new Set<string>(
    header.entries.map(({ name }) => name).filter((name) => name === "mapping" || name === "weights"),
  );
  for (const entry of header.entries) {
    if (entry === table) {
      before({ mapping, weights, isMappingKnown: !later.has("mapping") });
      await readMatrix(source, table, { visit, drain });
    } else if (entry.name === "mapping") mapping = asRows(await takeTensor(source, entry), entry, source);
    else if (entry.name === "weights") weights = asWeights(await takeTensor(source, entry), entry, source);
    else await skipTensors(source, entry.end - entry.begin, drain);
    later.delete(entry.name);
  }
  if (await source.window.need(1))
    throw badFile("bytes follow the last tensor; the file is damaged", {
      file: source.file,
      offset: source.window.base + source.window.start,
    });
  return { mapping, weights };
}

async function readMatrix(
  source: TensorSource,
  { dtype, shape }: SafetensorsEntry,
  { visit, drain }: { visit(row: number, values: Float32Array): void; drain(): Promise<void> },
): Promise<void> {
  const { window } = source;
  const [rows, dimension] = shape as [number, number];
  const rowBytes = dtypeRules[dtype].bytes * dimension;
  const decode = rowDecoders[dtype as keyof typeof rowDecoders];
  const values = new Float32Array(dimension);
  for (let row = 0; row < rows; row++) {
    if (window.end - window.start < rowBytes) {
      await drain();
      if (!(await window.need(rowBytes))) throw tensorsTruncated(source, `row ${row + 1} of ${rows}`);
    }
    decode(new DataView(window.bytes.buffer, window.bytes.byteOffset + window.start, rowBytes), values);
    window.start += rowBytes;
    visit(row, values);
  }
}

async function takeTensor(source: TensorSource, { begin, end, dtype, name }: SafetensorsEntry) {
  const { window } = source;
  const length = end - begin;
  if (!(await window.need(length))) throw tensorsTruncated(source, `the tensor "${name}"`);
  const raw = window.bytes.slice(window.start, window.start + length);
  window.start += length;
  return dtypeRules[dtype].decode(raw);
}

function asRows(
  data: ArrayLike<number | bigint>,
  { dtype, shape }: SafetensorsEntry,
  { file }: TensorSource,
): Int32Array {
  if (shape.length !== 1 || !/^[IU]/.test(dtype))
    throw badFile(`expected "mapping" to be a list of whole numbers; it is ${dtype} [${shape}]`, { file, offset: 8 });
  // Out of range becomes −1, which the check against the matrix refuses.
  return Int32Array.from(data, (value) => (Number(value) >= 0 && Number(value) < 2 ** 31 ? Number(value) : -1));
}

function asWeights(
  data: ArrayLike<number | bigint>,
  { dtype, shape }: SafetensorsEntry,
  { file }: TensorSource,
): Float32Array | Float64Array {
  const isList = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (isList && (data instanceof Float32Array || data instanceof Float64Array)) return data;
  throw badFile(`expected "weights" to be a list of floating-point numbers; it is ${dtype} [${shape}]`, {
    file,
    offset: 8,
  });
}

/** @throws FormatError where the tokens, the mapping, the weights and the matrix do not fit together */
export function checkTokens(
  tokens: number,
  { mapping, weights }: TokenTensors,
  rows: number,
  file: string | undefined,
): void {
  const at = { file, offset: 8 };
  if (mapping === undefined && tokens > rows)
    throw badFile(`the tokenizer has ${tokens} tokens, but the matrix only ${rows} rows and there is no mapping`, at);
  if (mapping !== undefined && mapping.length < tokens)
    throw badFile(`the mapping has ${mapping.length} entries for ${tokens} tokens`, at);
  if (weights !== undefined && weights.length < tokens)
    throw badFile(`there are ${weights.length} weights for ${tokens} tokens`, at);
  const wrong = mapping?.findIndex((row) => row < 0 || row >= rows) ?? -1;
  if (wrong >= 0) throw badFile(`the mapping sends token ${wrong} to a row that the matrix of ${rows} lacks`, at);
}
