import {
  createBatchSelector,
  createRandom,
  createTrainer,
  type EmbeddingTrainer,
  frozenPolicy,
  fullPolicy,
  shuffle,
} from "@thawline/core";
import { createHead } from "@thawline/heads";
import { openBackend } from "./backend-step.ts";
import { peakMegabytes } from "./peak-megabytes.ts";
import { readTask, type Task } from "./read-task.ts";
import { parseStepArguments, type StepArguments } from "./step-arguments.ts";

/** `bench step`: our product as one of the peers; prints one JSON line with their keys. */
export async function step(argv: readonly string[]): Promise<void> {
  const args = parseStepArguments(argv);
  const start = performance.now();
  const task = await readTask(args);
  const loadSeconds = (performance.now() - start) / 1000;
  const trainer = await createTrainerFor(task, args);
  const { seconds, examples } = await train(trainer, task, args);
  const accuracy = args.limit > 0 ? null : (await trainer.evaluate(task.test)).accuracy;
  await trainer.close();
  const figures = {
    peer: `thawline-${args.backend}`,
    data: args.data.replace(/\/+$/, "").split("/").at(-1),
    mode: args.mode,
    threads: 1,
    V: task.table.rows,
    dim: task.table.dimension,
    batch: args.batch,
    epochs: args.limit > 0 ? 1 : args.epochs,
    load_s: Number(loadSeconds.toFixed(2)),
    train_s: Number(seconds.toFixed(3)),
    examples_per_s: Number((examples / seconds).toFixed(1)),
    peak_rss_mb: peakMegabytes(),
    test_accuracy: accuracy === null ? null : Number(accuracy.toFixed(4)),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

async function createTrainerFor(task: Task, args: StepArguments): Promise<EmbeddingTrainer> {
  const { batch, lr, mode, seed, head, backend } = args;
  return createTrainer({
    backend: await openBackend[backend]!(),
    table: task.table,
    head: createHead({ type: head, dimension: task.table.dimension, classes: task.classes }),
    ...(head === "cnn" ? { maxNorm: 3 } : {}),
    optimizer: { type: "adam", learningRate: lr },
    // What torch's SparseAdam does.
    embeddings: { rowUpdates: "lazy", rowStep: "global", epsilonPlacement: "before" },
    policy: mode === "full" ? fullPolicy : frozenPolicy,
    batchSize: batch,
    seed,
  });
}

/** Trains, and times everything between token ids and updated rows. With `limit`, two batches first that do not count. */
async function train(
  trainer: EmbeddingTrainer,
  task: Task,
  args: StepArguments,
): Promise<{ seconds: number; examples: number }> {
  const select = createBatchSelector(task.train);
  const count = task.train.labels.length;
  const order = Int32Array.from({ length: count }, (_, n) => n);
  const random = createRandom(args.seed);
  if (args.limit > 0)
    for (let b = 0; b < 2; b++)
      await trainer.step(select(order, b * args.batch, Math.min(count, (b + 1) * args.batch)));
  const epochs = args.limit > 0 ? 1 : args.epochs;
  const start = performance.now();
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (let at = 0; at < count; at += args.batch)
      await trainer.step(select(order, at, Math.min(count, at + args.batch)));
  }
  return { seconds: (performance.now() - start) / 1000, examples: epochs * count };
}
