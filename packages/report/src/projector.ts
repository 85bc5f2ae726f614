import { printable } from "./text/printable.ts";

/** A table for the embedding projector. */
export interface ProjectorTable {
  /** One a row. */
  readonly words: readonly string[];
  /** `[V, D]`, row by row. */
  readonly data: ArrayLike<number>;
  readonly dimension: number;
  /** Further columns of the metadata, such as counts; one value a row. */
  readonly columns?: readonly { readonly name: string; readonly values: ArrayLike<string | number> }[];
}

/** The two files that projector.tensorflow.org loads. */
export interface ProjectorFiles {
  /** One vector a line, numbers with tabs between; no header. In pieces of whole lines, to be written one after the other. */
  readonly tensors: Iterable<string>;
  /** One word a line in the same order; with further columns a header line first, as the projector wants it. */
  readonly metadata: Iterable<string>;
}

const linesAPiece = 1000;

function* pieces(rows: number, line: (row: number) => string): Iterable<string> {
  for (let from = 0; from < rows; from += linesAPiece) {
    let piece = "";
    for (let row = from; row < Math.min(rows, from + linesAPiece); row++) piece += `${line(row)}\n`;
    yield piece;
  }
}

/** A line with nothing to see would be left out by the projector, and every later word would name the wrong vector. */
const visible = (text: string): string => (printable(text).trim() === "" ? "\u2423" : printable(text));

/** Shortest decimals that read back to the same float32. */
function decimal(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/**
 * Writes a table as the TSV files that the TensorBoard embedding projector loads ("Load" at projector.tensorflow.org).
 * Tabs, line ends and control characters in words, which would shift the rows, become spaces and U+FFFD.
 * @throws RangeError where lengths do not fit together, or for a number that is not finite
 * @remarks The projector takes the first line of the metadata for a header exactly where there is more than one column.
 */
export function projectorFiles({ words, data, dimension, columns = [] }: ProjectorTable): ProjectorFiles {
  if (data.length !== words.length * dimension)
    throw new RangeError(`data has ${data.length} numbers, expected ${words.length} words × ${dimension}`);
  const wrong = columns.find(({ values }) => values.length !== words.length);
  if (wrong !== undefined)
    throw new RangeError(`column "${wrong.name}" has ${wrong.values.length} values, expected ${words.length}`);
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]!))
      throw new RangeError(`row ${Math.floor(i / dimension)} has a number that is not finite: ${data[i]}`);
  const field = (value: string | number): string => (typeof value === "number" ? String(value) : visible(value));
  const vector = (row: number): string => {
    let line = decimal(data[row * dimension]!);
    for (let d = 1; d < dimension; d++) line += `\t${decimal(data[row * dimension + d]!)}`;
    return line;
  };
  const facts = (row: number): string =>
    [words[row]!, ...columns.map(({ values }) => values[row]!)].map(field).join("\t");
  const header =
    columns.length === 0 ? [] : [`${["word", ...columns.map(({ name }) => name)].map(field).join("\t")}\n`];
  return {
    tensors: { [Symbol.iterator]: () => pieces(words.length, vector)[Symbol.iterator]() },
    metadata: {
      *[Symbol.iterator]() {
        yield* header;
        yield* pieces(words.length, facts);
      },
    },
  };
}
