import { ThawlineError } from "@thawline/core";
import { quoteText } from "../util/quote-text.ts";
import type { LoadedVectors } from "../vocabulary/loaded-vectors.ts";

/** The vector that a word should have, [D], or undefined where it is not known. */
export type RowSource = (word: string) => ArrayLike<number> | undefined;

/** Which rows to verify, against what. */
export interface VerifyRowsOptions {
  /** [V] the word of each row; "" (padding) is passed over. */
  readonly words: readonly string[];
  /** [V, D] float32, borrowed. */
  readonly data: Float32Array;
  readonly dimension: number;
  readonly source: RowSource;
  /** Rows to look at. Default all: only then is every swap of two rows found. */
  readonly sample?: Iterable<number>;
  /** File or stage, for the message. */
  readonly where?: string;
}

/** How much was verified. */
export interface VerifiedRows {
  /** Rows that hold exactly the vector of their word. */
  readonly checked: number;
  /** Rows whose word the source does not know. */
  readonly unknown: number;
}

/** The vectors of a table by their words, of equal words the first. Borrows the table. */
export function rowSource({ words, data, dimension, firstRow = 0 }: LoadedVectors): RowSource {
  const rows = new Map<string, number>();
  words.forEach((word, row) => {
    if (!rows.has(word)) rows.set(word, firstRow + row);
  });
  return (word) => {
    const row = rows.get(word);
    return row === undefined ? undefined : data.subarray(row * dimension, (row + 1) * dimension);
  };
}

function holds({ data, dimension }: VerifyRowsOptions, row: number, vector: ArrayLike<number>): boolean {
  if (vector.length !== dimension) return false;
  for (let d = 0; d < dimension; d++) if (!Object.is(data[row * dimension + d], Math.fround(vector[d]!))) return false;
  return true;
}

/** Says where the vector of row `row`'s word went. */
function diagnosis(options: VerifyRowsOptions, row: number, vector: ArrayLike<number>): string {
  const { words, source, dimension } = options;
  if (vector.length !== dimension) return `its vector has ${vector.length} numbers, the table's rows ${dimension}`;
  // The nearest row first: a table of rows that are all zero would otherwise look shifted by many.
  for (let step = 1; step < words.length; step++) {
    for (const other of [row + step, row - step]) {
      if (other < 0 || other >= words.length || !holds(options, other, vector)) continue;
      const word = quoteText(words[other]!, 40);
      const back = source(words[other]!);
      if (back !== undefined && holds(options, row, back)) return `rows ${row} and ${other} (${word}) are swapped`;
      const place = `that is in row ${other}, the row of ${word}`;
      return step === 1 ? `${place}: the table is shifted by one row` : place;
    }
  }
  return "no row of the table does: it was changed, or comes from another file or run";
}

/**
 * Verifies that rows hold, to the bit, the vectors of their words: that ids resolve to the rows they were made for.
 * Meant for a table before its training, or for rows that were frozen.
 * @throws ThawlineError ALIGNMENT_MISMATCH naming the first row that does not, its word, and where that word's vector
 * is; also where the source knows none of the words
 * @throws RangeError where `data` is not [V, D], or `sample` has something that is no row
 */
export function verifyRows(options: VerifyRowsOptions): VerifiedRows {
  const { words, data, dimension, source, sample = words.keys(), where } = options;
  if (data.length !== words.length * dimension) {
    throw new RangeError(`data holds ${words.length} rows of ${dimension} float32, got ${data.length}`);
  }
  const prefix = where === undefined ? "" : `${where}: `;
  let checked = 0;
  let unknown = 0;
  for (const row of sample) {
    const word = words[row];
    if (word === undefined) throw new RangeError(`a row is from 0 to ${words.length - 1}, got ${row}`);
    if (word === "") continue;
    const vector = source(word);
    if (vector === undefined) unknown++;
    else if (holds(options, row, vector)) checked++;
    else {
      const what = `row ${row} does not hold the vector of its word ${quoteText(word, 40)}: ${diagnosis(options, row, vector)}`;
      throw new ThawlineError("ALIGNMENT_MISMATCH", `${prefix}${what}. Take words and vectors from one run, unchanged`);
    }
  }
  if (checked === 0 && unknown > 0) {
    const shown = words.find((word) => word !== "") ?? "";
    throw new ThawlineError(
      "ALIGNMENT_MISMATCH",
      `${prefix}none of ${unknown} words (such as ${quoteText(shown, 40)}) is known to the vectors they should come from: the vocabulary is another run's`,
    );
  }
  return { checked, unknown };
}
