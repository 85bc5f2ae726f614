import { countLabels, type FreezePolicy, policyUses, type RowFacts } from "@thawline/core";
import type { Prepared } from "./prepare.ts";

/** What rules of `policy` may ask about the rows of a run's table; counts by label only where one does. */
export function rowFactsOf(
  { table, rowCounts, aligned, train, head, lookUp }: Prepared,
  policy: FreezePolicy,
): RowFacts {
  const usesLabels = policyUses(policy, "class-indicative");
  return {
    rows: table.rows,
    counts: rowCounts,
    pretrained: table.pretrained,
    words: aligned.words,
    labels: usesLabels ? countLabels(train, { classes: head.classes, lookUp }) : undefined,
  };
}
