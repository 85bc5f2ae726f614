import { type Backend, createTrainer, type EmbeddingTrainer, exampleCount } from "@thawline/core";
import { optimizerOf } from "./defaults.ts";
import { resolvePolicy, resolveSchedule } from "./policy.ts";
import type { Prepared } from "./prepare.ts";
import { sequenceLimits } from "./sequence-limits.ts";

/** n / (C · n_c) for each class: as if every class were equally frequent; 0 for a class without examples. */
function balancedWeights(classes: Int32Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const c of classes) counts[c]!++;
  return counts.map((n) => (n === 0 ? 0 : classes.length / (count * n)));
}

/** The trainer of a run. Weight decay is the head's alone: it would pull pre-trained rows towards zero. */
export async function makeTrainer(prepared: Prepared, backend: Backend): Promise<EmbeddingTrainer> {
  const { settings, head, table, train, model, rowCounts } = prepared;
  const optional = {
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
    policy: await resolvePolicy(settings),
    schedule: resolveSchedule(settings),
    totalSteps: settings.epochs * Math.ceil(exampleCount(train) / settings.batchSize),
    batchSize: settings.batchSize,
    ...sequenceLimits(head, prepared.tokenizer),
    labelSmoothing: settings.labelSmoothing,
    wordDropout: settings.wordDropout,
    rowCounts,
    seed: settings.seed,
    ...optional,
  });
}
