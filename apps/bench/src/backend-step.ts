import {
  type Backend,
  createEmbeddingTable,
  createRandom,
  createTrainer,
  type Examples,
  fullPolicy,
  type Head,
} from "@thawline/core";
import { createHead } from "@thawline/heads";
import { median } from "./statistics.ts";
import { UsageError } from "./usage-error.ts";

/** Backends of Node that are compared. */
export const comparedBackends: readonly string[] = ["cpu", "onnxruntime-node", "tfjs-node"];

/** Opens a backend of `comparedBackends`. */
export const openBackend: Readonly<Record<string, () => Promise<Backend>>> = {
  cpu: async () => (await import("@thawline/backend-cpu")).cpuBackend(),
  "onnxruntime-node": async () => (await import("@thawline/backend-onnxruntime/node")).onnxruntimeNodeBackend(),
  "tfjs-node": async () => (await import("@thawline/backend-tfjs-node")).tfjsNodeBackend(),
};

/** What a training step is measured on. */
export interface StepTask {
  readonly title: string;
  readonly batch: number;
  readonly head: Readonly<Record<string, unknown>> & { readonly type: string };
  /** Steps that count, after three that compile and warm up. */
  readonly steps: number;
}

/** Positions, dimension, rows of the table: alike in all tasks. */
const L = 40;
const D = 100;
const V = 20_000;

/** The tasks by name. */
export const stepTasks: Readonly<Record<string, StepTask>> = {
  mean: { title: `mean pool, linear; batch 64, L = ${L}, D = ${D}`, batch: 64, head: { type: "linear" }, steps: 200 },
  cnn: { title: `Kim's CNN, 3 × 100 maps; batch 50, L = ${L}, D = ${D}`, batch: 50, head: { type: "cnn" }, steps: 20 },
  attention: {
    title: `attention pooling, H = 64; batch 50, L = ${L}, D = ${D}`,
    batch: 50,
    head: { type: "attention" },
    steps: 60,
  },
};

/** A batch of random ids, each example full. */
function batchOf(size: number, seed: number): Examples {
  const random = createRandom(seed);
  return {
    ids: Int32Array.from({ length: size * L }, () => 1 + random.nextBelow(V - 1)),
    offsets: Int32Array.from({ length: size + 1 }, (_, i) => i * L),
    labels: Int32Array.from({ length: size }, (_, i) => i % 2),
  };
}

function trainerOn(backend: Backend, head: Head, batchSize: number) {
  const random = createRandom(1);
  const anchor = Float32Array.from({ length: V * D }, () => 0.1 * random.nextNormal());
  const table = createEmbeddingTable({ dimension: D, anchor, activeRows: "all" });
  const optimizer = { type: "adam", learningRate: 1e-3 } as const;
  return createTrainer({ backend, table, head, optimizer, policy: fullPolicy, batchSize });
}

/**
 * `bench backend-step BACKEND TASK`: a whole training step (look-up, graph, row gradient, Adam on head and rows) on made-up
 * batches; prints one JSON line with the median milliseconds a step.
 */
export async function backendStep([name = "", taskName = ""]: readonly string[]): Promise<void> {
  const task = Object.hasOwn(stepTasks, taskName) ? stepTasks[taskName] : undefined;
  if (!comparedBackends.includes(name) || task === undefined) {
    const usage = `${comparedBackends.join("|")} ${Object.keys(stepTasks).join("|")}`;
    throw new UsageError(`expected backend-step ${usage}, got "${name} ${taskName}"`);
  }
  const backend = await openBackend[name]!();
  const trainer = await trainerOn(backend, createHead({ ...task.head, dimension: D, classes: 2 }), task.batch);
  const batches = Array.from({ length: 8 }, (_, i) => batchOf(task.batch, 10 + i));
  const times: number[] = [];
  for (let i = -3; i < task.steps; i++) {
    const started = performance.now();
    await trainer.step(batches[(i + 3) % batches.length]!);
    if (i >= 0) times.push(performance.now() - started);
  }
  await trainer.close();
  await backend.close();
  const ms = median(times);
  process.stdout.write(`${JSON.stringify({ peer: name, task: taskName, ms_per_step: ms })}\n`);
}
