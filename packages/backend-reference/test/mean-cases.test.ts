import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.ts";
import { tensorError } from "./agreement.ts";
import { type MeanCase, runMeanCase } from "./mean-cases.ts";

const shared = new URL("../../../../shared/fixtures/pytorch/grad-mean.json", import.meta.url);

describe.runIf(existsSync(shared))("PyTorch float64 gradients, mean-pool linear", () => {
  const cases: readonly MeanCase[] = existsSync(shared) ? JSON.parse(readFileSync(shared, "utf8")).cases : [];
  it.each(cases.map((example) => [example.name, example] as const))("%s to 1e-10", async (_, example) => {
    const actual = await runMeanCase(referenceBackend(), example);
    expect(tensorError(actual.loss, [example.loss])).toBeLessThanOrEqual(1e-10);
    expect(tensorError(actual.logits, example.logits.data)).toBeLessThanOrEqual(1e-10);
    for (const name of ["embedding.weight", "linear.weight", "linear.bias"]) {
      expect(tensorError(actual[name], example.grads[name].data), name).toBeLessThanOrEqual(1e-10);
    }
  });
});
