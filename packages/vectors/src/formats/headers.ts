import { badFile, excerpt } from "../bad-file.ts";
import type { ReadContext, TableTotals } from "../vector-format.ts";

/** Greatest dimension that is believed. */
export const MAX_DIMENSION = 65_536;
const MAX_HEADER_BYTES = 64;

/** The first line of word2vec files: `V D`. */
export interface CountsHeader {
  readonly rows: number;
  readonly dimension: number;
  /** Bytes of the line, its newline included. */
  readonly length: number;
  readonly hasReturn: boolean;
}

/** Parses a line `V D` (trailing spaces tolerated) at the beginning of `bytes`; undefined where it is anything else. */
export function parseCountsHeader(bytes: Uint8Array): CountsHeader | undefined {
  const start = hasByteOrderMark(bytes) ? 3 : 0;
  const newline = bytes.subarray(0, start + MAX_HEADER_BYTES).indexOf(0x0a, start);
  if (newline < 0) return undefined;
  const match = /^(\d{1,15}) (\d{1,9}) *(\r?)$/.exec(String.fromCharCode(...bytes.subarray(start, newline)));
  if (match === null) return undefined;
  return { rows: Number(match[1]), dimension: Number(match[2]), length: newline + 1, hasReturn: match[3] === "\r" };
}

/** Reads the header at the window's start and moves behind it. @throws FormatError where there is none */
export async function takeCountsHeader(context: ReadContext): Promise<CountsHeader> {
  const { window, file, dimension } = context;
  await window.need(MAX_HEADER_BYTES + 3);
  const bytes = window.bytes.subarray(window.start, window.end);
  const header = parseCountsHeader(bytes);
  if (header === undefined) {
    throw badFile(
      `expected the first line to be "rows dimension", as in "3000000 300", got ${excerpt(firstLine(bytes))}`,
      { file, line: 1 },
    );
  }
  checkDimension(header.dimension, { file, line: 1 });
  if (dimension !== undefined && dimension !== header.dimension) {
    throw badFile(`the header says dimension ${header.dimension}, but dimension ${dimension} was asked for`, {
      file,
      line: 1,
    });
  }
  skipByteOrderMark(context);
  window.start += header.length - (hasByteOrderMark(bytes) ? 3 : 0);
  context.gate.headerSays(header.rows);
  return header;
}

/** @throws FormatError where a file's dimension is beyond reason */
export function checkDimension(
  dimension: number,
  at: { file: string | undefined; line?: number; offset?: number },
): void {
  if (dimension >= 1 && dimension <= MAX_DIMENSION) return;
  throw badFile(`the dimension is ${dimension}; between 1 and ${MAX_DIMENSION} was expected`, at);
}

/** The line `V D\n`. */
export function countsHeader({ rows, dimension }: TableTotals): Uint8Array {
  return new TextEncoder().encode(`${rows} ${dimension}\n`);
}

/** Most rows that a text file can hold: a word may be empty, and a number takes two bytes with its space. */
export function boundTextRows({ size }: ReadContext, dimension: number): number | undefined {
  return size === undefined ? undefined : Math.ceil((size + 1) / (2 * dimension + 1));
}

/** The header's rows as far as the size bounds them, else no more than the rows so far let expect. */
export function boundRows(headerRows: number, { size, estimateRows }: ReadContext): number | undefined {
  const estimate = size === undefined ? estimateRows() : headerRows;
  return estimate === undefined ? undefined : Math.min(headerRows, estimate);
}

/** True for a UTF-8 byte order mark that is not itself the first word. */
export function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && bytes[3] !== 0x20;
}

/** Moves behind a byte order mark and notes it: it is not part of the first word. */
export function skipByteOrderMark({ window, gate }: ReadContext): void {
  if (!hasByteOrderMark(window.bytes.subarray(window.start, window.end))) return;
  window.start += 3;
  gate.warn("the file begins with a UTF-8 byte order mark, which was not taken as part of the first word");
}

function firstLine(bytes: Uint8Array): Uint8Array {
  const newline = bytes.indexOf(0x0a);
  return newline < 0 ? bytes : bytes.subarray(0, newline);
}
