import { createGraphBuilder, type Tensor } from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tensorError } from "../../backend-reference/test/agreement.ts";
import { compileHeadCase, headCases, headFeeds } from "../../backend-reference/test/head-cases.ts";
import { randomGraphs } from "../../backend-reference/test/random-graph.ts";
import { transformerFeeds, transformerGraph } from "../../backend-reference/test/transformer-graph.ts";
import { backends, sharedBackend } from "./backends.ts";
import { float32, narrow, tolerance, worstError } from "./helpers.ts";

const scaled = ({ shape, data }: Tensor, factor: number): Tensor =>
  float32(
    shape,
    [...data].map((x) => factor * x),
  );

describe.each(backends)("%s: whole graphs", (_, create) => {
  const backend = sharedBackend(create);

  it.each(headCases.map((example) => [example.name, example] as const))(
    "head %s against PyTorch",
    async (_, example) => {
      const ort = await backend();
      const executable = await compileHeadCase(ort, example);
      const { loss, gradients, outputs } = await executable.run(headFeeds(ort, example));
      await executable.close();
      expect(tensorError([loss!], [example.loss])).toBeLessThanOrEqual(tolerance);
      expect(tensorError(outputs.logits.data, example.logits.data)).toBeLessThanOrEqual(tolerance);
      for (const [name, expected] of Object.entries(example.gradients)) {
        expect(tensorError(gradients[name].data, expected.data), name).toBeLessThanOrEqual(tolerance);
      }
    },
  );

  it("a transformer block, all its gradients, against the reference", async () => {
    const { graph, loss, wrt } = transformerGraph();
    for (const seed of [1, 2, 3]) {
      const error = await worstError(await backend(), {
        graph,
        request: { loss, wrt },
        feeds: narrow(transformerFeeds(seed)),
      });
      expect(error).toBeLessThanOrEqual(tolerance);
    }
  });

  it("random graphs over every smooth op, against the reference", async () => {
    const ort = await backend();
    const property = fc.asyncProperty(randomGraphs, async ({ graph, feeds }) => {
      // Small: 1 − tanh² of a saturated tanh is nothing but rounding in float32, on any backend.
      const small = Object.fromEntries(
        Object.entries(narrow(feeds)).map(([name, value]) => [name, scaled(value, 0.3)]),
      );
      const error = await worstError(ort, {
        graph,
        request: { loss: "loss", wrt: ["x", "y"] },
        feeds: small,
        leastScale: 1,
      });
      // Ten ops in float32, some nearly saturated: each amplifies what the one before it rounded.
      expect(error).toBeLessThanOrEqual(10 * tolerance);
    });
    await fc.assert(property, { seed: 20261128, numRuns: 40 });
  });

  it("differentiates the loss even where it is an input", async () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", []);
    const executable = await (await backend()).compile(g.build([x]), { loss: "x", wrt: ["x"] });
    const result = await executable.run({ x: { dtype: "float32", shape: [], data: Float32Array.of(3) } });
    expect([result.loss, result.gradients.x.data, result.outputs.x.data]).toEqual([
      3,
      Float32Array.of(1),
      Float32Array.of(3),
    ]);
  });
});
