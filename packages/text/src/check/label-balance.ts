import { type SplitName, type SplitRows, splitNames } from "./split-rows.ts";

/** A label's rows. */
export interface LabelCount {
  readonly label: string;
  /** Rows in each split; null where there is no such split. */
  readonly train: number;
  readonly dev: number | null;
  readonly test: number | null;
}

/** How rows are spread over labels. */
export interface LabelBalance {
  /** Most frequent in train first. */
  readonly counts: readonly LabelCount[];
  /** Rows of the most frequent label in train over those of the least frequent that is there. */
  readonly ratio: number;
  /** exp of the entropy of the labels in train: as many equally frequent labels would be as hard to guess (Hill number of order 1). */
  readonly effectiveLabels: number;
  /** Labels of train with fewer than 5 rows there. */
  readonly rare: readonly string[];
  /** Labels of train that a split has no row of. */
  readonly missing: readonly { readonly split: SplitName; readonly labels: readonly string[] }[];
  /** Labels that a split has and train has not: no model can learn them. */
  readonly unknown: readonly { readonly split: SplitName; readonly labels: readonly string[]; readonly rows: number }[];
}

/** Fewer rows of a label than this teach little. */
const fewRows = 5;

/** Counts labels in each split. */
export function labelBalance({ labels, split, ranges }: SplitRows): LabelBalance {
  const counts = new Map<string, number[]>();
  labels.forEach((label, row) => {
    const own = counts.get(label) ?? [0, 0, 0];
    own[split[row]!]!++;
    counts.set(label, own);
  });
  const present = splitNames.filter((name) => ranges[name] !== undefined);
  const of = (name: SplitName, own: readonly number[]): number => own[splitNames.indexOf(name)]!;
  const all = [...counts].sort((a, b) => b[1][0]! - a[1][0]! || (a[0] < b[0] ? -1 : 1));
  const trained = all.filter(([, own]) => own[0]! > 0);
  const total = trained.reduce((sum, [, own]) => sum + own[0]!, 0);
  const entropy = trained.reduce((sum, [, own]) => sum - (own[0]! / total) * Math.log(own[0]! / total), 0);
  const others = present.filter((name) => name !== "train");
  return {
    counts: all.map(([label, own]) => ({
      label,
      train: own[0]!,
      dev: ranges.dev === undefined ? null : own[1]!,
      test: ranges.test === undefined ? null : own[2]!,
    })),
    ratio: trained[0]![1][0]! / trained[trained.length - 1]![1][0]!,
    effectiveLabels: Math.exp(entropy),
    rare: trained.filter(([, own]) => own[0]! < fewRows).map(([label]) => label),
    missing: others
      .map((name) => ({
        split: name,
        labels: trained.filter(([, own]) => of(name, own) === 0).map(([label]) => label),
      }))
      .filter((each) => each.labels.length > 0),
    unknown: others
      .map((name) => {
        const found = all.filter(([, own]) => own[0] === 0 && of(name, own) > 0);
        return {
          split: name,
          labels: found.map(([label]) => label),
          rows: found.reduce((sum, [, own]) => sum + of(name, own), 0),
        };
      })
      .filter((each) => each.labels.length > 0),
  };
}
