import { describe, expect, it } from "vitest";
import { closedFormBackend } from "../../test/closed-form-backend.ts";
import { smallTable } from "../../test/make-trainer.ts";
import { testHead } from "../../test/test-head.ts";
import type { Backend } from "../backend.ts";
import { createOwningTrainer } from "./owning-trainer.ts";

function counting(): { readonly backend: Backend; closed(): number } {
  let count = 0;
  const inner = closedFormBackend();
  const backend: Backend = {
    ...inner,
    close: async () => {
      count++;
      await inner.close();
    },
  };
  return { backend, closed: () => count };
}

const options = () => ({
  table: smallTable(),
  head: testHead(),
  optimizer: { type: "sgd", learningRate: 0.1 } as const,
  batchSize: 4,
});

describe("createOwningTrainer", () => {
  it("closes its backend with the trainer, not before", async () => {
    const { backend, closed } = counting();
    const trainer = await createOwningTrainer(backend, options());
    expect(closed()).toBe(0);
    await trainer.close();
    expect(closed()).toBe(1);
  });

  it("closes its backend where the trainer cannot be made", async () => {
    const { backend, closed } = counting();
    await expect(createOwningTrainer(backend, { ...options(), batchSize: 0 })).rejects.toMatchObject({
      code: "INVALID_CONFIG",
    });
    expect(closed()).toBe(1);
  });
});
