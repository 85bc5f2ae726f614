import { identityLookUp, type LookUp } from "../embedding/look-up.ts";
import type { Examples } from "../train/examples.ts";

/** In how many examples of each class a row occurs: the contingency tables that class-indicative rules are judged by. */
export interface LabelCounts {
  /** C. */
  readonly classes: number;
  /** `[R]` rows that occur, ascending. */
  readonly rows: ArrayLike<number>;
  /** `[R, C]` examples of the class that hold the row at least once. */
  readonly counts: ArrayLike<number>;
  /** `[C]` examples of the class. */
  readonly examples: ArrayLike<number>;
}

/** Rows of a token. */
function rowsOf(token: number, lookUp: LookUp): Iterable<number> {
  if (lookUp.kind === "identity") return [token];
  const { offsets, rows } = lookUp;
  return rows.subarray(offsets[token]!, offsets[token + 1]!);
}

/**
 * Counts rows by label, an example once however often it holds the row: those that its tokens look up (default: token id =
 * row). Fresh arrays; memory R · C.
 */
export function countLabels(
  examples: Examples,
  { classes, lookUp = identityLookUp }: { readonly classes: number; readonly lookUp?: LookUp },
): LabelCounts {
  const places = new Map<number, number>();
  const counts: number[] = [];
  const seenIn: number[] = [];
  const perClass = new Int32Array(classes);
  const count = (row: number, n: number, label: number): void => {
    let place = places.get(row);
    if (place === undefined) {
      place = places.size;
      places.set(row, place);
      for (let c = 0; c < classes; c++) counts.push(0);
      seenIn.push(-1);
    }
    if (seenIn[place] === n) return;
    seenIn[place] = n;
    counts[place * classes + label]!++;
  };
  for (let n = 0; n < examples.labels.length; n++) {
    const label = examples.labels[n]!;
    perClass[label]!++;
    for (let i = examples.offsets[n]!; i < examples.offsets[n + 1]!; i++) {
      for (const row of rowsOf(examples.ids[i]!, lookUp)) count(row, n, label);
    }
  }
  const rows = Int32Array.from(places.keys()).sort();
  const sorted = new Int32Array(rows.length * classes);
  rows.forEach((row, r) => {
    const place = places.get(row)!;
    for (let c = 0; c < classes; c++) sorted[r * classes + c] = counts[place * classes + c]!;
  });
  return { classes, rows, counts: sorted, examples: perClass };
}
