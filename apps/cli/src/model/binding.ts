import { createHash } from "node:crypto";
import { FormatError, floatTensor, type TensorMap, tensor } from "@thawline/core";
import type { SafetensorsFile } from "@thawline/vectors";
import type { ModelConfig } from "./model-config.ts";
import type { TokenRows } from "./token-rows.ts";

/** Names of the tensors that tie words to rows. */
export const bindingNames = {
  checksums: "row_checksums",
  buckets: "subwords.buckets",
  rows: "pieces.rows",
  weights: "pieces.weights",
} as const;

/** The tensors that tie words to rows: a checksum of each row over its word and content, and the look-up's. */
export function bindingTensors(checksums: Uint32Array, saved: TokenRows | null): TensorMap {
  const bits = new Int32Array(checksums.buffer, checksums.byteOffset, checksums.length);
  return {
    [bindingNames.checksums]: tensor("int32", [bits.length], bits),
    ...(saved?.kind === "subwords"
      ? { [bindingNames.buckets]: tensor("int32", [saved.buckets.length], saved.buckets) }
      : {}),
    ...(saved?.kind === "pieces"
      ? {
          [bindingNames.rows]: tensor("int32", [saved.rows.length], saved.rows),
          [bindingNames.weights]: floatTensor([saved.weights.length], saved.weights),
        }
      : {}),
  };
}

/** The list of words that the weights carry: of rows, of words with a row of their own, or of a tokenizer's tokens. */
export function savedWords(rowNames: readonly string[], saved: TokenRows | null): readonly string[] {
  if (saved === null) return rowNames;
  if (saved.kind === "pieces") return saved.tokens;
  return saved.words.filter((_, row) => saved.buckets[row]! < 0);
}

/** SHA-256 over names and bytes of the tensors that tie words to rows, in the order of their names. */
export function hashBinding(tensors: TensorMap): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(tensors).sort()) {
    const { buffer, byteOffset, byteLength } = tensors[name]!.data;
    hash.update(`${name}\n${byteLength}\n`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}

function tensorOf(file: string, { tensors }: SafetensorsFile, name: string, length: number | null) {
  const found = tensors.get(name);
  if (found === undefined || found.shape.length !== 1 || (length !== null && found.shape[0] !== length)) {
    const expected = `expected "${name}" as a list${length === null ? "" : ` of ${length}`}`;
    const got = found === undefined ? "none: the model is of an earlier Thawline, or damaged" : `[${found.shape}]`;
    throw new FormatError("BAD_MODEL_FILE", `${expected}, found ${got}`, { file });
  }
  return found;
}

function int32Of(file: string, weights: SafetensorsFile, name: string, length: number | null): Int32Array {
  const { data, dtype } = tensorOf(file, weights, name, length);
  if (data instanceof Int32Array) return data;
  throw new FormatError("BAD_MODEL_FILE", `expected "${name}" as int32, found ${dtype}`, { file });
}

/** What ties the words of saved weights to their rows. */
export interface Binding {
  readonly tokenRows: TokenRows | null;
  readonly checksums: Uint32Array;
  /** As `hashBinding` of what was read. */
  readonly hash: string;
}

function subwordsOf(words: readonly string[], buckets: Int32Array, lookup: ModelConfig["lookup"]): TokenRows {
  const { minn, maxn, bucket } = lookup.tokens as Extract<ModelConfig["lookup"]["tokens"], { kind: "subwords" }>;
  let next = 0;
  const named = Array.from(buckets, (at) => (at < 0 ? (words[next++] ?? "") : ""));
  return { kind: "subwords", rules: lookup.rules, settings: { minn, maxn, bucket }, words: named, buckets };
}

/** Reads what ties words to rows. @throws FormatError BAD_MODEL_FILE where it does not fit the table */
export function readBinding(
  file: string,
  weights: SafetensorsFile,
  { words, config, rows }: { readonly words: readonly string[]; readonly config: ModelConfig; readonly rows: number },
): Binding {
  const bits = int32Of(file, weights, bindingNames.checksums, rows);
  const checksums = new Uint32Array(bits.buffer, bits.byteOffset, bits.length);
  const { tokens } = config.lookup;
  const done = (tokenRows: TokenRows | null): Binding => ({
    tokenRows,
    checksums,
    hash: hashBinding(bindingTensors(checksums, tokenRows)),
  });
  if (tokens === undefined) return done(null);
  if (tokens.kind === "subwords") {
    return done(subwordsOf(words, int32Of(file, weights, bindingNames.buckets, rows), config.lookup));
  }
  const pieceRows = int32Of(file, weights, bindingNames.rows, words.length);
  const { data } = tensorOf(file, weights, bindingNames.weights, words.length);
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  if (!isFloat || pieceRows.some((row) => row < 0 || row >= rows)) {
    throw new FormatError("BAD_MODEL_FILE", "the tokens' rows or weights are damaged", { file });
  }
  return done({ kind: "pieces", tokens: words, unknownId: tokens.unknownId, rows: pieceRows, weights: data });
}
