import type { RowConsumer } from "./row-gate.ts";

/** Floats to start with where nothing bounds the table: 4 MiB. */
const FIRST_FLOATS = 1 << 20;

/** A consumer that gathers rows in one array. */
export interface TableBuilder extends RowConsumer {
  readonly dimension: number;
  /** The rows so far, [rows, D] row-major: a view on a buffer at most an eighth longer, else a copy. */
  data(): Float32Array;
}

/**
 * Creates an empty builder. It allocates what header or row lengths let expect, but never more than the file's size has
 * room for, and where that is unknown it starts small and doubles.
 */
export function createTableBuilder(): TableBuilder {
  let shape: Parameters<RowConsumer["begin"]>[0] | undefined;
  let dimension = 0;
  let data = new Float32Array(0);
  let length = 0;

  function grow(): void {
    const bound = (shape?.maxRows ?? Number.POSITIVE_INFINITY) * dimension;
    const expected = (shape?.expectedRows() ?? 0) * dimension;
    // A few rows more than expected, or a small miss would cost a copy of everything.
    const target = expected + Math.ceil(expected / 64 / dimension) * dimension;
    const least =
      length === 0
        ? Math.min(expected || FIRST_FLOATS, FIRST_FLOATS)
        : Math.ceil(length * (expected > length ? 1.25 : 2));
    // With neither size nor header to go by, the first rows must not decide: they may be in the reader's first chunk.
    const wanted = length === 0 && shape?.maxRows === undefined ? least : Math.max(least, target);
    // A file that grows while it is read passes its bound: then growth is geometric again.
    const size = bound > length ? Math.min(wanted, bound) : least;
    const grown = new Float32Array(Math.max(size, length + dimension));
    grown.set(data.subarray(0, length));
    data = grown;
  }

  return {
    get dimension() {
      return dimension;
    },
    begin(given) {
      shape = given;
      dimension = given.dimension;
    },
    row(values) {
      if (length + dimension > data.length) grow();
      data.set(values, length);
      length += dimension;
    },
    data: () => (data.length - length <= length / 8 ? data.subarray(0, length) : data.slice(0, length)),
  };
}
