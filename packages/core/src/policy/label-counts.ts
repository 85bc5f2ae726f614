import type { Examples } from "../train/examples.ts";

/** In how many examples of each class a row occurs: the contingency tables that class-indicative rules are judged by. */
export interface LabelCounts {
  /** C. */
  readonly classes: number;
  /** `[V, C]` examples of the class that hold the row at least once. */
  readonly counts: ArrayLike<number>;
  /** `[C]` examples of the class. */
  readonly examples: ArrayLike<number>;
}

/**
 * Counts rows by label, an example once however often it holds the row. Ids are rows, as in a plain look-up; a weighted
 * look-up counts by itself. Fresh arrays.
 */
export function countLabels(examples: Examples, rows: number, classes: number): LabelCounts {
  const counts = new Int32Array(rows * classes);
  const perClass = new Int32Array(classes);
  const seenIn = new Int32Array(rows);
  for (let n = 0; n < examples.labels.length; n++) {
    const label = examples.labels[n]!;
    perClass[label]!++;
    for (let i = examples.offsets[n]!; i < examples.offsets[n + 1]!; i++) {
      const row = examples.ids[i]!;
      if (seenIn[row] === n + 1) continue;
      seenIn[row] = n + 1;
      counts[row * classes + label]!++;
    }
  }
  return { classes, counts, examples: perClass };
}
