import { ThawlineError } from "@thawline/core";
import { badFile, excerpt } from "./bad-file.ts";
import { type ByteSource, openSource } from "./bytes/byte-source.ts";
import { type ByteWindow, openByteWindow } from "./bytes/byte-window.ts";
import { isGzip, withGunzipErrors } from "./bytes/gunzip.ts";
import { type BytePlatform, webPlatform } from "./bytes/platform.ts";
import { decodeWords } from "./bytes/word-codec.ts";
import { describeForeignFile, describeUnknownFile } from "./formats/foreign-files.ts";
import { detectionOrder, vectorFormats } from "./formats/vector-formats.ts";
import { abortedError, createRowGate, type RowConsumer, type RowGate, type RowSelection } from "./row-gate.ts";
import { createTableBuilder } from "./table-builder.ts";
import type { FileHead, VectorFormatName } from "./vector-format.ts";
import type { VectorReport } from "./vector-report.ts";

const HEAD_BYTES = 1 << 17;

/** How to read a vector file. */
export interface ReadVectorsOptions extends RowSelection {
  /** Takes the file for this format whatever it looks like. By default the content decides. */
  readonly format?: VectorFormatName;
  /** The number of components, where GloVe text leaves doubt; must agree with a header. */
  readonly dimension?: number;
  /** Name for messages. */
  readonly file?: string;
  /** Bytes of the source where it cannot tell itself: lets the table be allocated at once. */
  readonly size?: number;
  readonly signal?: AbortSignal;
  /** Called after each chunk with the bytes read so far, before unpacking; `totalBytes` where known. */
  readonly onProgress?: (progress: { readonly bytesRead: number; readonly totalBytes: number | undefined }) => void;
  /** The platform's own means; `nodePlatform` of the `./node` subpath is faster than the default. */
  readonly platform?: BytePlatform;
}

/** What a file was and held, without its rows. */
export interface VectorFileInfo {
  readonly format: VectorFormatName;
  readonly compression: "gzip" | "none";
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
 * Reads a table of vectors: GloVe text, word2vec text and binary, safetensors, and gzip of each, told apart by content.
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
  const { file, dimension } = options;
  if (dimension !== undefined && (!Number.isInteger(dimension) || dimension < 1))
    throw new RangeError(`dimension must be a whole number above 0, got ${dimension}`);
  if (options.limit !== undefined && (!Number.isInteger(options.limit) || options.limit < 1))
    throw new RangeError(`limit must be a whole number above 0, got ${options.limit}`);
  if (options.format !== undefined && !Object.hasOwn(vectorFormats, options.format))
    throw new RangeError(`format must be one of ${Object.keys(vectorFormats).join(", ")}; got "${options.format}"`);
  const { window, size, compression, share } = await openWindow(source, options);
  try {
    const head = { bytes: window.bytes.subarray(window.start, window.end), isWhole: window.atEnd };
    if (head.bytes.length === 0) throw badFile("the file is empty", { file });
    const format = vectorFormats[options.format ?? detectFormat(head, file)];
    let found = 0;
    const begin: RowConsumer["begin"] = (shape) => {
      found = shape.dimension;
      consumer.begin(shape);
    };
    const gate = createRowGate({ ...consumer, begin }, options, file);
    const estimateRows = () => {
      const read = share();
      return read === undefined || read === 0 ? undefined : Math.ceil(gate.fileRows / read);
    };
    const { searchable } = options.platform ?? webPlatform;
    await format.read({ window, gate, file, size, dimension, searchable, estimateRows });
    return { info: { format: format.name, compression, dimension: found, report: gate.report() }, gate };
  } finally {
    await window.close();
  }
}

/** The format that a file's first bytes show. @throws FormatError that says what it looks like instead */
export function detectFormat(head: FileHead, file?: string): VectorFormatName {
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

/** Opens the source, through gunzip where its first bytes say so, with enough read to tell the format. */
async function openWindow(source: ByteSource, options: ReadVectorsOptions) {
  const opened = openSource(source);
  const size = opened.size ?? options.size;
  const raw = openByteWindow(watch(opened.chunks, size, options));
  try {
    await raw.need(3);
    if (!isGzip(raw.bytes.subarray(raw.start, raw.end))) {
      await raw.need(HEAD_BYTES);
      const share = () => (size === undefined ? undefined : (raw.base + raw.start) / size);
      return { window: raw, size, compression: "none" as const, share };
    }
    const unpacked = (options.platform ?? webPlatform).gunzip(drainWindow(raw));
    const window = openByteWindow(withGunzipErrors(unpacked, options.file));
    await window.need(HEAD_BYTES);
    if (isGzip(window.bytes.subarray(window.start, window.end)))
      throw badFile("the file is gzip-compressed twice; unpack it once", { file: options.file });
    // Ahead of the rows by what is buffered, so it underestimates them a little.
    const share = () => (size === undefined ? undefined : (raw.base + raw.end) / size);
    return { window, size: undefined, compression: "gzip" as const, share };
  } catch (error) {
    await raw.close();
    throw error;
  }
}

/** What is left of a window, as a stream of chunks that are the receiver's own. */
async function* drainWindow(window: ByteWindow): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      if (window.start < window.end) yield window.bytes.slice(window.start, window.end);
      window.start = window.end;
      if (window.atEnd) return;
      await window.fill();
    }
  } finally {
    await window.close();
  }
}

/** Reports progress and obeys the signal. */
async function* watch(
  chunks: AsyncIterable<Uint8Array>,
  totalBytes: number | undefined,
  options: ReadVectorsOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal, onProgress, file } = options;
  let bytesRead = 0;
  try {
    if (signal?.aborted) throw abortedError(signal);
    for await (const chunk of chunks) {
      yield chunk;
      bytesRead += chunk.length;
      onProgress?.({ bytesRead, totalBytes });
      if (signal?.aborted) throw abortedError(signal);
    }
  } catch (error) {
    if (ThawlineError.isInstance(error) || error instanceof TypeError) throw error;
    throw badFile("reading failed", { file, offset: bytesRead, cause: error });
  }
}
