import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.ts";
import { tensorError } from "./agreement.ts";
import { type MeanCase, runMeanCase } from "./mean-cases.ts";

const shared = new URL("../../../../shared/fixtures/pytorch/grad-mean.json", import.meta.url);

// Absent from a clone: heads.test.ts holds the same head to committed PyTorch cases.
if (existsSync(shared)) {
  describe("shared PyTorch cases of the mean-pool linear model, to 1e-10", () => {
    const cases: readonly MeanCase[] = JSON.parse(readFileSync(shared, "utf8")).cases;
    it.each(cases.map((example) => [example.name, example] as const))("%s", async (_, example) => {
      const actual = await runMeanCase(referenceBackend(), example);
      expect(tensorError(actual.loss, [example.loss])).toBeLessThanOrEqual(1e-10);
      expect(tensorError(actual.logits, example.logits.data)).toBeLessThanOrEqual(1e-10);
      for (const name of ["embedding.weight", "linear.weight", "linear.bias"]) {
        expect(tensorError(actual[name], example.grads[name].data), name).toBeLessThanOrEqual(1e-10);
      }
    });
  });
} else {
  it.todo("shared PyTorch cases: the shared folder is not beside this checkout");
}
