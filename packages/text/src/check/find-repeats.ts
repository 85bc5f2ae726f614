import type { NearPair } from "./near-duplicates.ts";
import { placeOf, type RowPlace, type SplitName, type SplitRows, splitNames } from "./split-rows.ts";
import type { TextGroups } from "./text-groups.ts";

/** How alike two texts are: the same to the character, the same words, or nearly. */
export type Likeness = "identical" | "same-words" | "near";

/** A row and one that it repeats. */
export interface Twin extends RowPlace {
  readonly text: string;
  readonly label: string;
  readonly kind: Likeness;
  /** Jaccard similarity of the words; 1 but for `near`. */
  readonly similarity: number;
  readonly of: RowPlace & { readonly text: string; readonly label: string };
}

/** Rows of one split that repeat rows of another, or earlier rows of the same. */
export interface Repeats {
  /** Rows with such a twin, each counted once, as the closest kind that it has. */
  readonly rows: number;
  /** Of the rows of the split. */
  readonly share: number;
  readonly identical: number;
  readonly sameWords: number;
  readonly near: number;
  readonly samples: readonly Twin[];
}

/** Rows of `into` whose text is in `from` too. */
export interface Leak extends Repeats {
  readonly from: SplitName;
  readonly into: SplitName;
}

/** What rows repeat: inside each split, and across splits. */
export interface RepeatReport {
  readonly within: Readonly<Partial<Record<SplitName, Repeats>>>;
  readonly across: readonly Leak[];
}

/** Rows and their groups. */
export interface GroupedRows {
  readonly rows: SplitRows;
  readonly groups: TextGroups;
  readonly pairs: readonly NearPair[];
}

/** The near groups of each group, most similar first. */
function neighborsOf({ pairs }: GroupedRows): ReadonlyMap<number, readonly { group: number; similarity: number }[]> {
  const result = new Map<number, { group: number; similarity: number }[]>();
  const add = (from: number, group: number, similarity: number): void => {
    const list = result.get(from);
    if (list === undefined) result.set(from, [{ group, similarity }]);
    else list.push({ group, similarity });
  };
  for (const { a, b, similarity } of pairs) {
    add(a, b, similarity);
    add(b, a, similarity);
  }
  for (const list of result.values()) list.sort((x, y) => y.similarity - x.similarity || x.group - y.group);
  return result;
}

type FindTwin = (
  row: number,
  isCandidate: (other: number) => boolean,
) => { other: number; kind: Likeness; similarity: number } | null;

/** Looks for the closest twin of a row among the rows that qualify. */
function twinFinder(grouped: GroupedRows): FindTwin {
  const { rows, groups } = grouped;
  const neighbors = neighborsOf(grouped);
  return (row, isCandidate) => {
    const group = groups.groupOf[row]!;
    let same = -1;
    for (const other of groups.rows[group]!) {
      if (other === row || !isCandidate(other)) continue;
      if (rows.texts[other] === rows.texts[row]) return { other, kind: "identical", similarity: 1 };
      if (same === -1) same = other;
    }
    if (same !== -1) return { other: same, kind: "same-words", similarity: 1 };
    for (const { group: near, similarity } of neighbors.get(group) ?? []) {
      const other = groups.rows[near]!.find(isCandidate);
      if (other !== undefined) return { other, kind: "near", similarity };
    }
    return null;
  };
}

const order: Readonly<Record<Likeness, number>> = { identical: 0, "same-words": 1, near: 2 };

function repeatsOf(
  grouped: GroupedRows,
  find: FindTwin,
  options: { into: SplitName; isCandidate: (row: number) => (other: number) => boolean; top: number },
): Repeats {
  const { rows } = grouped;
  const [first, end] = rows.ranges[options.into]!;
  const twins: Twin[] = [];
  const counts = { identical: 0, "same-words": 0, near: 0 };
  for (let row = first; row < end; row++) {
    const twin = find(row, options.isCandidate(row));
    if (twin === null) continue;
    const { other, kind, similarity } = twin;
    counts[kind]++;
    const said = (each: number) => ({ ...placeOf(rows, each), text: rows.texts[each]!, label: rows.labels[each]! });
    twins.push({ ...said(row), kind, similarity, of: said(other) });
  }
  twins.sort((a, b) => order[a.kind] - order[b.kind] || b.similarity - a.similarity || a.line - b.line);
  return {
    rows: twins.length,
    share: twins.length / (end - first),
    identical: counts.identical,
    sameWords: counts["same-words"],
    near: counts.near,
    samples: twins.slice(0, options.top),
  };
}

/**
 * Finds rows that repeat an earlier row of their split, and rows of a later split that are in an earlier one (train into
 * dev and test, dev into test). `top` is the length of the lists of samples.
 */
export function findRepeats(grouped: GroupedRows, top: number): RepeatReport {
  const { rows } = grouped;
  const find = twinFinder(grouped);
  const present = splitNames.filter((name) => rows.ranges[name] !== undefined);
  const within: Partial<Record<SplitName, Repeats>> = {};
  const across: Leak[] = [];
  present.forEach((into, i) => {
    const [first] = rows.ranges[into]!;
    within[into] = repeatsOf(grouped, find, {
      into,
      isCandidate: (row) => (other) => other >= first && other < row,
      top,
    });
    for (const from of present.slice(0, i)) {
      const [start, end] = rows.ranges[from]!;
      const isCandidate = () => (other: number) => other >= start && other < end;
      across.push({ from, into, ...repeatsOf(grouped, find, { into, isCandidate, top }) });
    }
  });
  return { within, across };
}
