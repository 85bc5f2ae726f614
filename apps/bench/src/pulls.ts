import { cpuBackend } from "@thawline/backend-cpu";
import {
  createBatchSelector,
  createEmbeddingTable,
  createTrainer,
  type EmbeddingTrainer,
  quantile,
  type TrainerOptions,
} from "@thawline/core";
import { createHead } from "@thawline/heads";
import { readTask, type Task } from "./read-task.ts";
import { parseStepArguments, type StepArguments } from "./step-arguments.ts";

const variants: Readonly<Record<string, Partial<TrainerOptions>>> = {
  none: {},
  "l2-sp": { pull: { type: "l2-sp", strength: 0.5 } },
  "l2-sp coupled": { pull: { type: "l2-sp", strength: 0.5, coupled: true } },
  recadam: { pull: { type: "recadam", strength: 1, annealing: { kind: "sigmoid", slope: 0.01, center: 500 } } },
  mixout: { pull: { type: "mixout", probability: 0.3 } },
  "trust region": { trustRegion: { maxCosineDistance: 0.02 } },
  "l2-sp and trust region": { pull: { type: "l2-sp", strength: 0.5 }, trustRegion: { maxCosineDistance: 0.02 } },
  "embedding dropout": { embeddingDropout: 0.2 },
  // Limits that nothing reaches: what is timed is the looking.
  "guard, each step": { guard: { limits: { meanCosineDistance: 1 }, action: "refreeze" } },
  "guard, every 10 steps": { guard: { limits: { meanCosineDistance: 1 }, action: "refreeze", checkEvery: 10 } },
  "guard that warns": { guard: { limits: { meanCosineDistance: 1 }, action: "warn" } },
};
const rounds = 40;
const stepsARound = 50;

async function trainerOf({ table, classes }: Task, args: StepArguments, variant: Partial<TrainerOptions>) {
  const { dimension, anchor, activeRows } = table;
  return createTrainer({
    backend: cpuBackend(),
    // A table of its own: trainers that share rows would share caches too.
    table: createEmbeddingTable({ dimension, anchor, activeRows, paddingRow: 0 }),
    head: createHead({ type: args.head, dimension, classes }),
    optimizer: { type: "adam", learningRate: args.lr },
    batchSize: args.batch,
    seed: args.seed,
    ...variant,
  });
}

/**
 * `bench pulls`: milliseconds of processor time a training step with each pull and without, as a ratio. The variants take turns of 50 steps, so
 * that what else the machine does hits all alike; the ratio of a round is to the same round's `none`. Prints one JSON line a
 * variant: medians over 40 rounds, and the quartiles of the ratio.
 */
export async function pulls(argv: readonly string[]): Promise<void> {
  const args = parseStepArguments(argv);
  const task = await readTask(args);
  const select = createBatchSelector(task.train);
  const count = task.train.labels.length;
  const order = Int32Array.from({ length: count }, (_, n) => (n * 7919) % count);
  const trainers = await Promise.all(
    Object.entries(variants).map(async ([name, variant]) => ({
      name,
      trainer: await trainerOf(task, args, variant),
      times: [] as number[],
    })),
  );
  const turn = async (trainer: EmbeddingTrainer, round: number): Promise<number> => {
    const start = process.cpuUsage();
    for (let step = 0; step < stepsARound; step++) {
      const at = ((round * stepsARound + step) * args.batch) % (count - args.batch);
      await trainer.step(select(order, at, at + args.batch));
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / stepsARound;
  };
  // Two rounds first, for the compiler.
  for (let round = -2; round < rounds; round++) {
    for (const { trainer, times } of trainers) {
      const elapsed = await turn(trainer, Math.max(0, round));
      if (round >= 0) times.push(elapsed);
    }
  }
  const none = trainers[0]!.times;
  for (const { name, trainer, times } of trainers) {
    await trainer.close();
    const ratio = times.map((time, round) => time / none[round]!);
    const figure = (values: readonly number[], q: number): number =>
      Number(quantile(Float64Array.from(values).sort(), q).toFixed(3));
    const quartiles = [figure(ratio, 0.25), figure(ratio, 0.75)];
    process.stdout.write(
      `${JSON.stringify({ pull: name, stepMs: figure(times, 0.5), ratio: figure(ratio, 0.5), quartiles })}\n`,
    );
  }
}
