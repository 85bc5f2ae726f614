import { referenceBackend } from "@thawline/backend-reference";
import { createEmbeddingTable, createTrainer as createTrainerOn, type Examples } from "@thawline/core";
import { linearHead } from "@thawline/heads";
import { describe, expect, it } from "vitest";
import { createTrainer } from "../src/index.ts";

const anchor = [0, 0, 0.1, 0.2, 0.2, 0.1, -0.1, 0.2, 0.1, -0.2];
const train: Examples = {
  ids: Int32Array.of(1, 2, 3, 4),
  offsets: Int32Array.of(0, 2, 4),
  labels: Int32Array.of(0, 1),
};
const options = {
  head: linearHead({ dimension: 2, classes: 2 }),
  optimizer: { type: "adam", learningRate: 0.05 },
  batchSize: 2,
} as const;

describe("createTrainer", () => {
  it("trains as the float64 reference does, and closes its backend", async () => {
    const table = createEmbeddingTable({ dimension: 2, anchor: Float32Array.from(anchor), activeRows: "all" });
    const wide = createEmbeddingTable({ dimension: 2, anchor: Float64Array.from(anchor), activeRows: "all" });
    const trainer = await createTrainer({ ...options, table });
    const reference = await createTrainerOn({ ...options, table: wide, backend: referenceBackend() });
    for (let step = 1; step <= 20; step++) {
      const [{ loss }, expected] = [await trainer.step(train), await reference.step(train)];
      expect(Math.abs(loss - expected.loss) / expected.loss, `step ${step}`).toBeLessThanOrEqual(1e-5);
    }
    await trainer.close();
    await expect(trainer.step(train)).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
  });
});
