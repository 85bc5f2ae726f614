import type { AlignmentAudit, AuditOptions, MissingWord } from "./audit-alignment.ts";
import type { MeasuredTokenizer } from "./compare-tokenizers.ts";
import { countLabels, countTextsWith, labelInformation } from "./label-information.ts";

/**
 * Finds the missing words that say much about the label: frequent enough, log odds above 0 by `minZ` standard errors,
 * the most mutual information first.
 */
export function indicativeWords(
  { tokenized }: MeasuredTokenizer,
  missing: readonly MissingWord[],
  { splits, top = 100, minCount = 5, minZ = 3 }: AuditOptions,
): AlignmentAudit["labelIndicativeMissing"] {
  const { labels } = splits.train;
  const frequent = missing.filter(({ count }) => count >= minCount);
  const perLabel = countLabels(labels);
  const byWord = countTextsWith(new Set(frequent.map(({ word }) => word)), tokenized, labels);
  return frequent
    .map((each) => ({ ...each, ...labelInformation(byWord.get(each.word)!, perLabel) }))
    .filter(({ z }) => z >= minZ)
    .sort((a, b) => b.mutualInformation - a.mutualInformation || b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, top);
}
