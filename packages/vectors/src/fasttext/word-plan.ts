import { badFile } from "../bad-file.ts";
import { createByteBuilder } from "../bytes/byte-builder.ts";
import { createIntList } from "../numbers/int-list.ts";
import type { InputMatrix } from "./input-matrix.ts";
import type { WordRows } from "./word-rows.ts";

/** Words that were chosen from the dictionary, in its order. */
export interface ChosenWords {
  readonly count: number;
  add(bytes: Uint8Array, start: number, end: number, id: number): void;
  /** Row in the dictionary; −1 for a word that it lacks. */
  idOf(index: number): number;
  /** Borrowed. */
  bytesOf(index: number): Uint8Array;
}

/** Creates an empty list. */
export function createChosenWords(): ChosenWords {
  const arena = createByteBuilder(1 << 12);
  const ends = createIntList();
  const ids = createIntList();
  return {
    get count() {
      return ids.length;
    },
    add(bytes, start, end, id) {
      arena.append(bytes.subarray(start, end));
      ends.push(arena.length);
      ids.push(id);
    },
    idOf: (index) => ids.values()[index],
    bytesOf: (index) => arena.bytes.subarray(index === 0 ? 0 : ends.values()[index - 1], ends.values()[index]),
  };
}

/** Rows of the input matrix that make up each word: word i has rows[offsets[i]] … rows[offsets[i + 1] − 1]. */
export interface WordPlan {
  readonly offsets: Int32Array;
  readonly rows: Int32Array;
}

/** Finds the rows of all chosen words. @throws FormatError where one lies outside the matrix */
export function planWords(
  words: ChosenWords,
  rule: WordRows,
  { rows: matrixRows, offset }: InputMatrix,
  file: string | undefined,
): WordPlan {
  const offsets = new Int32Array(words.count + 1);
  const rows = createIntList();
  for (let index = 0; index < words.count; index++) {
    for (const row of rule.rowsOf(words.bytesOf(index), words.idOf(index))) {
      if (row >= matrixRows)
        throw badFile(
          `a word needs row ${row} of the input matrix, which has ${matrixRows}; the settings, the dictionary or the matrix is damaged`,
          { file, offset },
        );
      rows.push(row);
    }
    offsets[index + 1] = rows.length;
  }
  return { offsets, rows: rows.values() };
}
