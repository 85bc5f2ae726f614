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

function checksumOf(word: string, bits: Uint32Array): number {
  let hash = 0x5bd1e995;
  for (let i = 0; i < word.length; i++) hash = mix(hash, word.charCodeAt(i));
  hash = mix(hash, word.length);
  for (let i = 0; i < bits.length; i++) hash = mix(hash, bits[i]!);
  return finish(hash);
}

/** The same bytes as whole numbers. A view, where the row's place allows. */
function bitsOf(row: Float32Array): Uint32Array {
  return row.byteOffset % 4 === 0
    ? new Uint32Array(row.buffer, row.byteOffset, row.length)
    : new Uint32Array(row.slice().buffer);
}

/**
 * Returns a checksum of each row over its word **and its content**: [V] uint32, fresh. To be taken where rows are known
 * to be right and kept with them: a table that was shifted, two rows that were swapped, or rows of another run then show,
 * whatever was done to the hash of the file. Meant against mistakes, not against forgers: 32 bits a row.
 * @remarks MurmurHash3 (32 bits) over the word's UTF-16 code units, their number and the float32 bits.
 */
export function rowChecksums({ words, rowOf }: NamedRows): Uint32Array {
  return Uint32Array.from(words, (word, row) => checksumOf(word, bitsOf(rowOf(row))));
}

/** Rows looked at on either side of a wrong one, to say where its vector went. */
const searched = 1000;

/** Says where the vector of the word of row `row` is now. */
function whereIs({ words, checksums, rowOf }: RecordedRows, row: number): string {
  const word = words[row]!;
  const holdsAt = (at: number, name: string, expected: number): boolean =>
    checksumOf(name, bitsOf(rowOf(at))) === expected;
  for (let step = 1; step <= searched; step++) {
    for (const other of [row + step, row - step]) {
      if (other < 0 || other >= words.length || !holdsAt(other, word, checksums[row]!)) continue;
      const otherWord = quoteText(words[other]!, 40);
      if (holdsAt(row, words[other]!, checksums[other]!)) return `rows ${row} and ${other} (${otherWord}) are swapped`;
      if (step === 1) return `that is in row ${other}, the row of ${otherWord}: the table is shifted by one row`;
      return `that is in row ${other}, the row of ${otherWord}`;
    }
  }
  for (let other = 0; other < words.length; other++) {
    if (other !== row && holdsAt(row, words[other]!, checksums[other]!)) {
      return `it holds that of ${quoteText(words[other]!, 40)}, which belongs to row ${other}`;
    }
  }
  return "no row near it does: it was changed, or comes from another file or run";
}

/**
 * Verifies that every row still belongs to its word and has the content that it was recorded with.
 * @throws ThawlineError ALIGNMENT_MISMATCH naming the first row that does not, its word, and where that word's vector is
 */
export function verifyRowChecksums(recorded: RecordedRows): void {
  const { words, checksums, rowOf, where } = recorded;
  const prefix = where === undefined ? "" : `${where}: `;
  const fail = (what: string): never => {
    const advice = "Take words and vectors from one run, unchanged";
    throw new ThawlineError("ALIGNMENT_MISMATCH", `${prefix}words and rows do not belong together: ${what}. ${advice}`);
  };
  if (checksums.length !== words.length) {
    fail(`there are ${words.length} words, but ${checksums.length} rows were recorded`);
  }
  for (const [row, word] of words.entries()) {
    if (checksumOf(word, bitsOf(rowOf(row))) === checksums[row]) continue;
    fail(`row ${row} does not hold the vector of its word ${quoteText(word, 40)}: ${whereIs(recorded, row)}`);
  }
}
