import { badFile, excerpt } from "./bad-file.ts";
import type { ByteSource } from "./bytes/byte-source.ts";
import { type BytePlatform, webPlatform } from "./bytes/platform.ts";
import { decodeWords } from "./bytes/word-codec.ts";
import { describeForeignFile, describeUnknownFile } from "./formats/foreign-files.ts";
import { detectionOrder, vectorFormats } from "./formats/vector-formats.ts";
import { readWordList, type WordList, type WordSource } from "./npy/words.ts";
import { openWindow } from "./open-window.ts";
import { createRowGate, type RowConsumer, type RowGate, type RowSelection } from "./row-gate.ts";
import { createTableBuilder } from "./table-builder.ts";
import type { FileFormatName, FileHead, VectorDType, VectorFormatName } from "./vector-format.ts";
import type { VectorReport } from "./vector-report.ts";

/** How to read a vector file. */
export interface ReadVectorsOptions extends RowSelection {
  /** Takes the file for this format whatever it looks like. By default the content decides. */
  readonly format?: VectorFormatName;
  /** The number of components, where GloVe text leaves doubt; must agree with a header. */
  readonly dimension?: number;
  /**
   * The words of a `.npy` array, which has none: a text with one a line, the words themselves, or where to get either
   * (asked for only if the file is such an array).
   */
  readonly words?: WordSource | (() => Promise<WordSource>);
  /** Name for messages. */
  readonly file?: string;
  /** Which file of a zip archive to read; not needed where it holds only one. */
  readonly entry?: string;
  /** Bytes of the source where it cannot tell itself: lets the table be allocated at once. */
  readonly size?: number;
  readonly signal?: AbortSignal;
  /** Called after each chunk with the bytes read so far, before unpacking; `totalBytes` where known. */
  readonly onProgress?: (progress: { readonly bytesRead: number; readonly totalBytes: number | undefined }) => void;
  /** The platform's own means; `nodePlatform` of the `./node` subpath is faster than the default. */
  readonly platform?: BytePlatform;
}

/** How the file was packed. */
export type Compression = "gzip" | "zip" | "none";

/** What a file was and held, without its rows. */
export interface VectorFileInfo {
  readonly format: VectorFormatName;
  readonly compression: Compression;
  readonly dimension: number;
  readonly report: VectorReport;
}

/** A table of vectors in memory. */
export interface VectorTable {
  readonly dimension: number;
  /** Row i's word; see `decodeWord` for words that are not valid UTF-8. No two are equal. */
  readonly words: readonly string[];
  /** [rows, D] row-major. */
  readonly data: Float32Array;
}

/** A table read from a file. `data.buffer` may be up to an eighth longer than `data`. */
export interface LoadedVectors extends VectorFileInfo, VectorTable {}

/**
 * Reads a table of vectors: GloVe text, word2vec text and binary, fastText `.bin`, `.npy` with words, safetensors, gzip
 * of each, or a file of a zip archive that is a Blob or in memory; told apart by content.
 * Streams: memory is the rows kept plus about 3 MiB. See `RowSelection` for reading only some words.
 * @throws FormatError BAD_VECTOR_FILE with line or byte offset; ThawlineError ABORTED; TypeError where `source` is none
 */
export async function readVectors(source: ByteSource, options: ReadVectorsOptions = {}): Promise<LoadedVectors> {
  const table = createTableBuilder();
  const { info, gate } = await readRows(source, table, options);
  const { bytes, offsets } = gate.kept.content();
  return { ...info, words: decodeWords(bytes, offsets), data: table.data() };
}

/**
 * Reads a file row by row into `consumer`, holding no table: what conversion needs. Selection, checks and errors are
 * those of `readVectors`.
 */
export async function readVectorRows(
  source: ByteSource,
  consumer: RowConsumer,
  options: ReadVectorsOptions = {},
): Promise<VectorFileInfo> {
  return (await readRows(source, consumer, options)).info;
}

async function readRows(
  source: ByteSource,
  consumer: RowConsumer,
  options: ReadVectorsOptions,
): Promise<{ info: VectorFileInfo; gate: RowGate }> {
  let gate: RowGate | undefined;
  const { dtype: _, ...info } = await readRowsThrough(source, options, (file) => {
    gate = createRowGate(consumer, options, file);
    return gate;
  });
  return { info, gate: gate! };
}

/** Reads rows into the gate that `makeGate` makes; `dtype` is the element type on disk, where rows can be replaced in place. */
export async function readRowsThrough(
  source: ByteSource,
  options: ReadVectorsOptions,
  makeGate: (file: string | undefined) => RowGate,
): Promise<VectorFileInfo & { readonly dtype: VectorDType | undefined }> {
  checkOptions(options);
  const { file, dimension } = options;
  const { window, size, compression, share } = await openWindow(source, options);
  try {
    const head = { bytes: window.bytes.subarray(window.start, window.end), isWhole: window.atEnd };
    if (head.bytes.length === 0) throw badFile("the file is empty", { file, offset: 0 });
    const format = vectorFormats[(options.format as FileFormatName | undefined) ?? detectFormat(head, file)];
    let dtype: VectorDType | undefined = "f32";
    const gate = makeGate(file);
    const estimateRows = () => {
      const read = share();
      return read === undefined || read === 0 ? undefined : Math.ceil(gate.fileRows / read);
    };
    const { searchable } = options.platform ?? webPlatform;
    const words = () => wordsOf(options);
    const storedAs = (stored: VectorDType | undefined) => void (dtype = stored);
    await format.read({ window, gate, file, size, dimension, searchable, estimateRows, words, storedAs });
    return { format: format.name, compression, dimension: gate.dimension, report: gate.report(), dtype };
  } finally {
    await window.close();
  }
}

function checkOptions({ dimension, limit, format }: ReadVectorsOptions): void {
  if (dimension !== undefined && (!Number.isInteger(dimension) || dimension < 1))
    throw new RangeError(`dimension must be a whole number above 0, got ${dimension}`);
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1))
    throw new RangeError(`limit must be a whole number above 0, got ${limit}`);
  if (format !== undefined && !Object.hasOwn(vectorFormats, format))
    throw new RangeError(`format must be one of ${Object.keys(vectorFormats).join(", ")}; got "${format}"`);
}

async function wordsOf({ words, file }: ReadVectorsOptions): Promise<WordList> {
  if (words === undefined)
    throw badFile("a .npy array has no words; pass them too, as a text with one word a line for each row", {
      file,
      offset: 0,
    });
  return readWordList(typeof words === "function" ? await words() : words, file);
}

/** The format that a file's first bytes show. @throws FormatError that says what it looks like instead */
export function detectFormat(head: FileHead, file?: string): FileFormatName {
  const foreign = describeForeignFile(head.bytes);
  if (foreign !== undefined) throw badFile(foreign, { file });
  const name = detectionOrder.find((candidate) => vectorFormats[candidate].detects(head));
  if (name !== undefined) return name;
  const unknown = describeUnknownFile(head.bytes);
  if (unknown !== undefined) throw badFile(unknown, { file });
  const tabs = head.bytes.subarray(0, 4096).includes(0x09)
    ? "; fields are separated by one space each, not by tabs"
    : "";
  throw badFile(`expected lines of a word and numbers separated by spaces, got ${excerpt(head.bytes)}${tabs}`, {
    file,
    line: 1,
  });
}
