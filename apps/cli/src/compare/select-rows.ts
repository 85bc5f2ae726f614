import { createRandom, deriveSeed, shuffle, ThawlineError } from "@thawline/core";
import type { Dataset, TokenizedTexts } from "@thawline/text";
import type { Sources } from "../pipeline/read-sources.ts";
import type { LabelledSplit } from "../pipeline/read-splits.ts";

/** Groups rows by the text they share, in the order of first occurrence: copies of a text must not be parted. */
function rowsByText({ texts }: Pick<Dataset, "texts">): number[][] {
  const groups = new Map<string, number[]>();
  texts.forEach((text, row) => {
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [row]);
    else group.push(row);
  });
  return [...groups.values()];
}

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups.keys()].sort().map((key) => groups.get(key)!);
};

/**
 * Deals rows to `folds` parts of about equal size and label mix, at random by `seed`; rows of one text go together.
 * Returns `[N]` the fold of each row.
 * @throws ThawlineError BAD_DATA with fewer texts than folds
 */
export function assignFolds(dataset: Pick<Dataset, "texts" | "labels">, folds: number, seed: number): Int32Array {
  const byText = rowsByText(dataset);
  if (byText.length < folds) {
    throw new ThawlineError("BAD_DATA", `${folds}-fold cross-validation needs ${folds} texts, found ${byText.length}`);
  }
  const random = createRandom(deriveSeed(seed, "folds"));
  const foldOf = new Int32Array(dataset.texts.length);
  let next = 0;
  for (const groups of groupBy(byText, (rows) => dataset.labels[rows[0]!]!)) {
    shuffle(groups, random);
    // Dealing goes on where the last label stopped, so that many small labels fill all folds alike.
    for (const rows of groups) {
      for (const row of rows) foldOf[row] = next;
      next = (next + 1) % folds;
    }
  }
  return foldOf;
}

/**
 * All rows in an order of which every beginning has about the label mix of the whole, at random by `seed`: the first n are
 * a subset of size n, and smaller subsets lie within larger ones.
 */
export function stratifiedOrder({ labels }: Pick<Dataset, "labels">, seed: number): number[] {
  const random = createRandom(deriveSeed(seed, "subset"));
  const keys = new Float64Array(labels.length);
  const rows = labels.map((_, row) => row);
  for (const group of groupBy(rows, (row) => labels[row]!)) {
    shuffle(group, random);
    group.forEach((row, rank) => {
      keys[row] = (rank + random.nextFloat()) / group.length;
    });
  }
  return rows.sort((a, b) => keys[a]! - keys[b]! || a - b);
}

interface Part {
  readonly split: LabelledSplit;
  readonly tokens: TokenizedTexts;
}

/** Some rows of a split, in the order given. */
function pick({ split, tokens }: Part, rows: readonly number[]): Part {
  const { dataset, classes, sha256 } = split;
  const of = <T>(values: readonly T[]): T[] => rows.map((row) => values[row]!);
  const isWithout = new Set(tokens.withoutTokens);
  return {
    split: {
      dataset: {
        ...dataset,
        texts: of(dataset.texts),
        labels: of(dataset.labels),
        lines: of(dataset.lines),
        rows: rows.length,
      },
      classes: Int32Array.from(rows, (row) => classes[row]!),
      sha256,
    },
    tokens: {
      ...tokens,
      tokens: of(tokens.tokens),
      withoutTokens: rows.flatMap((row, i) => (isWithout.has(row) ? [i] : [])),
    },
  };
}

/** Sources with some rows of train for training and, where given, others of train as dev. Ascending row numbers. */
export function withRows(
  sources: Sources,
  { train, dev }: { readonly train: readonly number[]; readonly dev?: readonly number[] },
): Sources {
  const whole: Part = { split: sources.splits.train, tokens: sources.tokens.train };
  const trained = pick(whole, train);
  const judged: Part = dev === undefined ? { split: sources.splits.dev, tokens: sources.tokens.dev } : pick(whole, dev);
  return {
    ...sources,
    splits: { ...sources.splits, train: trained.split, dev: judged.split },
    tokens: { ...sources.tokens, train: trained.tokens, dev: judged.tokens },
  };
}
