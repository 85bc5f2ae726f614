import { PolicyError } from "@thawline/core";
import { defaults } from "../pipeline/defaults.ts";
import type { Sources } from "../pipeline/read-sources.ts";
import type { LabelledSplit } from "../pipeline/read-splits.ts";
import type { Evaluation } from "./document.ts";

/**
 * Number of folds of the cross-validation that stands in for a development file; null where there is none: with a
 * development file, or with enough training rows to hold some out.
 * @throws PolicyError INVALID_CONFIG where folds are asked for beside a development file
 */
export function foldsFor({
  read,
  hasDev,
  folds,
}: {
  readonly read: Sources;
  readonly hasDev: boolean;
  readonly folds: number | undefined;
}): number | null {
  if (hasDev && folds !== undefined) {
    throw new PolicyError("INVALID_CONFIG", "--folds splits --train where there is no --dev: leave one of them out");
  }
  if (hasDev) return null;
  const rows = read.splits.train.dataset.rows + read.splits.dev.dataset.rows;
  return folds ?? (rows < defaults.crossValidateBelow ? defaults.compareFolds : null);
}

/** Puts the rows that were held out back where they stood. */
function wholeTrain({ splits, tokens }: Sources): Pick<Sources, "splits" | "tokens"> {
  const { train, dev } = splits;
  const places = [train, dev]
    .flatMap(({ dataset }, part) => dataset.lines.map((line, row) => ({ line, part, row })))
    .sort((a, b) => a.line - b.line);
  const of = <T>(values: readonly [ArrayLike<T>, ArrayLike<T>]): T[] =>
    places.map(({ part, row }) => values[part as 0 | 1][row]!);
  const split: LabelledSplit = {
    dataset: {
      ...train.dataset,
      texts: of([train.dataset.texts, dev.dataset.texts]),
      labels: of([train.dataset.labels, dev.dataset.labels]),
      lines: places.map(({ line }) => line),
      rows: places.length,
    },
    classes: Int32Array.from(of<number>([train.classes, dev.classes])),
    sha256: train.sha256,
  };
  const tokensOf = of([tokens.train.tokens, tokens.dev.tokens]);
  const joined = {
    tokens: tokensOf,
    withoutTokens: tokensOf.flatMap((each, row) => (each.length === 0 ? [row] : [])),
    truncatedTexts: tokens.train.truncatedTexts + tokens.dev.truncatedTexts,
  };
  return { splits: { ...splits, train: split }, tokens: { ...tokens, train: joined } };
}

/** What the dev figures are taken on, and the sources for it. */
export function withCrossValidation(
  read: Sources,
  folds: number | null,
): { readonly sources: Sources; readonly evaluation: Evaluation } {
  if (folds === null) {
    const { devIsHeldOut, dev } = read.splits;
    const kind = devIsHeldOut ? "held-out" : "dev";
    return { sources: read, evaluation: { kind, rows: dev.dataset.rows, folds: null } };
  }
  const sources = { ...read, ...wholeTrain(read) };
  return { sources, evaluation: { kind: "cross-validation", rows: sources.splits.train.dataset.rows, folds } };
}
