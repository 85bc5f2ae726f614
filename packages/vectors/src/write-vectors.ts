import { ThawlineError } from "@thawline/core";
import { createByteBuilder } from "./bytes/byte-builder.ts";
import { createByteIndex } from "./bytes/byte-index.ts";
import { decodeWord, decodeWords, encodeWord } from "./bytes/word-codec.ts";
import { vectorFormats } from "./formats/vector-formats.ts";
import type { VectorTable } from "./read-vectors.ts";
import { abortedError } from "./row-gate.ts";
import type { RowEncoder, VectorDType, WritableFormatName } from "./vector-format.ts";

/** Takes a file's bytes in order. Chunks are owned by the receiver. */
export interface ByteOutput {
  write(chunk: Uint8Array): Promise<void>;
}

/** Holds rows until the header before them can be written. */
export interface ByteSpool extends ByteOutput {
  /** Everything written, in order. */
  read(): AsyncIterable<Uint8Array>;
}

/** How to write a table. */
export interface WriteVectorsOptions {
  readonly format: WritableFormatName;
  /** Element type of safetensors and .npy (default f32); the other formats have one only. */
  readonly dtype?: VectorDType;
  /** What a word is that the format cannot hold: an error (default), or left out and counted. */
  readonly unwritable?: "error" | "skip";
  /** Takes the words of a `.npy` array, one a line. Without it only the array is written. */
  readonly words?: ByteOutput;
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface WriteReport {
  readonly rows: number;
  readonly dimension: number;
  /** Words that the format cannot hold (`unwritable: "skip"`). */
  readonly skippedWords: number;
}

/** Writes row by row. It gathers bytes: call `drain` now and then (each 1,000 rows, say), and `finish` at the end. */
export interface VectorWriter {
  /** `word` as string or bytes; `values` [D], borrowed. @throws ThawlineError OUTPUT_FAILED where the format cannot hold it */
  writeRow(word: string | Uint8Array, values: Float32Array): void;
  drain(): Promise<void>;
  finish(): Promise<WriteReport>;
}

const FLUSH_BYTES = 1 << 18;
const lineEnd = Uint8Array.of(0x0a);

/** What is known of the rows before they are written. */
export interface ExpectedRows {
  readonly rows: number;
  words(): readonly string[];
}

/**
 * Opens a writer. A format with a header needs `expected` beforehand, or a `spool` that takes the rows until their
 * number and words are known; without either they wait in memory.
 * @throws RangeError where options, a row's length or, in `finish`, the number of expected rows are wrong
 */
export function openVectorWriter(
  output: ByteOutput,
  options: WriteVectorsOptions & {
    readonly dimension: number;
    readonly expected?: ExpectedRows;
    readonly spool?: ByteSpool;
  },
): VectorWriter {
  const { dimension, expected, unwritable = "error", signal } = options;
  const { title, encoder } = encoderOf(options);
  const { header } = encoder;
  const words = createByteIndex();
  const builder = createByteBuilder();
  const list = createByteBuilder(1 << 12);
  const wordOutput = encoder.listsWords ? options.words : undefined;
  const spool = header === undefined || expected !== undefined ? undefined : (options.spool ?? memorySpool());
  if (header !== undefined && expected !== undefined)
    builder.append(header({ ...expected, dimension, words: () => expected.words() }));
  let rows = 0;
  let skippedWords = 0;

  async function flush(): Promise<void> {
    if (signal?.aborted) throw abortedError(signal);
    if (builder.length > 0) await (spool ?? output).write(builder.take());
    if (list.length > 0) await wordOutput?.write(list.take());
  }

  async function copySpool(from: ByteSpool, toHeader: NonNullable<typeof header>): Promise<void> {
    const { bytes, offsets } = words.content();
    await output.write(toHeader({ rows, dimension, words: () => decodeWords(bytes, offsets) }));
    for await (const chunk of from.read()) {
      if (signal?.aborted) throw abortedError(signal);
      await output.write(chunk);
    }
  }

  return {
    writeRow(word, values) {
      if (values.length !== dimension) throw new RangeError(`expected ${dimension} values, got ${values.length}`);
      const bytes = typeof word === "string" ? encodeWord(word) : word;
      const refusal = encoder.refuses(bytes);
      if (refusal !== undefined) {
        if (unwritable === "error") throw unwritableError(bytes, title, refusal);
        skippedWords++;
        return;
      }
      encoder.encode(builder, bytes, values);
      if (wordOutput !== undefined) {
        list.append(bytes);
        list.append(lineEnd);
      }
      if (encoder.needsWords && spool !== undefined) words.add(bytes, 0, bytes.length);
      rows++;
    },
    async drain() {
      if (builder.length >= FLUSH_BYTES) await flush();
    },
    async finish() {
      if (expected !== undefined && rows !== expected.rows)
        throw new RangeError(`${expected.rows} rows were announced, but ${rows} written`);
      await flush();
      if (spool !== undefined && header !== undefined) await copySpool(spool, header);
      return { rows, dimension, skippedWords };
    },
  };
}

/**
 * Writes a table to `output`, whose `data` [rows, D] is borrowed. Words must differ, as those of a read table do.
 * @throws RangeError where `data` is not rows × D; ThawlineError OUTPUT_FAILED for a word that the format cannot hold
 */
export async function writeVectors(
  output: ByteOutput,
  table: VectorTable,
  options: WriteVectorsOptions,
): Promise<WriteReport> {
  const { words, data, dimension } = table;
  if (data.length !== words.length * dimension)
    throw new RangeError(
      `${words.length} words of dimension ${dimension} need ${words.length * dimension} values, got ${data.length}`,
    );
  const { encoder } = encoderOf(options);
  const isSkipping = options.unwritable === "skip";
  const kept = isSkipping ? words.filter((word) => encoder.refuses(encodeWord(word)) === undefined) : words;
  const writer = openVectorWriter(output, {
    ...options,
    dimension,
    expected: { rows: kept.length, words: () => kept },
  });
  for (let row = 0; row < words.length; row++) {
    writer.writeRow(words[row], data.subarray(row * dimension, (row + 1) * dimension));
    if (row % 256 === 255) await writer.drain();
  }
  return writer.finish();
}

function encoderOf({ format: name, dtype = "f32" }: WriteVectorsOptions): {
  readonly title: string;
  readonly encoder: RowEncoder;
} {
  const encoder = Object.hasOwn(vectorFormats, name) ? vectorFormats[name].encoder : undefined;
  if (encoder === undefined) {
    const writable = Object.values(vectorFormats).filter((format) => format.encoder !== undefined);
    throw new RangeError(`format must be one of ${writable.map((format) => format.name).join(", ")}; got "${name}"`);
  }
  if (dtype === "f16" && name !== "safetensors" && name !== "npy")
    throw new RangeError(`dtype f16 exists in safetensors and npy only, not in ${name}`);
  return { title: vectorFormats[name].title, encoder: encoder({ dtype }) };
}

/** Writes a table to bytes in memory, fresh. Throws as `writeVectors`. */
export async function encodeVectors(table: VectorTable, options: WriteVectorsOptions): Promise<Uint8Array> {
  const whole = createByteBuilder();
  await writeVectors({ write: async (chunk) => whole.append(chunk) }, table, options);
  return whole.take();
}

function memorySpool(): ByteSpool {
  const chunks: Uint8Array[] = [];
  return {
    async write(chunk) {
      chunks.push(chunk);
    },
    async *read() {
      yield* chunks;
    },
  };
}

function unwritableError(word: Uint8Array, title: string, refusal: string): ThawlineError {
  return new ThawlineError(
    "OUTPUT_FAILED",
    `${title} cannot hold the word ${JSON.stringify(decodeWord(word))}: ${refusal}; write safetensors, or leave such words out with unwritable: "skip"`,
  );
}
