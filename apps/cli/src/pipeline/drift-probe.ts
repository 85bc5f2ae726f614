import { createDriftProbe, type SampledDrift } from "@thawline/analysis";
import { type EpochRecord, rowOf } from "@thawline/core";
import type { Prepared } from "./prepare.ts";

/** An epoch with the drift figures of a fixed sample at its end; absent where tokens are no single rows. */
export type MeasuredEpoch = EpochRecord & { readonly sampledDrift?: SampledDrift };

/** Adds to each epoch's record the drift figures of a sample. */
export type MeasureEpoch = (record: EpochRecord) => MeasuredEpoch;

/**
 * Measures drift at epochs' ends on a seeded sample of rows that the training text has and rows that it lacks; again only
 * where rows moved since the epoch before.
 */
export function epochProbe({ table, aligned, rowCounts, weighted, settings }: Prepared): MeasureEpoch {
  if (weighted !== null) return (record) => record;
  const rows = Array.from({ length: aligned.fileRows }, (_, i) => i + 1);
  const measure = createDriftProbe({
    seen: rows.filter((row) => rowCounts[row]! > 0),
    neverSeen: rows.filter((row) => rowCounts[row] === 0),
    dimension: table.dimension,
    read: (row) => rowOf(table, row),
    seed: settings.seed,
  });
  let last: { readonly moved: string; readonly sampledDrift: SampledDrift } | undefined;
  return (record) => {
    // Not by the learning rate: a schedule may end an epoch at 0.
    const moved = `${record.meanCosineDistance} ${record.drift?.meanL2}`;
    if (last?.moved !== moved) last = { moved, sampledDrift: measure() };
    return { ...record, sampledDrift: last.sampledDrift };
  };
}
