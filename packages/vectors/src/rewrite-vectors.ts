import { ThawlineError } from "@thawline/core";
import { createByteBuilder } from "./bytes/byte-builder.ts";
import type { ByteSource } from "./bytes/byte-source.ts";
import { decodeWord } from "./bytes/word-codec.ts";
import { encodeValues } from "./formats/encode-values.ts";
import { vectorFormats } from "./formats/vector-formats.ts";
import { appendFloat32 } from "./numbers/format-float32.ts";
import { openWindow } from "./open-window.ts";
import { type ReadVectorsOptions, readRowsThrough, type VectorFileInfo } from "./read-vectors.ts";
import { createRowGate, type RowGate, type RowLocation } from "./row-gate.ts";
import type { VectorDType, WritableFormatName } from "./vector-format.ts";
import type { ByteOutput } from "./write-vectors.ts";

/** How to rewrite. */
export interface RewriteVectorsOptions
  extends Pick<ReadVectorsOptions, "format" | "dimension" | "file" | "size" | "signal" | "platform" | "words"> {}

/** What was rewritten. */
export interface RewriteReport extends VectorFileInfo {
  readonly changedRows: number;
}

/** A stretch of the source that other bytes replace: up to the end of the line in text, else as many as replace it. */
interface Edit {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const FLUSH_BYTES = 1 << 18;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const RETURN = 0x0d;

/**
 * Copies a file of vectors to `output` with other values for some words. All bytes of rows that do not change are those
 * of the source, decimals and all; of rows that change only the numbers are written anew (and spaces before the end of
 * the line stay). Where a word stands twice its first row changes, which is the one that readers take.
 *
 * `open` gives the source, twice: it is read once to find the rows and once to copy. The output is not compressed.
 * @param changed values [D] by word, borrowed
 * @throws FormatError BAD_VECTOR_FILE; RangeError where a word is not in the file, a vector's length is not its
 * dimension, or the format cannot be written; ThawlineError OUTPUT_FAILED, ABORTED
 */
export async function rewriteVectors(
  open: () => ByteSource | Promise<ByteSource>,
  output: ByteOutput,
  { changed, ...options }: RewriteVectorsOptions & { readonly changed: ReadonlyMap<string, Float32Array> },
): Promise<RewriteReport> {
  const { edits, info } = await locateEdits(await open(), changed, options);
  const isText = info.format === "glove" || info.format === "word2vec";
  await copyWithEdits(await open(), output, { edits, isText, options });
  return { ...info, changedRows: edits.length };
}

async function locateEdits(
  source: ByteSource,
  changed: ReadonlyMap<string, Float32Array>,
  options: RewriteVectorsOptions,
) {
  const edits: Edit[] = [];
  const found: { readonly word: string; readonly offset: number }[] = [];
  let dimension = 0;
  const consumer = {
    begin: (shape: { readonly dimension: number }) => void (dimension = shape.dimension),
    row: () => {},
  };
  const settings = { ...options, wanted: new Set(changed.keys()), nonFinite: "skip" as const };
  const locate = (word: Uint8Array, offset: number) => void found.push({ word: decodeWord(word), offset });
  const info = await readRowsThrough(source, settings, (file) =>
    locatingGate(createRowGate(consumer, settings, file), locate),
  );
  const format = info.format as WritableFormatName;
  if (format === ("fasttext" as string))
    throw new RangeError("a fastText model cannot be rewritten; convert it to word2vec text first");
  for (const { word, offset } of found) {
    const values = changed.get(word)!;
    if (values.length !== dimension)
      throw new RangeError(
        `the vector of ${JSON.stringify(word)} has ${values.length} values; the file's dimension is ${dimension}`,
      );
    edits.push({ offset, bytes: encodeEdit(values, format, info.dtype) });
  }
  const places = new Set(found.map(({ word }) => word));
  for (const word of changed.keys())
    if (!places.has(word)) throw new RangeError(`${JSON.stringify(word)} is not in the file, so its row cannot change`);
  edits.sort((a, b) => a.offset - b.offset);
  return { edits, info };
}

/** Tells where the numbers of each row begin that the gate lets through, also of rows that are not finite. */
function locatingGate(gate: RowGate, locate: (word: Uint8Array, offset: number) => void): RowGate {
  const seen = new Set<string>();
  return {
    ...gate,
    get isFull() {
      return gate.isFull;
    },
    get dimension() {
      return gate.dimension;
    },
    get fileRows() {
      return gate.fileRows;
    },
    get loadedRows() {
      return gate.loadedRows;
    },
    accept(bytes, start, end, values, at: RowLocation) {
      const word = bytes.subarray(start, end);
      const name = decodeWord(word);
      if (!seen.has(name)) {
        seen.add(name);
        if (at.valuesOffset === undefined) throw new RangeError("this format cannot be rewritten in place");
        locate(word, at.valuesOffset);
      }
      gate.accept(bytes, start, end, values, at);
    },
  };
}

function encodeEdit(values: Float32Array, format: WritableFormatName, dtype: VectorDType | undefined): Uint8Array {
  const into = createByteBuilder(values.length * 16 + 16);
  if (format === "glove" || format === "word2vec") {
    for (let index = 0; index < values.length; index++) {
      if (index > 0) into.append(Uint8Array.of(SPACE));
      appendFloat32(into, values[index]);
    }
  } else {
    if (dtype === undefined)
      throw new ThawlineError(
        "OUTPUT_FAILED",
        `rows of this ${vectorFormats[format].title} file cannot be replaced in place: only little-endian float32 and float16 rows can; convert the file first`,
      );
    encodeValues(into, values, dtype);
  }
  return into.take();
}

async function copyWithEdits(
  source: ByteSource,
  output: ByteOutput,
  {
    edits,
    isText,
    options,
  }: { readonly edits: readonly Edit[]; readonly isText: boolean; readonly options: RewriteVectorsOptions },
): Promise<void> {
  const { window } = await openWindow(source, options);
  const gathered = createByteBuilder();
  try {
    for (const { offset, bytes } of edits) {
      await copyUntil(offset);
      gathered.append(bytes);
      if (isText) await skipNumbers();
      else await skip(bytes.length);
    }
    await copyUntil(Number.POSITIVE_INFINITY);
    await output.write(gathered.take());
  } finally {
    await window.close();
  }

  async function copyUntil(offset: number): Promise<void> {
    for (;;) {
      const end = Math.min(window.end, window.start + offset - (window.base + window.start));
      if (end > window.start) {
        gathered.append(window.bytes.subarray(window.start, end));
        window.start = end;
      }
      if (gathered.length >= FLUSH_BYTES) await output.write(gathered.take());
      if (window.start < window.end || window.atEnd || window.base + window.start >= offset) return;
      await window.fill();
    }
  }

  async function skip(count: number): Promise<void> {
    await window.need(count);
    window.start += count;
  }

  /** To the newline, but for the white space before it. */
  async function skipNumbers(): Promise<void> {
    let newline = window.bytes.subarray(0, window.end).indexOf(NEWLINE, window.start);
    while (newline < 0 && !window.atEnd) {
      await window.fill();
      newline = window.bytes.subarray(0, window.end).indexOf(NEWLINE, window.start);
    }
    let end = newline < 0 ? window.end : newline;
    while (end > window.start && (window.bytes[end - 1] === SPACE || window.bytes[end - 1] === RETURN)) end--;
    window.start = end;
  }
}
