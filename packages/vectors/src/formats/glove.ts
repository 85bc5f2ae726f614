import { badFile, excerpt } from "../bad-file.ts";
import type { FileHead, ReadContext, VectorFormat } from "../vector-format.ts";
import { boundTextRows, checkDimension, hasByteOrderMark, skipByteOrderMark } from "./headers.ts";
import { countTrailingNumbers, readTextRows } from "./text-rows.ts";
import { textRowEncoder } from "./text-writer.ts";

/** Lines that are looked at to find the dimension. */
const SAMPLE_LINES = 200;

/**
 * Text without a header, one row a line: what the GloVe project distributes. The dimension is the count of numbers
 * at the end of a line on which most of the first 200 lines agree (the greater one at a tie, so that a row of another
 * dimension is an error and not an odd word).
 */
export const gloveFormat: VectorFormat = {
  name: "glove",
  title: "GloVe text",
  extension: ".txt",
  detects: (head) => inferDimension(head) !== undefined,
  async read(context) {
    const { window, gate, file } = context;
    const head = { bytes: window.bytes.subarray(window.start, window.end), isWhole: window.atEnd };
    const dimension = context.dimension ?? inferDimension(head);
    if (dimension === undefined) throw noRowsError(head, file);
    checkDimension(dimension, { file, line: 1 });
    skipByteOrderMark(context);
    gate.begin({ dimension, maxRows: boundTextRows(context, dimension), expectedRows: context.estimateRows });
    await readTextRows(context, { dimension, firstLine: 1, hasReturns: firstLineHasReturn(head) });
  },
  encoder: () => textRowEncoder,
};

/** The dimension of headerless rows, or undefined where no line ends in a number. */
export function inferDimension(head: FileHead): number | undefined {
  const counts = new Map<number, number>();
  let start = hasByteOrderMark(head.bytes) ? 3 : 0;
  for (let line = 0; line < SAMPLE_LINES && start < head.bytes.length; line++) {
    const newline = head.bytes.indexOf(0x0a, start);
    if (newline < 0 && !head.isWhole && line > 0) break;
    const end = newline < 0 ? head.bytes.length : newline;
    const count = countTrailingNumbers(head.bytes, start, end);
    counts.set(count, (counts.get(count) ?? 0) + 1);
    start = end + 1;
  }
  counts.delete(0);
  let best: number | undefined;
  for (const [count, lines] of counts) {
    const bestLines = best === undefined ? 0 : counts.get(best)!;
    if (lines > bestLines || (lines === bestLines && count > best!)) best = count;
  }
  return best;
}

/** Whether the head's first line ends in CR LF. */
export function firstLineHasReturn(head: FileHead): boolean {
  const newline = head.bytes.indexOf(0x0a);
  const end = newline < 0 ? head.bytes.length : newline;
  return end > 0 && head.bytes[end - 1] === 0x0d;
}

function noRowsError(head: FileHead, file: ReadContext["file"]) {
  const newline = head.bytes.indexOf(0x0a);
  const end = newline < 0 ? head.bytes.length : newline;
  const firstLine = head.bytes.subarray(0, end);
  const hint = firstLine.includes(0x09) ? "; fields are separated by one space each, not by tabs" : "";
  return badFile(
    `expected rows of a word and numbers separated by spaces, but no row ends in a number; the file begins with ${excerpt(firstLine)}${hint}`,
    { file, line: 1 },
  );
}
