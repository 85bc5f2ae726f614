import { type FileLocation, FormatError } from "@thawline/core";
import type { Dataset, SkippedRow } from "./dataset.ts";

/** Takes rows from a parser in the order of the file. */
export interface RowCollector {
  /** A row; what is undefined or white space only is missing. The label is trimmed, the text kept as it is. */
  row(line: number, label: string | undefined, text: string | undefined): void;
  skip(line: number, reason: string): void;
  /** A blank line: left out and counted, unless only blank lines follow. */
  blank(line: number): void;
  /** Throws FormatError BAD_DATA_FILE at a place in this file. */
  fail(message: string, where?: FileLocation, cause?: unknown): never;
  finish(): Dataset;
}

const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === "";

/**
 * Collects labelled rows; counts those without text or label and keeps the first `maxReported` of them.
 * @throws FormatError BAD_DATA_FILE at the first row left out, where `strict`
 */
export function createRowCollector(options: {
  readonly file?: string | undefined;
  readonly strict: boolean;
  readonly maxReported: number;
}): RowCollector {
  const { file, strict, maxReported } = options;
  const texts: string[] = [];
  const labels: string[] = [];
  const lines: number[] = [];
  const skipped: SkippedRow[] = [];
  let skippedRows = 0;
  let waitingBlanks: number[] = [];

  const fail = (message: string, where: FileLocation = {}, cause?: unknown): never => {
    const location = file === undefined ? where : { file, ...where };
    throw new FormatError("BAD_DATA_FILE", message, location, cause === undefined ? undefined : { cause });
  };
  const leaveOut = (line: number, reason: string): void => {
    if (strict) fail(`${reason}; strict reading takes no incomplete row`, { line });
    skippedRows++;
    if (skipped.length < maxReported) skipped.push({ line, reason });
  };
  const flushBlanks = (): void => {
    for (const line of waitingBlanks) leaveOut(line, "blank line");
    waitingBlanks = [];
  };
  const skip = (line: number, reason: string): void => {
    if (waitingBlanks.length > 0) flushBlanks();
    leaveOut(line, reason);
  };
  const row = (line: number, label: string | undefined, text: string | undefined): void => {
    const noText = isBlank(text);
    const noLabel = isBlank(label);
    if (noText || noLabel) {
      skip(line, noText && noLabel ? "no text and no label" : noText ? "no text" : "no label");
      return;
    }
    if (waitingBlanks.length > 0) flushBlanks();
    texts.push(text!);
    labels.push(label!.trim());
    lines.push(line);
  };
  const finish = (): Dataset => {
    const rows = texts.length;
    if (rows === 0 && skippedRows === 0) fail("expected labelled rows, found none");
    if (rows === 0) {
      const first = skipped[0] === undefined ? "" : `; the first, line ${skipped[0].line}: ${skipped[0].reason}`;
      fail(`expected labelled rows, all ${skippedRows} were left out${first}`);
    }
    return { texts, labels, lines, rows, skippedRows, skipped, ...(file === undefined ? {} : { file }) };
  };
  return {
    row,
    skip,
    blank: (line) => {
      waitingBlanks.push(line);
    },
    fail,
    finish,
  };
}
