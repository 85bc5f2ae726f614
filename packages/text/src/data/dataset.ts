/** A row that was left out: the line it starts on (from 1) and why. */
export interface SkippedRow {
  readonly line: number;
  readonly reason: string;
}

/** Labelled texts in the order of their file. The three arrays have the same length. */
export interface Dataset {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
  /** Line on which each row starts, from 1. */
  readonly lines: readonly number[];
  /** Number of rows kept, the length of the arrays. */
  readonly rows: number;
  /** Number of rows left out, all of them. */
  readonly skippedRows: number;
  /** The first rows left out. */
  readonly skipped: readonly SkippedRow[];
  /** Name of the file for messages, where known. */
  readonly file?: string;
}

/** Makes a dataset of texts and labels in memory; line i + 1 is row i. */
export function datasetOf(texts: readonly string[], labels: readonly string[]): Dataset {
  if (texts.length !== labels.length) {
    throw new RangeError(`texts and labels have the same length, got ${texts.length} and ${labels.length}`);
  }
  const lines = texts.map((_, index) => index + 1);
  return { texts, labels, lines, rows: texts.length, skippedRows: 0, skipped: [] };
}
