import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type EmbeddingTable, rowOf, type TensorMap, ThawlineError } from "@thawline/core";
import { type NamedRows, rowChecksums, verifyAlignment } from "@thawline/text";
import { writeFileAtomically } from "@thawline/vectors/node";
import { writeJsonFile } from "../run/run-folder.ts";
import { bindingTensors, hashBinding, savedWords } from "./binding.ts";
import { type ModelConfig, modelFiles } from "./model-config.ts";
import { safetensorsHeader } from "./safetensors-header.ts";
import { shiftRows, type TokenRows } from "./token-rows.ts";

/** What a model folder is made from. */
export interface ModelContent {
  readonly table: EmbeddingTable;
  /** `[V]` word (of other rows the name) of each row of the table; row 0 is padding and is not saved. */
  readonly words: readonly string[];
  /** What tokens are made of, over the rows of the table; null where each is a row. */
  readonly tokenRows: TokenRows | null;
  /** The head's, by name. */
  readonly parameters: TensorMap;
  /** `tokenizer.json`: data, or the text of a file. */
  readonly tokenizer: unknown;
  /** `config.json` but for what only writing gives. */
  readonly config: Omit<ModelConfig, "table" | "weights"> & {
    readonly table: Omit<ModelConfig["table"], "rows" | "content">;
  };
  /** `README.md`. */
  readonly card: string;
}

const rowsPerChunk = 4096;

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** The current rows from 1 on, some thousand at a time. */
function* tableChunks(table: EmbeddingTable): Generator<Uint8Array> {
  const { rows, dimension } = table;
  for (let first = 1; first < rows; first += rowsPerChunk) {
    const end = Math.min(rows, first + rowsPerChunk);
    const chunk = new Float32Array((end - first) * dimension);
    for (let row = first; row < end; row++) chunk.set(rowOf(table, row), (row - first) * dimension);
    yield bytesOf(chunk);
  }
}

/** Current rows from 1 on, as they are saved. */
const savedRows = ({ table, words }: ModelContent): NamedRows => ({
  words: words.slice(1),
  dimension: table.dimension,
  rowOf: (row) => rowOf(table, row + 1) as Float32Array,
});

/** Streams `model.safetensors`; the table is never copied as a whole. Returns the hashes that `config.json` keeps. */
async function writeWeights(file: string, content: ModelContent) {
  const { table, words, parameters, tokenRows } = content;
  const saved = tokenRows === null ? null : shiftRows(tokenRows, -1);
  const checksums = rowChecksums(savedRows(content));
  const binding = bindingTensors(checksums, saved);
  const wordList = JSON.stringify(savedWords(words.slice(1), saved));
  const tensors = Object.entries({ ...parameters, ...binding });
  const { header, order } = safetensorsHeader(
    [
      { name: "embeddings", dtype: "float32", shape: [table.rows - 1, table.dimension] },
      ...tensors.map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    ],
    { format: "thawline-model", version: "1", words: wordList },
  );
  const whole = createHash("sha256");
  await writeFileAtomically(file, async (write) => {
    const put = async (chunk: Uint8Array): Promise<void> => {
      whole.update(chunk);
      await write(chunk);
    };
    await put(header);
    for (const name of order) {
      if (name !== "embeddings") await put(bytesOf((binding[name] ?? parameters[name]!).data));
      else for (const chunk of tableChunks(table)) await put(chunk);
    }
  });
  return { sha256: whole.digest("hex"), content: hashBinding(binding) };
}

/**
 * Writes a model folder: all of it or nothing, in a temporary folder that gets its name at the end. An earlier model of
 * that name is replaced.
 * @throws ThawlineError OUTPUT_FAILED; ALIGNMENT_MISMATCH where the words are not those that training began with
 */
export async function saveModel(folder: string, content: ModelContent): Promise<void> {
  const { words, config } = content;
  verifyAlignment({ words: words.slice(1), checksum: config.table.alignment, where: folder });
  const temporary = join(dirname(folder), `.${basename(folder)}.${process.pid}-${randomBytes(4).toString("hex")}.tmp`);
  try {
    await mkdir(temporary, { recursive: true });
    const weights = await writeWeights(join(temporary, modelFiles.weights), content);
    const whole: ModelConfig = {
      ...config,
      table: { rows: content.table.rows - 1, content: weights.content, ...config.table },
      weights: { file: modelFiles.weights, sha256: weights.sha256 },
    };
    const { tokenizer } = content;
    const tokenizerFile = join(temporary, modelFiles.tokenizer);
    if (typeof tokenizer !== "string") await writeJsonFile(tokenizerFile, tokenizer);
    else await writeFileAtomically(tokenizerFile, (write) => write(new TextEncoder().encode(tokenizer)));
    await writeJsonFile(join(temporary, modelFiles.config), whole);
    const card = new TextEncoder().encode(content.card);
    await writeFileAtomically(join(temporary, modelFiles.card), (write) => write(card));
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    if (ThawlineError.isInstance(cause)) throw cause;
    throw new ThawlineError("OUTPUT_FAILED", `cannot write ${folder}: ${(cause as Error).message}`, { cause });
  }
}
