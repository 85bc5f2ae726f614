import { badFile } from "../bad-file.ts";
import type { ByteWindow } from "../bytes/byte-window.ts";
import type { FieldReader } from "../bytes/field-reader.ts";

/** Most rows that are believed: over a hundred times fastText's default of 2,000,000 buckets. */
export const MAX_ROWS = 2 ** 28;

/** Where the input matrix stands and how it is stored. */
export interface InputMatrix {
  readonly rows: number;
  readonly dimension: number;
  readonly isQuantized: boolean;
  /** Product quantisation stores the rows' norms apart. */
  readonly hasNorms: boolean;
  /** Offset of the first row, or of the codes. */
  readonly offset: number;
}

/** Rows to read: ascending numbers, or the first so many. */
export type WantedRows = Int32Array | number;

/** What is read from. */
export interface MatrixSource {
  readonly window: ByteWindow;
  readonly fields: FieldReader;
  readonly file: string | undefined;
}

/**
 * Reads the matrix's header.
 * @throws FormatError where it does not fit the model or the size
 * @remarks fastText `FastText::loadModel`, `DenseMatrix::load`, `QuantMatrix::load`
 */
export async function readMatrixHeader(
  { fields, file }: MatrixSource,
  model: { readonly dimension: number; readonly wordCount: number; readonly isPruned: boolean },
): Promise<InputMatrix> {
  const isQuantized = await fields.flag("the quantisation flag");
  if (!isQuantized && model.isPruned)
    throw badFile(
      "the dictionary is pruned but the matrix not quantised, which fastText refuses too; the file is damaged",
      {
        file,
        offset: fields.offset - 1,
      },
    );
  const hasNorms = isQuantized && (await fields.flag("the norm flag"));
  const at = fields.offset;
  const rows = await fields.int64("the number of rows");
  const dimension = await fields.int64("the number of columns");
  if (dimension !== model.dimension || rows < model.wordCount || rows > MAX_ROWS)
    throw badFile(
      `the input matrix is ${rows} × ${dimension}, but there are ${model.wordCount} words of dimension ${model.dimension}; the file is damaged`,
      { file, offset: at },
    );
  if (!isQuantized) fields.promise(rows * dimension * 4, "the input matrix");
  return { rows, dimension, isQuantized, hasNorms, offset: fields.offset };
}

/**
 * Streams the rows of a dense matrix that `wanted` (ascending) names; `visit` gets each one's place in `wanted` and its
 * values, borrowed. Stops after the last.
 */
export async function visitDenseRows(
  { window, fields }: MatrixSource,
  { dimension }: InputMatrix,
  wanted: WantedRows,
  visit: (slot: number, values: Float32Array) => void,
  drain: () => Promise<void>,
): Promise<void> {
  const rowBytes = dimension * 4;
  const values = new Float32Array(dimension);
  const raw = new Uint8Array(values.buffer);
  const isAll = typeof wanted === "number";
  const count = isAll ? wanted : wanted.length;
  let row = 0;
  for (let slot = 0; slot < count; slot++, row++) {
    if (!isAll && wanted[slot] > row) {
      await skip(window, fields, { count: (wanted[slot] - row) * rowBytes, what: "the input matrix" });
      row = wanted[slot];
    }
    if (window.end - window.start < rowBytes) {
      await drain();
      await fields.take(rowBytes, `row ${row + 1} of the input matrix`);
      window.start -= rowBytes;
    }
    raw.set(window.bytes.subarray(window.start, window.start + rowBytes));
    window.start += rowBytes;
    visit(slot, values);
  }
}

/** Moves `count` bytes on. @throws FormatError where the file ends within `what` */
export async function skip(
  window: ByteWindow,
  fields: FieldReader,
  { count, what }: { readonly count: number; readonly what: string },
): Promise<void> {
  let left = count;
  while (left > 0) {
    const step = Math.min(left, window.end - window.start);
    window.start += step;
    left -= step;
    if (left > 0 && window.start === window.end) {
      await fields.take(1, what);
      left--;
    }
  }
}
