import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dtypeRules, type SafetensorsDType } from "../safetensors/dtypes.ts";
import { encodeHeader, type SafetensorsEntry } from "../safetensors/header.ts";
import { writeFileAtomically } from "./atomic-file-node.ts";
import { writeFolderAtomically } from "./write-folder-node.ts";

/** A static embedding model to be written. */
export interface StaticModelContent {
  readonly dimension: number;
  /** R. */
  readonly rows: number;
  /** Values [D] of a row; borrowed until the next call. */
  rowOf(row: number): Float32Array;
  /** [T] row of each token; where it is left out token i has row i. */
  readonly mapping?: Int32Array;
  /** [T] factor of each token's row. */
  readonly weights?: Float32Array | Float64Array;
  /** `tokenizer.json`. */
  readonly tokenizerJson: string;
  /** Whether a text's mean is scaled to length 1. */
  readonly normalize: boolean;
  /** `model2vec` (default), or sentence-transformers' tensor name, which has neither mapping nor weights. */
  readonly format?: "model2vec" | "sentence-transformers";
  /** Folder of weights and tokenizer within the model, such as `0_StaticEmbedding/`; default the folder itself. */
  readonly prefix?: string;
  /** Further fields of `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Further files by path within the folder, such as `config_sentence_transformers.json`; they win over those made here. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
}

const rowsPerChunk = 1024;

function* tableChunks({ rows, dimension, rowOf }: StaticModelContent): Generator<Uint8Array> {
  for (let first = 0; first < rows; first += rowsPerChunk) {
    const end = Math.min(rows, first + rowsPerChunk);
    const chunk = new Float32Array((end - first) * dimension);
    for (let row = first; row < end; row++) chunk.set(rowOf(row), (row - first) * dimension);
    yield new Uint8Array(chunk.buffer);
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Streams the tensors, widest elements first so that each is aligned. */
async function writeTensors(path: string, content: StaticModelContent): Promise<void> {
  const { dimension, rows, mapping, weights, format = "model2vec" } = content;
  const table = format === "model2vec" ? "embeddings" : "embedding.weight";
  const tensors: { name: string; dtype: SafetensorsDType; shape: number[]; data: Iterable<Uint8Array> }[] = [
    { name: table, dtype: "F32", shape: [rows, dimension], data: tableChunks(content) },
  ];
  if (mapping !== undefined) {
    // int64, as model2vec writes it.
    const wide = BigInt64Array.from(mapping, BigInt);
    tensors.push({ name: "mapping", dtype: "I64", shape: [mapping.length], data: [bytesOf(wide)] });
  }
  if (weights !== undefined) {
    const dtype = weights instanceof Float64Array ? "F64" : "F32";
    tensors.push({ name: "weights", dtype, shape: [weights.length], data: [bytesOf(weights)] });
  }
  tensors.sort((a, b) => dtypeRules[b.dtype].bytes - dtypeRules[a.dtype].bytes || (a.name < b.name ? -1 : 1));
  let at = 0;
  const entries = tensors.map(({ name, dtype, shape }): SafetensorsEntry => {
    const begin = at;
    at += shape.reduce((product, extent) => product * extent, 1) * dtypeRules[dtype].bytes;
    return { name, dtype, shape, begin, end: at };
  });
  await writeFileAtomically(path, async (write) => {
    await write(encodeHeader(entries, new Map()));
    for (const { data } of tensors) for (const chunk of data) await write(chunk);
  });
}

function jsonFiles({ format = "model2vec", prefix = "", normalize, config = {} }: StaticModelContent) {
  const module = (idx: number, path: string, type: string) => ({
    idx,
    name: String(idx),
    path,
    type: `sentence_transformers.models.${type}`,
  });
  const modules = [
    module(0, prefix === "" ? "." : prefix.replace(/\/$/, ""), "StaticEmbedding"),
    ...(normalize ? [module(1, "1_Normalize", "Normalize")] : []),
  ];
  const files: Record<string, unknown> = { "modules.json": modules };
  if (format === "model2vec") {
    files["config.json"] = { model_type: "model2vec", architectures: ["StaticModel"], ...config, normalize };
  } else {
    files["config_sentence_transformers.json"] = { ...config };
  }
  return files;
}

/** Whether a folder holds a static model and no more than belongs to one. */
const isStaticModel = (names: readonly string[]): boolean =>
  names.some((name) => name === "tokenizer.json" || name === "modules.json") &&
  names.every((name) => /\.(json|safetensors|md)$/.test(name) || /^\d_\w+$/.test(name));

/**
 * Writes a Model2Vec or sentence-transformers folder that `readStaticModel`, Python's `StaticModel.from_pretrained` and
 * `SentenceTransformer` read: whole or not at all. Values are float32. An earlier such folder of that name is replaced.
 * @throws ThawlineError OUTPUT_FAILED
 * @remarks model2vec `persistence.save_pretrained`: `config.json`, `model.safetensors`, `tokenizer.json`, `modules.json`
 */
export async function writeStaticModelFolder(folder: string, content: StaticModelContent): Promise<void> {
  const { prefix = "", tokenizerJson } = content;
  const encoder = new TextEncoder();
  await writeFolderAtomically(
    folder,
    async (temporary) => {
      await mkdir(join(temporary, prefix), { recursive: true });
      await writeTensors(join(temporary, prefix, "model.safetensors"), content);
      const files = new Map<string, Uint8Array>([[`${prefix}tokenizer.json`, encoder.encode(tokenizerJson)]]);
      for (const [name, value] of Object.entries(jsonFiles(content))) {
        files.set(name, encoder.encode(`${JSON.stringify(value, null, 2)}\n`));
      }
      for (const [name, bytes] of content.files ?? []) files.set(name, bytes);
      for (const [name, bytes] of files) {
        const path = join(temporary, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFileAtomically(path, (write) => write(bytes));
      }
    },
    isStaticModel,
  );
}
