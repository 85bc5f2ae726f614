import { opNames } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { tensorError } from "../../backend-reference/test/agreement.ts";
import { opCases, runOpCase, titleOf } from "../../backend-reference/test/op-cases.ts";
import { backends, sharedBackend } from "./backends.ts";
import { tolerance } from "./helpers.ts";

// The committed PyTorch float64 cases of the reference backend.
describe.each(backends)("%s: every op against PyTorch float64", (_, create) => {
  const backend = sharedBackend(create);

  it("has cases of every op", () => {
    expect(new Set(opCases.map(({ op }) => op))).toEqual(new Set(opNames));
  });

  it.each(opCases.map((example, i) => [titleOf(example, i), example] as const))("%s", async (_, example) => {
    const { y, gradients } = await runOpCase(await backend(), example);
    expect(tensorError(y.data, example.output.data)).toBeLessThanOrEqual(tolerance);
    example.gradients?.forEach((expected, i) => {
      if (expected === null) return;
      expect(tensorError(gradients[`x${i}`].data, expected.data), `x${i}`).toBeLessThanOrEqual(tolerance);
    });
  });
});
