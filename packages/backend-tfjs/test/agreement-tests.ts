import { differentiate } from "@thawline/autodiff";
import { createGraphBuilder, createRandom, type GraphBuilder, sizeOf, tensor, type ValueInfo } from "@thawline/core";
import { createHead, type HeadConfig } from "@thawline/heads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allAxes } from "../../backend-reference/test/floats.ts";
import { compileHeadCase, headCases, headFeeds } from "../../backend-reference/test/head-cases.ts";
import { randomGraphs } from "../../backend-reference/test/random-graph.ts";
import { transformerFeeds, transformerGraph } from "../../backend-reference/test/transformer-graph.ts";
import { tfjsBackend } from "../src/index.ts";
import { errorOf, expectAgreement, tolerance } from "./compare.ts";
import type { TestTarget } from "./suite.ts";

const seed = 20261123;

/** A program with loss = Σ y · cotangent, and normal feeds. */
function programOf(
  build: (g: GraphBuilder) => { readonly xs: readonly ValueInfo[]; readonly y: ValueInfo },
  from: number,
) {
  const g = createGraphBuilder();
  const { xs, y } = build(g);
  const cotangent = g.input("cotangent", "float", y.shape);
  const loss = g.sum(g.mul(y, cotangent), allAxes(y), false, "loss");
  const random = createRandom(from);
  const feeds = Object.fromEntries(
    [...xs, cotangent].map(({ name, shape }) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, () => random.nextNormal());
      return [name, tensor("float32", shape, data)];
    }),
  );
  const request = { loss: loss.name, wrt: xs.map(({ name }) => name), fetch: [y.name] };
  return { program: { graph: g.build([y]), request }, feeds };
}

