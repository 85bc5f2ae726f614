import type { Prepared } from "../pipeline/prepare.ts";
import type { WeightedBase } from "../pipeline/weighted-base.ts";
import type { TokenFacts } from "./document.ts";

/** How the tokens of a run's data are made of rows. */
export function describeTokens(
  { tokenNames, distinctTokens }: Pick<Prepared, "tokenNames" | "distinctTokens">,
  { description, finder, rowNames }: WeightedBase,
): TokenFacts {
  const rows = rowNames.length - 1;
  const known = tokenNames.filter((token) => finder.hasOwnRow(token)).length;
  const ngramRows = description.kind === "subwords" ? description.buckets.filter((bucket) => bucket >= 0).length : 0;
  return {
    kind: description.kind,
    ownRows: rows - ngramRows,
    ngramRows,
    known,
    composed: tokenNames.length - known,
    without: distinctTokens - tokenNames.length,
    subwords: description.kind === "subwords" ? { ...description.settings } : null,
  };
}
