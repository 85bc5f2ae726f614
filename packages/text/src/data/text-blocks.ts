import { FormatError } from "@thawline/core";
import { fileSignature } from "./file-signature.ts";
import { firstInvalidUtf8 } from "./invalid-utf8.ts";

/** Whole lines of a file: as bytes and as text, with the number of the first line (from 1). */
export interface TextBlock {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly line: number;
}

/** A line or record beyond this is taken for a mistake (no newline, an unclosed quote) before it fills the memory. */
export const longestRecordBytes = 64 * 1024 * 1024;

const newline = 0x0a;

/** Number of 0x0A in `bytes` from `start` to before `end`. */
export function countNewlines(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(newline, start); at !== -1 && at < end; at = bytes.indexOf(newline, at + 1)) count++;
  return count;
}

/** Joins chunks; a single one is returned as it is. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

/** Cuts chunks of any size into runs of whole lines; the last may lack its newline. */
async function* lineRuns(source: AsyncIterable<Uint8Array>, file: string | undefined): AsyncGenerator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for await (const chunk of source) {
    const cut = chunk.lastIndexOf(newline) + 1;
    if (cut > 0) {
      yield joinBytes([...pending, chunk.subarray(0, cut)]);
      pending = [];
      pendingBytes = 0;
    }
    if (cut === chunk.length) continue;
    pending.push(chunk.subarray(cut));
    pendingBytes += chunk.length - cut;
    if (pendingBytes > longestRecordBytes) {
      const limit = `${longestRecordBytes / 1024 / 1024} MB`;
      throw new FormatError(
        "BAD_DATA_FILE",
        `expected lines of text, found no line break within ${limit}`,
        file === undefined ? {} : { file },
      );
    }
  }
  if (pendingBytes > 0) yield joinBytes(pending);
}

/** Index of the first byte that cannot stand in a text file, and what it is; undefined where all is well. */
function firstBadByte(bytes: Uint8Array, isUtf8: boolean): { at: number; what: string } | undefined {
  const nul = bytes.indexOf(0);
  const invalid = isUtf8 ? -1 : firstInvalidUtf8(bytes);
  if (invalid !== -1 && (nul === -1 || invalid < nul)) {
    return { at: invalid, what: `a byte that is not valid UTF-8 (0x${bytes[invalid]!.toString(16).padStart(2, "0")})` };
  }
  return nul === -1 ? undefined : { at: nul, what: "a NUL byte" };
}

/**
 * Decodes a byte stream into blocks of whole lines. A UTF-8 byte order mark is dropped. Lines before a bad byte are
 * delivered before the error, so that what is seen does not depend on the size of the chunks.
 * Chunks are kept until their line is complete: the source must not write to them again.
 * @throws FormatError BAD_DATA_FILE with line and byte offset for invalid UTF-8, NUL bytes and endless lines
 */
export async function* textBlocks(source: AsyncIterable<Uint8Array>, file?: string): AsyncGenerator<TextBlock> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decode = (bytes: Uint8Array): string | undefined => {
    try {
      return decoder.decode(bytes);
    } catch {
      return undefined;
    }
  };
  let line = 1;
  let offset = 0;
  let head: Uint8Array | undefined;
  for await (const run of lineRuns(source, file)) {
    const hasMark = offset === 0 && run[0] === 0xef && run[1] === 0xbb && run[2] === 0xbf;
    const bytes = hasMark ? run.subarray(3) : run;
    head ??= bytes.slice(0, 8);
    offset += run.length - bytes.length;
    const text = decode(bytes);
    const bad = firstBadByte(bytes, text !== undefined);
    if (bad !== undefined) {
      const lineStart = bad.at === 0 ? 0 : bytes.lastIndexOf(newline, bad.at - 1) + 1;
      const before = bytes.subarray(0, lineStart);
      if (lineStart > 0) yield { bytes: before, text: decode(before)!, line };
      const looks = fileSignature(head);
      const advice = looks === undefined ? "convert the file to UTF-8" : `the file begins like ${looks}`;
      const where = { line: line + countNewlines(bytes, 0, lineStart), offset: offset + bad.at };
      const message = `expected UTF-8 text, found ${bad.what}; ${advice}`;
      throw new FormatError("BAD_DATA_FILE", message, file === undefined ? where : { file, ...where });
    }
    if (bytes.length > 0) yield { bytes, text: text!, line };
    line += countNewlines(bytes, 0, bytes.length);
    offset += bytes.length;
  }
}
