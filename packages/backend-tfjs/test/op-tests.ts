import { differentiate } from "@thawline/autodiff";
import type { TensorMap } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { feed } from "../../backend-reference/test/floats.ts";
import { type OpCase, opCases, opGraph, runOpCase, titleOf } from "../../backend-reference/test/op-cases.ts";
import { tfjsBackend } from "../src/index.ts";
import { errorOf, runOnce, tolerance } from "./compare.ts";
import type { TestTarget } from "./suite.ts";

const cases = opCases.map((example, i) => [titleOf(example, i), example] as const);

function expectGradients(example: OpCase, gradientOf: (name: string) => ArrayLike<number>): void {
  example.inputs.forEach(({ dtype, shape }, i) => {
    if (dtype !== "float" || example.cotangent === undefined) return;
    // Where PyTorch has no gradient, ours is an explicit zero.
    const expected = example.gradients?.[i]?.data ?? new Array(shape.reduce((a, b) => a * b, 1)).fill(0);
    expect(errorOf(gradientOf(`x${i}`), expected), `gradient of x${i}`).toBeLessThanOrEqual(tolerance);
  });
}

/** Every op and its gradient against PyTorch: by the tape, and by Thawline's own rules on the same kernels. */
export function testOps({ tf, device }: TestTarget): void {
  const backend = tfjsBackend(tf, { device });
  describe("every op against PyTorch float64, differentiated by the tape", () => {
    it.each(cases)("%s", async (_, example) => {
      const { y, gradients } = await runOpCase(backend, example);
      expect(y.shape).toEqual(example.output.shape);
      expect(errorOf(y.data, example.output.data)).toBeLessThanOrEqual(tolerance);
      expectGradients(example, (name) => gradients[name].data);
    });
  });

  // Tells a wrong kernel (both fail) from a wrong rule or a wrong tape (one fails).
  describe("every op against PyTorch float64, differentiated by autodiff", () => {
    const differentiable = cases.filter(([, { cotangent }]) => cotangent !== undefined);
    it.each(differentiable)("%s", async (_, example) => {
      const { graph, wrt, loss } = opGraph(example);
      const differentiated = differentiate(graph, { loss: loss!, wrt });
      const feeds: Record<string, TensorMap[string]> = { cotangent: feed(backend, example.cotangent!) };
      example.inputs.forEach((input, i) => {
        feeds[`x${i}`] = feed(backend, input, input.dtype);
      });
      const request = { fetch: [...new Set(Object.values(differentiated.gradients))] };
      const { outputs } = await runOnce(backend, { graph: differentiated.graph, request }, feeds);
      expectGradients(example, (name) => outputs[differentiated.gradients[name]].data);
    });
  });
}
