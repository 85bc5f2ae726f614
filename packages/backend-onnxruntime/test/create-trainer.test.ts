import { referenceBackend } from "@thawline/backend-reference";
import {
  createEmbeddingTable,
  createRandom,
  createTrainer,
  type EmbeddingTrainer,
  type TrainerOptions,
} from "@thawline/core";
import { createHead } from "@thawline/heads";
import { describe, expect, it } from "vitest";
import { createTrainer as createNodeTrainer } from "../src/node.ts";
import { createTrainer as createWebTrainer } from "../src/web.ts";

const batch = {
  ids: Int32Array.of(1, 2, 3, 2, 4, 5, 1),
  offsets: Int32Array.of(0, 3, 5, 7),
  labels: Int32Array.of(0, 1, 0),
};

function options(): Omit<TrainerOptions, "backend"> {
  const random = createRandom(5);
  const anchor = Float32Array.from({ length: 6 * 4 }, () => random.nextNormal());
  return {
    table: createEmbeddingTable({ dimension: 4, anchor, activeRows: "all" }),
    head: createHead({ type: "linear", dimension: 4, classes: 2 }),
    optimizer: { type: "adam", learningRate: 0.05 },
    batchSize: 4,
  };
}

async function lossesOf(trainer: EmbeddingTrainer): Promise<number[]> {
  const losses: number[] = [];
  for (let step = 0; step < 5; step++) losses.push((await trainer.step(batch)).loss);
  await trainer.close();
  return losses;
}

describe.each([
  ["node", () => createNodeTrainer(options())],
  ["web", () => createWebTrainer(options(), { provider: "wasm" })],
] as const)("createTrainer of ./%s", (_, create) => {
  it("trains as core's on the reference does, and rejects steps after close", async () => {
    const trainer = await create();
    const losses = await lossesOf(trainer);
    const expected = await lossesOf(await createTrainer({ ...options(), backend: referenceBackend() }));
    losses.forEach((loss, step) => {
      expect(Math.abs(loss - expected[step])).toBeLessThanOrEqual(1e-5);
    });
    expect(losses[4]).toBeLessThan(losses[0]);
    await expect(trainer.step(batch)).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
  });
});
