import { type Backend, createTrainer, type EmbeddingTrainer, exampleCount, inputStatistics } from "@thawline/core";
import { optimizerOf } from "./defaults.ts";
import { resolveGuard } from "./guard.ts";
import { resolvePolicy, resolveSchedule } from "./policy.ts";
import type { Prepared } from "./prepare.ts";
import { resolvePull, resolveTrustRegion } from "./pull.ts";
import { rowFactsOf } from "./row-facts.ts";
import { sequenceLimits } from "./sequence-limits.ts";

/** n / (C · n_c) for each class: as if every class were equally frequent; 0 for a class without examples. */
function balancedWeights(classes: Int32Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const c of classes) counts[c]!++;
  return counts.map((n) => (n === 0 ? 0 : classes.length / (count * n)));
}

/** The trainer of a run. Weight decay is the head's alone: it would pull pre-trained rows towards zero. */
export async function makeTrainer(prepared: Prepared, backend: Backend): Promise<EmbeddingTrainer> {
  const { settings, head, table, train, model } = prepared;
  const stepsPerEpoch = Math.ceil(exampleCount(train) / settings.batchSize);
  const pull = resolvePull(settings, stepsPerEpoch);
  const trustRegion = resolveTrustRegion(settings);
  const policy = await resolvePolicy(settings, [...new Set(head.parameters.map((spec) => spec.group))]);
  const facts = rowFactsOf(prepared, policy);
  const guard = resolveGuard(settings);
  const optional = {
    ...(guard === undefined ? {} : { guard }),
    ...(facts.labels === undefined ? {} : { rowLabelCounts: facts.labels }),
    ...(pull === undefined ? {} : { pull }),
    ...(trustRegion === undefined ? {} : { trustRegion }),
    ...(settings.maxNorm === null ? {} : { maxNorm: settings.maxNorm }),
    ...(settings.clipNorm === null ? {} : { clipNorm: settings.clipNorm }),
    ...(settings.classWeights === null ? {} : { classWeights: balancedWeights(train.labels, head.classes) }),
    ...(model === null ? {} : { parameters: model.parameters }),
  };
  return createTrainer({
    backend,
    table,
    lookUp: prepared.lookUp,
    head,
    optimizer: { ...optimizerOf(settings.optimizer), learningRate: settings.lr, weightDecay: settings.l2 },
    embeddings: { learningRate: settings.embeddingLr, weightDecay: 0 },
    policy,
    schedule: resolveSchedule(settings),
    totalSteps: settings.epochs * stepsPerEpoch,
    batchSize: settings.batchSize,
    ...sequenceLimits(head, prepared.tokenizer),
    labelSmoothing: settings.labelSmoothing,
    wordDropout: settings.wordDropout,
    embeddingDropout: settings.embeddingDropout,
    rowCounts: facts.counts!,
    rowWords: facts.words!,
    ...(process.env.NOSTD ? {} : { inputStatistics: inputStatistics(table, train, prepared.lookUp) }),
    seed: settings.seed,
    ...optional,
  });
}
