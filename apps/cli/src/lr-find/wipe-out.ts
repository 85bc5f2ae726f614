import { type EpochRecord, embeddingsGroup } from "@thawline/core";

/**
 * Mean cosine distance of moved rows after one epoch of tuning from which a rate counts as wiping out what the vectors
 * knew: docs/learning-rates.md has the figures it was chosen by.
 */
export const wipeOutDistance = 0.05;

/** A warning where the first epoch that trained the vectors moved them beyond `wipeOutDistance`; undefined else. */
export function wipeOutWarning(history: readonly EpochRecord[]): string | undefined {
  const last = history[history.length - 1];
  const trains = (record: EpochRecord): boolean => (record.learningRates[embeddingsGroup] ?? 0) > 0;
  if (last === undefined || !trains(last) || history.slice(0, -1).some(trains)) return undefined;
  if (!(last.meanCosineDistance > wipeOutDistance)) return undefined;
  const rate = Number(last.learningRates[embeddingsGroup]!.toPrecision(3));
  return `Warning: one epoch at --embedding-lr ${rate} moved the vectors by a mean cosine distance of ${last.meanCosineDistance.toFixed(3)} (more than ${wipeOutDistance}): this rate wipes out what they were pre-trained to know. Take a smaller one; thawline lr-find suggests one`;
}
