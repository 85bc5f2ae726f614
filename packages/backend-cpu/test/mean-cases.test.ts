import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tensorError } from "../../backend-reference/test/agreement.ts";
import { type MeanCase, runMeanCase } from "../../backend-reference/test/mean-cases.ts";
import { cpuBackend } from "../src/index.ts";

const shared = new URL("../../../../shared/fixtures/pytorch/grad-mean.json", import.meta.url);

describe.runIf(existsSync(shared))("PyTorch float64 gradients, mean-pool linear", () => {
  const cases: readonly MeanCase[] = existsSync(shared) ? JSON.parse(readFileSync(shared, "utf8")).cases : [];
  it.each(cases.map((example) => [example.name, example] as const))("%s to 1e-5", async (_, example) => {
    const actual = await runMeanCase(cpuBackend(), example);
    expect(tensorError(actual.loss, [example.loss])).toBeLessThanOrEqual(1e-5);
    expect(tensorError(actual.logits, example.logits.data)).toBeLessThanOrEqual(1e-5);
    for (const name of ["embedding.weight", "linear.weight", "linear.bias"]) {
      expect(tensorError(actual[name], example.grads[name].data), name).toBeLessThanOrEqual(1e-5);
    }
  });
});
