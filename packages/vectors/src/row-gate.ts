import { FormatError, ThawlineError } from "@thawline/core";
import { type ByteIndex, createByteIndex } from "./bytes/byte-index.ts";
import { decodeWord, encodeWord, hasEscapes } from "./bytes/word-codec.ts";
import type { RowNote, RowNotes, VectorReport } from "./vector-report.ts";

/** What a reader knows before the first row. */
export interface TableShape {
  readonly dimension: number;
  /** Most rows that the file's size has room for: bounds allocation. Unknown for compressed files and streams. */
  readonly maxRows: number | undefined;
  /**
   * How many rows to expect by what is known so far: a header, which may lie where `maxRows` does not bound it, or the
   * share of the source that the rows so far took.
   */
  expectedRows(): number | undefined;
}

/** Takes the rows that pass the gate. */
export interface RowConsumer {
  begin(shape: TableShape): void;
  /** `values` and `word` are borrowed. */
  row(values: Float32Array, word: Uint8Array): void;
  /** Awaited between chunks, so that an output can keep up. */
  drain?(): Promise<void>;
}

/** Where a row stands, for messages and for changing it in place. */
export interface RowLocation {
  readonly line?: number;
  /** Byte offset of the row. */
  readonly offset?: number;
  /** Byte offset of its numbers, where they stand in one piece. */
  readonly valuesOffset?: number;
}

/** Which rows to let through. */
export interface RowSelection {
  /** Only these words; all by default. */
  readonly wanted?: ReadonlySet<string>;
  /** Only the first so many rows of the file. */
  readonly limit?: number;
  /** What a row with NaN or infinity is: an error (default), or left out and reported. */
  readonly nonFinite?: "error" | "skip";
}

/**
 * The filter between a format's reader and the consumer: wanted words, limit, first duplicate wins, non-finite rows.
 * A reader calls, for each row: `mayWant` with the word's first segment, then `wants` with the whole word, then (having
 * parsed the numbers) `accept`; or only `skip`.
 */
export interface RowGate {
  /** True where not all words are wanted, so that `mayWant` is worth asking before the word is delimited. */
  readonly isFiltering: boolean;
  /** Whether the limit is reached. */
  readonly isFull: boolean;
  /** Rows of the file after which reading ends; infinity without a limit. */
  readonly limit: number;
  /** What `begin` said; 0 before. */
  readonly dimension: number;
  readonly fileRows: number;
  readonly loadedRows: number;
  begin(shape: TableShape): void;
  /** Whether any wanted word begins like this: has these bytes up to its first space. */
  mayWant(bytes: Uint8Array, start: number, end: number): boolean;
  /** Whether to parse this row: wanted, and not there yet. A duplicate is noted. */
  wants(bytes: Uint8Array, start: number, end: number, line?: number): boolean;
  /** Counts a row of the file, wanted or not. */
  count(): void;
  /** Hands on a row for which `wants` was true; call before `count`. @throws FormatError on NaN or infinity */
  accept(bytes: Uint8Array, start: number, end: number, values: Float32Array, at: RowLocation): void;
  headerSays(rows: number): void;
  warn(sentence: string): void;
  drain(): Promise<void>;
  report(): VectorReport;
  /** The accepted words, in order. */
  readonly kept: ByteIndex;
}

const NOTED = 10;

