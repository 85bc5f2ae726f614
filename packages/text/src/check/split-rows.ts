import type { Dataset } from "../data/dataset.ts";

/** Names of the parts of a data set, in the order in which they are compared. */
export const splitNames = ["train", "dev", "test"] as const;
/** A part of a data set. */
export type SplitName = (typeof splitNames)[number];

/** What is checked. */
export interface CheckedSplits {
  readonly train: Dataset;
  readonly dev?: Dataset;
  readonly test?: Dataset;
}

/** A row by its place: the split, and the line of its file (from 1). */
export interface RowPlace {
  readonly split: SplitName;
  readonly line: number;
}

/** The rows of all splits in one list: train first, then dev, then test. */
export interface SplitRows {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
  /** `[N]` index into `splitNames`. */
  readonly split: Uint8Array;
  /** `[N]` lines of the rows in their files. */
  readonly lines: Int32Array;
  /** First row of each split that there is, and the row after its last. */
  readonly ranges: Readonly<Partial<Record<SplitName, readonly [first: number, end: number]>>>;
}

/** Puts the rows of the splits one after another. Texts and labels are borrowed. */
export function joinSplits(splits: CheckedSplits): SplitRows {
  const texts: string[] = [];
  const labels: string[] = [];
  const lines: number[] = [];
  const split: number[] = [];
  const ranges: Partial<Record<SplitName, readonly [number, number]>> = {};
  splitNames.forEach((name, index) => {
    const dataset = splits[name];
    if (dataset === undefined) return;
    const first = texts.length;
    for (let row = 0; row < dataset.rows; row++) {
      texts.push(dataset.texts[row]!);
      labels.push(dataset.labels[row]!);
      lines.push(dataset.lines[row]!);
      split.push(index);
    }
    ranges[name] = [first, texts.length];
  });
  return { texts, labels, lines: Int32Array.from(lines), split: Uint8Array.from(split), ranges };
}

/** Where a row stands. */
export const placeOf = ({ split, lines }: SplitRows, row: number): RowPlace => ({
  split: splitNames[split[row]!]!,
  line: lines[row]!,
});
