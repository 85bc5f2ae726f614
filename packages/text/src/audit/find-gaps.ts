import type { AlignmentAudit } from "./audit-alignment.ts";
import type { Anomaly } from "./find-anomalies.ts";

/** Coverage lower than that of the whole by more than this is reported, for classes and splits. */
const gap = 0.1;

/** A missing word of more than this part of all tokens is reported. */
const frequent = 0.01;

/** Finds no overlap at all, very frequent words without a vector, and classes and splits that are covered much worse than the training text. */
export function findGaps({
  perClass,
  splits,
  missing,
}: Pick<AlignmentAudit, "perClass" | "splits" | "missing">): Anomaly[] {
  const { tokens, tokenCount } = splits.train;
  const anomalies: Anomaly[] = [];
  if (tokens === 0 && tokenCount > 0) {
    const message = "no token has a vector: is it the right file, its language and script those of the text?";
    anomalies.push({ kind: "no-overlap", split: null, count: tokenCount, examples: [], message });
  }
  const often = missing.filter(({ count }) => count > frequent * tokenCount);
  if (tokens > 0 && often.length > 0) {
    const message = `words of more than ${frequent * 100} % of all tokens each without a vector: do the vectors leave such words out, or write them otherwise?`;
    const count = often.reduce((sum, each) => sum + each.count, 0);
    anomalies.push({
      kind: "frequent-missing",
      split: "train",
      count,
      examples: often.map(({ word }) => word),
      message,
    });
  }
  const worse = perClass.filter((each) => each.tokens < tokens - gap);
  if (worse.length > 0) {
    const message = `classes whose tokens have vectors more than ${gap * 100} points less often than all: they rest on rows made up for missing words`;
    const examples = worse.slice(0, 3).map(({ label }) => label);
    anomalies.push({ kind: "class-gap", split: "train", count: worse.length, examples, message });
  }
  for (const name of ["dev", "test"] as const) {
    const split = splits[name];
    if (split === null || split.tokens >= tokens - gap) continue;
    const message = `its tokens have vectors more than ${gap * 100} points less often than those of train: is it text of the same kind?`;
    anomalies.push({ kind: "split-gap", split: name, count: split.rows, examples: [], message });
  }
  return anomalies;
}
