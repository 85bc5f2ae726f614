import { createRandom, shuffle, ThawlineError } from "@thawline/core";
import type { Dataset } from "./dataset.ts";

/** The rows of `indexes`, in their order. */
function pick(dataset: Dataset, indexes: readonly number[]): Pick<Dataset, "texts" | "labels" | "lines" | "rows"> {
  return {
    texts: indexes.map((row) => dataset.texts[row]!),
    labels: indexes.map((row) => dataset.labels[row]!),
    lines: indexes.map((row) => dataset.lines[row]!),
    rows: indexes.length,
  };
}

/** Rows grouped by equal text, and the groups by the label of their first row, labels in code-unit order. */
function groupsByLabel(dataset: Dataset): (readonly number[])[][] {
  const byText = new Map<string, number[]>();
  dataset.texts.forEach((text, row) => {
    const group = byText.get(text);
    if (group === undefined) byText.set(text, [row]);
    else group.push(row);
  });
  const byLabel = new Map<string, (readonly number[])[]>();
  for (const group of byText.values()) {
    const label = dataset.labels[group[0]!]!;
    const groups = byLabel.get(label);
    if (groups === undefined) byLabel.set(label, [group]);
    else groups.push(group);
  }
  return [...byLabel.keys()].sort().map((label) => byLabel.get(label)!);
}

/**
 * Holds out a part of the rows, about `fraction` of each label, chosen by `seed`. Rows of the same text stay together;
 * every label keeps at least one row in `train`. Order is kept on both sides; rows left out stay with `train`.
 * @throws RangeError for a fraction outside (0, 1)
 * @throws ThawlineError BAD_DATA where no row can be held out
 */
export function splitDataset(
  dataset: Dataset,
  options: { readonly fraction: number; readonly seed: number },
): { readonly train: Dataset; readonly held: Dataset } {
  const { fraction, seed } = options;
  if (!(fraction > 0 && fraction < 1)) throw new RangeError(`fraction of a split is between 0 and 1, got ${fraction}`);
  const random = createRandom(seed);
  const remaining = new Map<string, number>();
  for (const label of dataset.labels) remaining.set(label, (remaining.get(label) ?? 0) + 1);
  const held = new Set<number>();

  const tryToHold = (group: readonly number[]): void => {
    for (const row of group) remaining.set(dataset.labels[row]!, remaining.get(dataset.labels[row]!)! - 1);
    if (group.every((row) => remaining.get(dataset.labels[row]!)! > 0)) for (const row of group) held.add(row);
    else for (const row of group) remaining.set(dataset.labels[row]!, remaining.get(dataset.labels[row]!)! + 1);
  };
  // What rounding leaves of one label goes to the next, so that many small labels still give `fraction` of all rows.
  let carried = 0;
  for (const groups of groupsByLabel(dataset)) {
    const wanted = fraction * groups.reduce((sum, group) => sum + group.length, 0);
    const before = held.size;
    const limit = before + Math.min(Math.floor(carried + wanted + 0.5), Math.ceil(wanted));
    shuffle(groups, random);
    for (const group of groups) if (held.size + group.length <= limit) tryToHold(group);
    carried = Math.min(1, carried + wanted - (held.size - before));
  }
  if (held.size === 0) {
    throw new ThawlineError(
      "BAD_DATA",
      `expected enough rows to hold out ${fraction} of them, found ${dataset.rows}; give a development file instead`,
    );
  }
  const rows = Array.from({ length: dataset.rows }, (_, row) => row);
  const kept = rows.filter((row) => !held.has(row));
  return {
    train: { ...dataset, ...pick(dataset, kept) },
    held: {
      ...dataset,
      ...pick(
        dataset,
        rows.filter((row) => held.has(row)),
      ),
      skippedRows: 0,
      skipped: [],
    },
  };
}
