import type { Head, TrainerOptions } from "@thawline/core";
import type { Tokenizer } from "@thawline/text";
import { defaults, isSequenceHead } from "./defaults.ts";

/** For heads on positions: as many positions as the tokenizer keeps tokens, and evaluation in batches that fit in memory. */
export function sequenceLimits(
  head: Head,
  { spec }: Tokenizer,
): Pick<TrainerOptions, "maxPositions" | "evaluationBatchSize"> {
  if (!isSequenceHead(head.type)) return {};
  return {
    maxPositions: spec.maxLength ?? defaults.maxPositions,
    evaluationBatchSize: defaults.sequenceEvaluationBatch,
  };
}
