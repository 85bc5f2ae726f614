import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.ts";
import { tensorError } from "./agreement.ts";
import { compileHeadCase, headCases, headFeeds } from "./head-cases.ts";

describe("heads against PyTorch float64", () => {
  it.each(headCases.map((example) => [example.name, example] as const))("%s to 1e-10", async (_, example) => {
    const backend = referenceBackend();
    const executable = await compileHeadCase(backend, example);
    const { loss, gradients, outputs } = await executable.run(headFeeds(backend, example));
    expect(tensorError([loss!], [example.loss])).toBeLessThanOrEqual(1e-10);
    expect(tensorError(outputs.logits.data, example.logits.data)).toBeLessThanOrEqual(1e-10);
    for (const [name, expected] of Object.entries(example.gradients)) {
      expect(gradients[name].shape, name).toEqual(expected.shape);
      expect(tensorError(gradients[name].data, expected.data), name).toBeLessThanOrEqual(1e-10);
    }
  });
});
