import { nearestName, ThawlineError } from "@thawline/core";
import { quoteText } from "../util/quote-text.ts";
import type { Dataset } from "./dataset.ts";

const prefix = (dataset: Dataset): string => (dataset.file === undefined ? "" : `${dataset.file}: `);

/**
 * Returns the label names of a dataset, sorted by UTF-16 code units; class `i` of a model is name `i`.
 * @throws ThawlineError BAD_DATA where there are fewer than two: nothing could be learnt
 */
export function labelsOf(dataset: Dataset): string[] {
  const labels = [...new Set(dataset.labels)].sort();
  if (labels.length < 2) {
    const found = labels.length === 0 ? "no label" : `only ${quoteText(labels[0]!)}`;
    const message = `expected at least two labels, found ${found} in ${dataset.rows} rows`;
    throw new ThawlineError("BAD_DATA", prefix(dataset) + message);
  }
  return labels;
}

/** What to do with a label that training never saw. */
export interface EncodeLabelsOptions {
  /** `error` (default), or `mark` for class -1. */
  readonly unknown?: "error" | "mark";
}

/**
 * Returns the class of each row, fresh: its label's place in `labels` (as `labelsOf` of the training data gives them).
 * @throws ThawlineError BAD_DATA for a label that is not in `labels`, with its lines, unless they are to be marked
 */
export function encodeLabels(
  dataset: Dataset,
  labels: readonly string[],
  options: EncodeLabelsOptions = {},
): Int32Array {
  const classes = new Map(labels.map((label, index) => [label, index]));
  const encoded = Int32Array.from(dataset.labels, (label) => classes.get(label) ?? -1);
  const first = encoded.indexOf(-1);
  if (first === -1 || options.unknown === "mark") return encoded;
  const label = dataset.labels[first]!;
  const unknown = new Set(dataset.labels.filter((each) => !classes.has(each)));
  const lines = dataset.lines.filter((_, row) => dataset.labels[row] === label);
  const shown = lines.slice(0, 5).join(", ") + (lines.length > 5 ? `, … (${lines.length} rows)` : "");
  const others = unknown.size > 1 ? `, and ${unknown.size - 1} more such labels` : "";
  const nearest = quoteText(nearestName(label, labels) ?? "");
  const message = `label ${quoteText(label)} (line ${shown})${others} does not occur in the training data; the nearest known is ${nearest}`;
  throw new ThawlineError("BAD_DATA", prefix(dataset) + message);
}
