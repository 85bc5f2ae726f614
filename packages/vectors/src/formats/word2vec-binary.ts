import { badFile, excerpt } from "../bad-file.ts";
import type { ByteWindow } from "../bytes/byte-window.ts";
import type { ReadContext, RowEncoder, VectorFormat } from "../vector-format.ts";
import { isBinaryBody } from "./binary-body.ts";
import { boundRows, countsHeader, parseCountsHeader, takeCountsHeader } from "./headers.ts";

const SPACE = 0x20;
const NEWLINE = 0x0a;
/** The original tool cuts words at 50 or 60 bytes, other writers do not. */
const MAX_WORD_BYTES = 1 << 16;

/**
 * Header line `V D`, then for each row the word, a space and D little-endian float32. The original tool adds a newline
 * after each vector, gensim and the GoogleNews file do not: newlines before a word are dropped, and no byte is ever
 * skipped blindly, for a float's byte can be a newline or a space. Fewer rows than the header promises is a truncated
 * file; bytes after the last row must be white space.
 */
export const word2vecBinaryFormat: VectorFormat = {
  name: "word2vec-binary",
  title: "word2vec binary",
  extension: ".bin",
  detects: (head) => {
    const header = parseCountsHeader(head.bytes);
    return header !== undefined && isBinaryBody(head, header.length, header.dimension, header.rows);
  },
  async read(context) {
    const { window, gate, size, file } = context;
    const header = await takeCountsHeader(context);
    const rowBytes = header.dimension * 4;
    const maxRows = size === undefined ? undefined : Math.floor(size / (rowBytes + 1));
    gate.begin({ dimension: header.dimension, maxRows, expectedRows: () => boundRows(header.rows, context) });
    const values = new Float32Array(header.dimension);
    const raw = new Uint8Array(values.buffer);
    while (gate.fileRows < header.rows && !gate.isFull) {
      const wordEnd = findWordEnd(window, rowBytes);
      if (wordEnd < 0) {
        await fetchRow(context, header.rows);
        continue;
      }
      const { bytes, start } = window;
      if (!gate.isFiltering || gate.mayWant(bytes, start, wordEnd)) {
        if (gate.wants(bytes, start, wordEnd)) {
          raw.set(bytes.subarray(wordEnd + 1, wordEnd + 1 + rowBytes));
          gate.accept(bytes, start, wordEnd, values, {
            offset: window.base + start,
            valuesOffset: window.base + wordEnd + 1,
          });
        }
      }
      gate.count();
      window.start = wordEnd + 1 + rowBytes;
    }
    if (!gate.isFull) await checkTrailer(window, file, header.rows);
    await gate.drain();
  },
  encoder: () => encoder,
};

const encoder: RowEncoder = {
  header: countsHeader,
  refuses: (word) =>
    word.includes(SPACE) || word.includes(NEWLINE)
      ? "word2vec binary ends a word at the first space or line break"
      : undefined,
  encode(into, word, values) {
    into.append(word);
    into.reserve(values.length * 4 + 2);
    into.bytes[into.length++] = SPACE;
    const view = new DataView(into.bytes.buffer, into.bytes.byteOffset + into.length);
    for (let index = 0; index < values.length; index++) view.setFloat32(index * 4, values[index], true);
    into.length += values.length * 4;
    into.bytes[into.length++] = NEWLINE;
  },
};

/** Drops newlines before the next word and returns where the word ends; −1 where the window lacks part of the row. */
function findWordEnd(window: ByteWindow, rowBytes: number): number {
  const { bytes, end } = window;
  while (window.start < end && bytes[window.start] === NEWLINE) window.start++;
  const stop = Math.min(end, window.start + MAX_WORD_BYTES);
  let at = window.start;
  while (at < stop && bytes[at] !== SPACE) at++;
  return at < stop && end - at > rowBytes ? at : -1;
}

/** Reads on until there is more of the next row. */
async function fetchRow({ window, gate, file }: ReadContext, rows: number): Promise<void> {
  const offset = window.base + window.start;
  const space = window.bytes.subarray(window.start, window.end).indexOf(SPACE);
  if (space < 0 && window.end - window.start >= MAX_WORD_BYTES) {
    const message = `no space within ${MAX_WORD_BYTES} bytes after row ${gate.fileRows}; this is not word2vec binary, or its dimension is another`;
    throw badFile(message, { file, offset });
  }
  if (window.atEnd) {
    const message = `the file ends in row ${gate.fileRows + 1} of the ${rows} that its header promises; it is truncated: fetch it again`;
    throw badFile(message, { file, offset });
  }
  await gate.drain();
  await window.fill();
}

async function checkTrailer(window: ByteWindow, file: string | undefined, rows: number): Promise<void> {
  for (;;) {
    for (; window.start < window.end; window.start++) {
      const byte = window.bytes[window.start];
      if (byte === SPACE || (byte >= 0x09 && byte <= 0x0d)) continue;
      throw badFile(
        `the header promises ${rows} rows, but more bytes follow them (${excerpt(window.bytes, window.start, window.end)}); the header is wrong, or the dimension is`,
        { file, offset: window.base + window.start },
      );
    }
    if (window.atEnd) return;
    await window.fill();
  }
}
