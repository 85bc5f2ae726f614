import { createRandom, shuffle } from "@thawline/core";

/** How rows are dealt to folds. */
export interface FoldOptions {
  readonly folds: number;
  readonly seed: number;
}

/**
 * Deals rows to folds, fresh `[N]` in [0, folds): each label as evenly as can be, rows of one group always together (they
 * are the same text: apart, the model would be asked what it has learnt by heart). A group counts as its first row's label.
 */
export function dealFolds(labels: Int32Array, groups: Int32Array, { folds, seed }: FoldOptions): Int32Array {
  const firstOf = new Map<number, number>();
  const sizes = new Map<number, number>();
  groups.forEach((group, row) => {
    if (!firstOf.has(group)) firstOf.set(group, row);
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  });
  const byLabel = new Map<number, number[]>();
  for (const [group, row] of firstOf) {
    const label = labels[row]!;
    const list = byLabel.get(label);
    if (list === undefined) byLabel.set(label, [group]);
    else list.push(group);
  }
  const random = createRandom(seed);
  const foldOf = new Map<number, number>();
  const totals = new Array<number>(folds).fill(0);
  for (const label of [...byLabel.keys()].sort((a, b) => a - b)) {
    const list = byLabel.get(label)!;
    shuffle(list, random);
    const own = new Array<number>(folds).fill(0);
    for (const group of list) {
      // The fold with the fewest rows of this label; where several have, the smallest of them.
      let best = 0;
      for (let fold = 1; fold < folds; fold++) {
        if (own[fold]! < own[best]! || (own[fold] === own[best] && totals[fold]! < totals[best]!)) best = fold;
      }
      foldOf.set(group, best);
      own[best]! += sizes.get(group)!;
      totals[best]! += sizes.get(group)!;
    }
  }
  return groups.map((group) => foldOf.get(group)!);
}

/** Rows of a fold, and all others, each ascending. */
export function foldRows(
  foldOf: Int32Array,
  fold: number,
): { readonly inside: Int32Array; readonly outside: Int32Array } {
  const inside: number[] = [];
  const outside: number[] = [];
  foldOf.forEach((each, row) => {
    (each === fold ? inside : outside).push(row);
  });
  return { inside: Int32Array.from(inside), outside: Int32Array.from(outside) };
}
