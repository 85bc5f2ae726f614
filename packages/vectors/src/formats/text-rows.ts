import { badFile, excerpt } from "../bad-file.ts";
import { parseFloat32, parseRow } from "../numbers/parse-float32.ts";
import type { ReadContext } from "../vector-format.ts";

const SPACE = 0x20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Longest line: 65,536 numbers of 60 characters. What is longer is no text. */
const MAX_LINE_BYTES = 4 << 20;

/** Where the rows start and how they look, known from the file's head. */
export interface TextLayout {
  readonly dimension: number;
  /** Line number of the first row. */
  readonly firstLine: number;
  /** Rows that a header promises. */
  readonly headerRows?: number;
  /** Every line ends in CR LF. */
  readonly hasReturns: boolean;
}

/**
 * Feeds the gate from lines `word number … number`. Lines end at 0x0A and fields at 0x20 only; the last D fields are
 * the numbers and all before them is the word, so a word may contain spaces, NBSP or U+0085. One 0x0D is dropped from
 * each line if every line has it. Spaces before the end of a line and empty lines at the end of the file are tolerated.
 * With fewer rows than the header promises, a last line without newline counts as a truncated file; otherwise the
 * difference is a warning. Rows not wanted cost a search for the newline and a look-up, and are not checked.
 */
export async function readTextRows(context: ReadContext, layout: TextLayout): Promise<void> {
  const { window, gate, file, searchable } = context;
  const row = createRowReader(context, layout);
  let line = layout.firstLine;
  let searched = 0;
  for (;;) {
    const bytes = window.bytes;
    const filled = searchable(bytes.subarray(0, window.end));
    let start = window.start;
    for (let search = start + searched; !gate.isFull; search = start) {
      const newline = filled.indexOf(NEWLINE, search);
      if (newline < 0) break;
      row(bytes, start, newline, line++, true);
      start = newline + 1;
    }
    window.start = start;
    searched = window.end - start;
    if (gate.isFull || window.atEnd) break;
    if (searched > MAX_LINE_BYTES)
      throw badFile(`no end of line within ${MAX_LINE_BYTES} bytes; this is not a text file of vectors`, {
        file,
        line,
      });
    await gate.drain();
    await window.fill();
  }
  if (!gate.isFull && window.start < window.end) {
    row(window.bytes, window.start, window.end, line, false);
    window.start = window.end;
  }
  await gate.drain();
}

function createRowReader({ gate, file, window }: ReadContext, layout: TextLayout) {
  const { dimension, hasReturns, headerRows } = layout;
  const values = new Float32Array(dimension);
  let emptyLine = 0;

  /** Delimits the word from the right: the slow way, for words with spaces and for errors. */
  function splitFromRight(bytes: Uint8Array, start: number, end: number, line: number, complete: boolean): number {
    let at = end;
    for (let field = 0; field < dimension && at > start; field++) at = bytes.lastIndexOf(SPACE, at - 1);
    if (at < start || bytes[at] !== SPACE) throw dimensionError(bytes, start, end, line, complete);
    return at;
  }

  function dimensionError(bytes: Uint8Array, start: number, end: number, line: number, complete: boolean) {
    const found = countTrailingNumbers(bytes, start, end);
    const hint = complete ? "" : "; the file ends in the middle of this row, so it is probably truncated";
    return badFile(
      `expected a word and ${dimension} numbers, got ${found === dimension ? "something that is not a number" : `${found} number${found === 1 ? "" : "s"}`} in ${excerpt(bytes, start, end)}${hint}`,
      { file, line },
    );
  }

  return (bytes: Uint8Array, start: number, newline: number, line: number, complete: boolean): void => {
    let end = newline;
    if (end > start && bytes[end - 1] === RETURN) {
      if (!hasReturns)
        throw badFile("this line ends in CR LF but the first does not; make all line endings the same", { file, line });
      end--;
    } else if (hasReturns && complete) {
      throw badFile("the first line ends in CR LF but this one does not; make all line endings the same", {
        file,
        line,
      });
    }
    while (end > start && bytes[end - 1] === SPACE) end--;
    if (end === start) {
      emptyLine ||= line;
      return;
    }
    if (emptyLine > 0) throw badFile("an empty line stands between rows", { file, line: emptyLine });
    let wordEnd = start;
    while (bytes[wordEnd] !== SPACE && wordEnd < end) wordEnd++;
    // The last line of a file is always parsed: it shows whether the file is whole.
    if (complete && gate.isFiltering && !gate.mayWant(bytes, start, wordEnd)) {
      gate.count();
      return;
    }
    if (!parseRow(bytes, wordEnd + 1, end, values, dimension) || wordEnd === end) {
      wordEnd = splitFromRight(bytes, start, end, line, complete);
      if (!parseRow(bytes, wordEnd + 1, end, values, dimension))
        throw dimensionError(bytes, start, end, line, complete);
      if (endsInNumber(bytes, start, wordEnd)) throw dimensionError(bytes, start, end, line, complete);
    }
    if (!complete && headerRows !== undefined && gate.fileRows + 1 < headerRows) {
      throw badFile(
        `the file ends without a newline after ${gate.fileRows + 1} rows, but its header promises ${headerRows}; it is probably truncated`,
        { file, line },
      );
    }
    if (gate.wants(bytes, start, wordEnd, line))
      gate.accept(bytes, start, wordEnd, values, { line, valuesOffset: window.base + wordEnd + 1 });
    gate.count();
  };
}

/**
 * Whether a word with spaces ends in a number. Then the row has too many numbers rather than such a word: no known
 * table has such words, and a row of another dimension must not pass in silence.
 */
export function endsInNumber(bytes: Uint8Array, start: number, end: number): boolean {
  const space = bytes.subarray(start, end).lastIndexOf(SPACE);
  if (space < 0) return false;
  const value = parseFloat32(bytes, start + space + 1, end);
  return value !== undefined && Number.isFinite(value);
}

/** How many of a line's last fields are numbers, leaving at least one field as the word. */
export function countTrailingNumbers(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && (bytes[last - 1] === SPACE || bytes[last - 1] === RETURN)) last--;
  let count = 0;
  while (last > start) {
    const space = bytes.lastIndexOf(SPACE, last - 1);
    if (space < start || parseFloat32(bytes, space + 1, last) === undefined) break;
    count++;
    last = space;
  }
  return count;
}