/** Creates the gate in front of `consumer`. `file` is for messages; `signal` is obeyed in `drain`. */
export function createRowGate(
  consumer: RowConsumer,
  selection: RowSelection & { readonly signal?: AbortSignal | undefined },
  file: string | undefined,
): RowGate {
  const { wanted, nonFinite = "error", signal } = selection;
  const limit = selection.limit ?? Number.POSITIVE_INFINITY;
  const wantedIndex = wanted && indexWords(wanted, false);
  const prefixIndex = wanted && indexWords(wanted, true);
  const kept = createByteIndex();
  const notes = {
    duplicates: noteList(),
    zeroRows: noteList(),
    nonFiniteRows: noteList(),
    lossyWords: noteList(),
    oddWords: noteList(),
  };
  const warnings: string[] = [];
  let fileRows = 0;
  let dimension = 0;
  let headerRows: number | undefined;

  const noteOf = (word: Uint8Array, line: number | undefined): RowNote =>
    line === undefined ? { word: decodeWord(word), row: fileRows } : { word: decodeWord(word), row: fileRows, line };

  return {
    isFiltering: wanted !== undefined,
    limit,
    get dimension() {
      return dimension;
    },
    get isFull() {
      return fileRows >= limit;
    },
    get fileRows() {
      return fileRows;
    },
    get loadedRows() {
      return kept.size;
    },
    kept,
    begin(shape) {
      dimension = shape.dimension;
      const selected = Math.min(limit, wanted?.size ?? Number.POSITIVE_INFINITY);
      consumer.begin({
        dimension: shape.dimension,
        maxRows: shape.maxRows === undefined ? undefined : Math.min(shape.maxRows, selected),
        expectedRows: () =>
          Number.isFinite(selected) ? Math.min(shape.expectedRows() ?? selected, selected) : shape.expectedRows(),
      });
    },
    mayWant: (bytes, start, end) => prefixIndex === undefined || prefixIndex.find(bytes, start, end) >= 0,
    wants(bytes, start, end, line) {
      if (wantedIndex !== undefined && wantedIndex.find(bytes, start, end) < 0) return false;
      if (kept.find(bytes, start, end) < 0) return true;
      notes.duplicates.add(() => noteOf(bytes.slice(start, end), line));
      return false;
    },
    count() {
      fileRows++;
    },
    accept(bytes, start, end, values, at) {
      const kind = classify(values);
      if (kind === NON_FINITE) {
        const note = noteOf(bytes.slice(start, end), at.line);
        if (nonFinite === "error") throw nonFiniteError(note, at, file);
        notes.nonFiniteRows.add(() => note);
        return;
      }
      const word = bytes.subarray(start, end);
      if (kind === ZERO) notes.zeroRows.add(() => noteOf(word, at.line));
      if (isOdd(word)) noteOddity(noteOf(word, at.line), notes);
      kept.add(bytes, start, end);
      consumer.row(values, word);
    },
    headerSays(rows) {
      headerRows = rows;
    },
    warn: (sentence) => void warnings.push(sentence),
    async drain() {
      if (signal?.aborted) throw abortedError(signal);
      await consumer.drain?.();
    },
    report: () => ({
      fileRows,
      loadedRows: kept.size,
      ...(headerRows === undefined ? {} : { headerRows }),
      limited: fileRows >= limit,
      duplicates: notes.duplicates.result(),
      zeroRows: notes.zeroRows.result(),
      nonFiniteRows: notes.nonFiniteRows.result(),
      lossyWords: notes.lossyWords.result(),
      oddWords: notes.oddWords.result(),
      warnings: [...warnings],
    }),
  };
}

/** The error of every operation that an AbortSignal ended; `cause` is the signal's reason. */
export function abortedError(signal: AbortSignal): ThawlineError {
  return new ThawlineError("ABORTED", "the operation was aborted", { cause: signal.reason });
}

function indexWords(words: ReadonlySet<string>, firstSegments: boolean): ByteIndex {
  const index = createByteIndex();
  for (const word of words) {
    const bytes = encodeWord(word);
    const space = firstSegments ? bytes.indexOf(0x20) : -1;
    const end = space < 0 ? bytes.length : space;
    if (index.find(bytes, 0, end) < 0) index.add(bytes, 0, end);
  }
  return index;
}

const ORDINARY = 0;
const ZERO = 1;
const NON_FINITE = 2;

function classify(values: Float32Array): number {
  let difference = 0;
  let hasNonZero = false;
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    // 0 for every finite value, NaN otherwise.
    difference += value - value;
    if (value !== 0) hasNonZero = true;
  }
  return difference !== 0 ? NON_FINITE : hasNonZero ? ORDINARY : ZERO;
}

/** Cheap test that lets through every ordinary ASCII word. */
function isOdd(word: Uint8Array): boolean {
  for (let at = 0; at < word.length; at++) if (word[at] <= 0x20 || word[at] >= 0x7f) return true;
  return word.length === 0;
}

type NoteList = ReturnType<typeof noteList>;

function noteOddity(note: RowNote, notes: { readonly lossyWords: NoteList; readonly oddWords: NoteList }): void {
  if (hasEscapes(note.word)) notes.lossyWords.add(() => note);
  if (note.word === "" || /[\s\p{Cc}\p{Cf}\p{Z}]/u.test(note.word)) notes.oddWords.add(() => note);
}

function noteList() {
  const first: RowNote[] = [];
  let count = 0;
  return {
    add(note: () => RowNote) {
      if (count++ < NOTED) first.push(note());
    },
    result: (): RowNotes => ({ count, first: [...first] }),
  };
}

function nonFiniteError(note: RowNote, at: RowLocation, file: string | undefined): FormatError {
  return new FormatError(
    "BAD_VECTOR_FILE",
    `the vector of ${JSON.stringify(note.word)} (row ${note.row + 1}) has a NaN or infinite component; leave such rows out with nonFinite: "skip", or repair the file`,
    {
      ...(file === undefined ? {} : { file }),
      ...(at.line === undefined ? {} : { line: at.line }),
      ...(at.offset === undefined ? {} : { offset: at.offset }),
    },
  );
}
