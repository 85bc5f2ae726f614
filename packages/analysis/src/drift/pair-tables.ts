import { type FloatArray, FormatError } from "@thawline/core";
import type { RowMatrix } from "../linear/row-matrix.ts";

/** A table of vectors by word, as any reader gives it. Borrowed. */
export interface WordTable {
  /** The word of row `firstRow + i`, in the order of the rows. */
  readonly words: readonly string[];
  /** `[R, D]` row-major, R ≥ firstRow + words. */
  readonly data: FloatArray;
  readonly dimension: number;
  /** Default 0. */
  readonly firstRow?: number;
}

/** The words that two tables share, and their rows in both. */
export interface TablePair {
  /** In the order of the first table. */
  readonly words: readonly string[];
  /** `[N, D]`; row i of both belongs to `words[i]`. */
  readonly before: RowMatrix;
  readonly after: RowMatrix;
  /** Words of one table alone. */
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  /** Rows left out because their word stands further up in the same table. */
  readonly duplicates: { readonly before: number; readonly after: number };
}

/** First row of each word. */
function rowsOf({ words, firstRow = 0 }: WordTable): Map<string, number> {
  const rows = new Map<string, number>();
  for (let i = 0; i < words.length; i++) if (!rows.has(words[i])) rows.set(words[i], firstRow + i);
  return rows;
}

/**
 * Pairs two tables by word; where a table has a word twice its first row counts. No numbers are copied.
 * @throws FormatError BAD_VECTOR_FILE where the dimensions differ, or no word is in both
 */
export function pairTables(before: WordTable, after: WordTable): TablePair {
  if (before.dimension !== after.dimension) {
    throw new FormatError(
      "BAD_VECTOR_FILE",
      `expected two tables of one dimension, got ${before.dimension} before and ${after.dimension} after: drift compares ` +
        "a table with what became of it",
    );
  }
  const old = rowsOf(before);
  const now = rowsOf(after);
  const words: string[] = [];
  const rows = { before: [] as number[], after: [] as number[] };
  for (const [word, row] of old) {
    const other = now.get(word);
    if (other === undefined) continue;
    words.push(word);
    rows.before.push(row);
    rows.after.push(other);
  }
  if (words.length === 0) {
    throw new FormatError(
      "BAD_VECTOR_FILE",
      `the two tables share no word: of ${old.size} words before (such as ${JSON.stringify(before.words[0])}) none is ` +
        `among the ${now.size} after (such as ${JSON.stringify(after.words[0])})`,
    );
  }
  return {
    words,
    before: { data: before.data, dimension: before.dimension, rows: Int32Array.from(rows.before) },
    after: { data: after.data, dimension: after.dimension, rows: Int32Array.from(rows.after) },
    onlyBefore: old.size - words.length,
    onlyAfter: now.size - words.length,
    duplicates: { before: before.words.length - old.size, after: after.words.length - now.size },
  };
}
