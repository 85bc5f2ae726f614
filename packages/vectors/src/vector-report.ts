/** One row that deserves a remark. `row` counts the file's rows from 0; `line` counts from 1, in text formats only. */
export interface RowNote {
  readonly word: string;
  readonly row: number;
  readonly line?: number;
}

/** How many rows, and the first few of them. */
export interface RowNotes {
  readonly count: number;
  readonly first: readonly RowNote[];
}

/** What a reader saw. Notes cover the rows that were looked at: with `wanted`, only wanted ones. */
export interface VectorReport {
  /** Rows in the file, or rows read before `limit` ended the reading. */
  readonly fileRows: number;
  readonly loadedRows: number;
  /** Rows that the file's header promises; differs from `fileRows` where the header lies. Absent without a header. */
  readonly headerRows?: number;
  /** True where `limit` ended the reading before the end of the file. */
  readonly limited: boolean;
  /** Rows left out because the same bytes stood as a word before. */
  readonly duplicates: RowNotes;
  /** Loaded rows whose components are all zero. */
  readonly zeroRows: RowNotes;
  /** Rows left out for a NaN or an infinity (`nonFinite: "skip"`). */
  readonly nonFiniteRows: RowNotes;
  /** Loaded words that are not valid UTF-8: see `decodeWord`. */
  readonly lossyWords: RowNotes;
  /** Loaded words that are empty or contain a space, a control character or another kind of white space. */
  readonly oddWords: RowNotes;
  /** Sentences for people: a header that lies, a byte order mark, and the like. */
  readonly warnings: readonly string[];
}