const extent = fc.integer({ min: 1, max: 4 });
const shapes = (minLength: number, maxLength: number) => fc.array(extent, { minLength, maxLength });
const seeds = fc.nat(1e9);
/** A shape that broadcasts to `shape`: axes left off in front, others of extent 1. */
const broadcastable = (shape: readonly number[]) =>
  fc
    .tuple(fc.nat(shape.length), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
    .map(([dropped, ones]) => shape.map((n, axis) => (ones[axis] ? 1 : n)).slice(dropped));

/** Graphs of many ops, and random shapes, against the float64 reference; heads against PyTorch. */
export function testAgreement({ tf, device }: TestTarget): void {
  const backend = tfjsBackend(tf, { device });

  describe("heads against PyTorch float64", () => {
    it.each(headCases.map((example) => [example.name, example] as const))("%s", async (_, example) => {
      const executable = await compileHeadCase(backend, example);
      const { loss, gradients, outputs } = await executable.run(headFeeds(backend, example));
      await executable.close();
      expect(errorOf([loss!], [example.loss])).toBeLessThanOrEqual(tolerance);
      expect(errorOf(outputs.logits.data, example.logits.data)).toBeLessThanOrEqual(tolerance);
      for (const [name, expected] of Object.entries(example.gradients)) {
        expect(errorOf(gradients[name].data, expected.data), name).toBeLessThanOrEqual(tolerance);
      }
    });
  });

  describe("the reference", () => {
    // Positions, masks and maxima over time; the second example is short, the third empty.
    it.each<HeadConfig>([
      { type: "cnn", dimension: 4, classes: 3, widths: [2, 3], maps: 5 },
      { type: "cnn", dimension: 4, classes: 3, widths: [2, 3], maps: 5, pool: "all" },
      { type: "attention", dimension: 4, classes: 3 },
    ])("agrees on the head $type $pool", async (config) => {
      const head = createHead(config);
      const built = head.build({ examples: 3, positions: 6 }, "train");
      const random = createRandom(seed);
      const mask = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      const feeds = Object.fromEntries(
        built.graph.inputs.map(({ name, shape }) => {
          const data = Float32Array.from({ length: sizeOf(shape) }, () => random.nextNormal());
          if (name === "mask") data.set(mask);
          if (name === "target") data.set([1, 0, 0, 0, 0.3, 0.7, 0, 1, 0]);
          if (name === "weight") data.fill(1 / 3);
          return [name, tensor("float32", shape, data)];
        }),
      );
      const wrt = ["embedding", ...head.parameters.map(({ name }) => name)];
      const request = { loss: built.loss!, wrt, fetch: [built.logits] };
      await expectAgreement(backend, { graph: built.graph, request }, feeds);
    });

    it("agrees on a transformer block, by the tape and by autodiff on these kernels", async () => {
      const { graph, loss, wrt } = transformerGraph();
      const feeds = transformerFeeds(1);
      await expectAgreement(backend, { graph, request: { loss, wrt } }, feeds);
      const differentiated = differentiate(graph, { loss, wrt });
      // The key bias has a gradient of rounding errors only.
      const fetch = wrt.filter((name) => name !== "k.bias").map((name) => differentiated.gradients[name]);
      await expectAgreement(backend, { graph: differentiated.graph, request: { fetch } }, feeds);
    });

    it("agrees on random graphs over every smooth op", () => {
      // Values are of order 1. A gradient far below that went through a saturated tanh, whose 1 − y² cancels in float32.
      const program = { request: { loss: "loss", wrt: ["x", "y"] }, leastScale: 1 };
      const property = fc.asyncProperty(randomGraphs, ({ graph, feeds }) =>
        expectAgreement(backend, { ...program, graph }, feeds),
      );
      return fc.assert(property, { seed, numRuns: 40 });
    });

    it("agrees on broadcast arithmetic and selection of random shapes", () => {
      const cases = shapes(0, 4).chain((shape) => fc.tuple(broadcastable(shape), broadcastable(shape), seeds));
      const property = fc.asyncProperty(
        cases,
        fc.constantFrom("Add", "Sub", "Mul", "Where"),
        async ([a, b, from], op) => {
          const { program, feeds } = programOf((g) => {
            const xs = [g.input("a", "float", a), g.input("b", "float", b)];
            const condition = () => g.apply("Greater", [xs[0], xs[1]], {});
            return { xs, y: op === "Where" ? g.apply(op, [condition(), ...xs], {}) : g.apply(op, xs, {}) };
          }, from);
          await expectAgreement(backend, program, feeds);
        },
      );
      return fc.assert(property, { seed, numRuns: 60 });
    });

    it("agrees on products, sums, maxima and layouts of random shapes up to five axes", () => {
      const cases = shapes(3, 5).chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          axes: fc.subarray([...shape.keys()]),
          axis: fc.nat(shape.length - 1),
          perm: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
          from: seeds,
        }),
      );
      const property = fc.asyncProperty(cases, async ({ shape, axes, axis, perm, from }) => {
        const swap = [...shape.keys()].map((i) => (i >= shape.length - 2 ? 2 * shape.length - 3 - i : i));
        const layouts = programOf((g) => {
          const x = g.input("x", "float", shape);
          const ones = shape.map(() => 1);
          const inner = g.apply("Slice", [g.apply("Pad", [x], { before: ones, after: ones })], {
            starts: shape.map(() => 0),
            ends: shape.map((n) => n + 1),
          });
          const pair = g.apply("Concat", [inner, inner], { axis });
          return { xs: [x], y: g.transpose(pair, perm) };
        }, from);
        await expectAgreement(backend, layouts.program, layouts.feeds);
        const sums = programOf((g) => {
          const x = g.input("x", "float", shape);
          const gram = g.matMul(x, g.transpose(x, swap));
          const maxima = g.apply("ReduceMax", [gram], { axis: shape.length - 1, keepDims: true });
          const curved = g.apply("Erf", [g.sub(gram, maxima)], {});
          return { xs: [x], y: g.sum(curved, axes, true) };
        }, from);
        await expectAgreement(backend, sums.program, sums.feeds);
      });
      return fc.assert(property, { seed, numRuns: 25 });
    });

    it("agrees on products of odd extents, of operands that are not zero where kernels pad", async () => {
      // e^x and σ(x) are 1 and ½ at 0: webgl adds that to products over an odd extent, the tape's included.
      for (const [rows, inner, columns] of [
        [1, 1, 1],
        [1, 4, 3],
        [3, 5, 7],
        [5, 3, 2],
        [2, 3, 1],
      ]) {
        for (const batch of [[], [3], [1, 2, 3]]) {
          const { program, feeds } = programOf((g) => {
            const [a, b] = [
              g.input("a", "float", [...batch, rows, inner]),
              g.input("b", "float", [...batch, inner, columns]),
            ];
            const product = g.matMul(g.apply("Exp", [a], {}), g.apply("Sigmoid", [b], {}));
            return { xs: [a, b], y: g.apply("Sigmoid", [product], {}) };
          }, rows);
          await expectAgreement(backend, program, feeds);
        }
      }
    });

    it("agrees on softmaxes along any axis", () => {
      const cases = fc
        .array(fc.integer({ min: 3, max: 6 }), { minLength: 2, maxLength: 4 })
        .chain((shape) => fc.tuple(fc.constant(shape), fc.nat(shape.length - 1), seeds));
      const property = fc.asyncProperty(cases, async ([shape, axis, from]) => {
        const { program, feeds } = programOf((g) => {
          const x = g.input("x", "float", shape);
          return { xs: [x], y: g.add(g.apply("Softmax", [x], { axis }), g.apply("LogSoftmax", [x], { axis })) };
        }, from);
        await expectAgreement(backend, program, feeds);
      });
      return fc.assert(property, { seed, numRuns: 25 });
    });
  });
}
