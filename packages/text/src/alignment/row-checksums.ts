import { ThawlineError } from "@thawline/core";
import { quoteText } from "../util/quote-text.ts";

/** Rows and their words. */
export interface NamedRows {
  /** [V] the word of each row; any name that tells a row from others where rows are no words'. */
  readonly words: readonly string[];
  readonly dimension: number;
  /** Values [D] of a row, float32; borrowed until the next call. */
  rowOf(row: number): Float32Array;
}

/** What was recorded of rows, and where they are used now. */
export interface RecordedRows extends NamedRows {
  /** [V] what `rowChecksums` gave when they were written. */
  readonly checksums: Uint32Array;
  /** File or stage, for the message. */
  readonly where?: string;
}

/** Rounds of MurmurHash3 (32 bits, public domain, Austin Appleby). */
function mix(hash: number, word: number): number {
  const k = Math.imul(word, 0xcc9e2d51);
  const h = hash ^ Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Checksum of a row over a word and its content. */
type RowChecksum = (word: string, row: Float32Array) => number;

/** Rows of one table share its memory: it is looked at as whole numbers once, not once a row. */
function createRowChecksum(): RowChecksum {
  let buffer: ArrayBufferLike | undefined;
  let bits: Uint32Array = new Uint32Array(0);
  return (word, row) => {
    if (row.buffer !== buffer) {
      buffer = row.buffer;
      bits = new Uint32Array(buffer, 0, buffer.byteLength >>> 2);
    }
    let hash = 0x5bd1e995;
    for (let i = 0; i < word.length; i++) hash = mix(hash, word.charCodeAt(i));
    hash = mix(hash, word.length);
    const start = row.byteOffset >>> 2;
    for (let i = start; i < start + row.length; i++) hash = mix(hash, bits[i]!);
    return finish(hash);
  };
}

/**
 * Returns a checksum of each row over its word **and its content**: [V] uint32, fresh. To be taken where rows are known
 * to be right and kept with them: a table that was shifted, two rows that were swapped, or rows of another run then show,
 * whatever was done to the hash of the file. Meant against mistakes, not against forgers: 32 bits a row.
 * @remarks MurmurHash3 (32 bits) over the word's UTF-16 code units, their number and the float32 bits.
 */
export function rowChecksums({ words, rowOf }: NamedRows): Uint32Array {
  const checksumOf = createRowChecksum();
  const checksums = new Uint32Array(words.length);
  for (let row = 0; row < words.length; row++) checksums[row] = checksumOf(words[row]!, rowOf(row));
  return checksums;
}

/** Rows looked at on either side of a wrong one, to say where its vector went. */
const searched = 1000;

/** Where a row's vector or word went. */
interface Whereabouts {
  /** True where it is elsewhere in the table: rows or words were moved, and not merely changed. */
  readonly isMoved: boolean;
  readonly text: string;
}

/** Says where the vector of the word of row `row` is now, or whose vector the row holds. */
function whereIs({ words, checksums, rowOf }: RecordedRows, row: number): Whereabouts {
  const word = words[row]!;
  const checksumOf = createRowChecksum();
  const holdsAt = (at: number, name: string, expected: number | undefined): boolean =>
    checksumOf(name, rowOf(at)) === expected;
  const moved = (text: string): Whereabouts => ({ isMoved: true, text });
  for (let step = 1; step <= searched; step++) {
    for (const other of [row + step, row - step]) {
      if (other < 0 || other >= words.length || !holdsAt(other, word, checksums[row])) continue;
      const otherWord = quoteText(words[other]!, 40);
      if (holdsAt(row, words[other]!, checksums[other])) {
        return moved(`rows ${row} and ${other} (${otherWord}) are swapped`);
      }
      const place = `that is in row ${other}, the row of ${otherWord}`;
      return moved(step === 1 ? `${place}: the table is shifted by one row` : place);
    }
  }
  for (let other = 0; other < words.length; other++) {
    if (other === row) continue;
    const otherWord = quoteText(words[other]!, 40);
    if (holdsAt(row, words[other]!, checksums[row])) {
      return moved(`it holds that of ${otherWord}, which the vocabulary now has in row ${other}: words were moved`);
    }
    if (other < checksums.length && holdsAt(row, words[other]!, checksums[other])) {
      return moved(`it holds that of ${otherWord}, which belongs to row ${other}`);
    }
  }
  return { isMoved: false, text: "no row near it does: it was changed, or comes from another file or run" };
}

/** A row that does not hold the vector of its word. */
export interface MisalignedRow {
  /** −1 where the number of rows alone is wrong. */
  readonly row: number;
  /** True where the vector or the word is elsewhere in the table; false where it was changed, or is another run's. */
  readonly isMoved: boolean;
  /** How many rows do not. */
  readonly rows: number;
  /** Which word, and where its vector is. */
  readonly text: string;
}

/** Finds the first row that does not belong to its word with the content that it was recorded with; undefined: all do. */
export function findMisalignedRow(recorded: RecordedRows): MisalignedRow | undefined {
  const { words, checksums, rowOf } = recorded;
  if (checksums.length !== words.length) {
    const text = `there are ${words.length} words, but ${checksums.length} rows were recorded`;
    return { row: -1, isMoved: false, rows: Math.abs(words.length - checksums.length), text };
  }
  const checksumOf = createRowChecksum();
  let first = -1;
  let rows = 0;
  for (let row = 0; row < words.length; row++) {
    if (checksumOf(words[row]!, rowOf(row)) === checksums[row]) continue;
    if (first < 0) first = row;
    rows++;
  }
  if (first < 0) return undefined;
  const { isMoved, text } = whereIs(recorded, first);
  const shown = quoteText(words[first]!, 40);
  const many = rows === 1 ? "" : ` (${rows} rows are wrong)`;
  return {
    row: first,
    isMoved,
    rows,
    text: `row ${first} does not hold the vector of its word ${shown}: ${text}${many}`,
  };
}

/** The error of a misaligned row. */
export function misalignment({ text }: MisalignedRow, where?: string): ThawlineError {
  const prefix = where === undefined ? "" : `${where}: `;
  return new ThawlineError(
    "ALIGNMENT_MISMATCH",
    `${prefix}words and rows do not belong together: ${text}. Take words and vectors from one run, unchanged`,
  );
}

/**
 * Verifies that every row still belongs to its word and has the content that it was recorded with.
 * @throws ThawlineError ALIGNMENT_MISMATCH naming the first row that does not, its word, and where that word's vector is
 */
export function verifyRowChecksums(recorded: RecordedRows): void {
  const wrong = findMisalignedRow(recorded);
  if (wrong !== undefined) throw misalignment(wrong, recorded.where);
}
