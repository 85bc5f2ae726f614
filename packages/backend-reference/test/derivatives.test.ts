import { differentiate } from "@thawline/autodiff";
import {
  createGraphBuilder,
  createRandom,
  opNames,
  sizeOf,
  type TensorMap,
  tensor,
  validateGraph,
} from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.ts";
import { directionalError, gradientsOf } from "./directional.ts";
import { allAxes, feed } from "./floats.ts";
import { type OpCase, opCases, opGraph, titleOf } from "./op-cases.ts";
import { follow, randomFeeds, randomGraphs, recipes, weightedSum } from "./random-graph.ts";

const seed = 20261126;
const backend = referenceBackend();
const wrt = ["x", "y"];

const feedsOf = ({ inputs, cotangent }: OpCase): TensorMap => ({
  ...Object.fromEntries(inputs.map((input, i) => [`x${i}`, feed(backend, input, input.dtype)])),
  ...(cotangent === undefined ? {} : { cotangent: feed(backend, cotangent) }),
});

/** The loss Σ (∂loss/∂x_i · v_i) of the differentiated graph, with fixed random v: its gradient is second order. */
function secondOrder({ graph, loss, wrt: inputs }: { graph: OpGraph["graph"]; loss: string; wrt: readonly string[] }) {
  const random = createRandom(7);
  const { graph: first, gradients } = differentiate(graph, { loss, wrt: inputs });
  const g = createGraphBuilder(first);
  const terms = inputs.map((name) => {
    const value = first.nodes.find(({ output }) => output.name === gradients[name])?.output;
    const gradient = value ?? first.inputs.find((input) => input.name === gradients[name])!;
    const v = g.constant(
      "float",
      gradient.shape,
      Array.from({ length: sizeOf(gradient.shape) }, () => random.nextNormal()),
    );
    return g.sum(g.mul(gradient, v), allAxes(gradient));
  });
  const total = terms.reduce((sum, term) => g.add(sum, term));
  return { graph: g.build([total]), loss: total.name };
}
type OpGraph = ReturnType<typeof opGraph>;

const differentiable = opCases
  .map((example, i) => [titleOf(example, i), example] as const)
  .filter(([, example]) => opGraph(example).loss !== undefined && opGraph(example).wrt.length > 0);

describe("gradients of every op against central differences", () => {
  it.each(differentiable)("%s", (_, example) => {
    const { graph, loss, wrt: inputs } = opGraph(example);
    const feeds = feedsOf(example);
    validateGraph(differentiate(graph, { loss: loss!, wrt: inputs }).graph);
    expect(directionalError({ graph, loss: loss!, wrt: inputs, feeds }, seed)).toBeLessThanOrEqual(1e-6);
  });

  it.each(differentiable)("twice: %s", (_, example) => {
    const { graph, loss, wrt: inputs } = opGraph(example);
    const second = secondOrder({ graph, loss: loss!, wrt: inputs });
    validateGraph(differentiate(second.graph, { loss: second.loss, wrt: inputs }).graph);
    const derivative = { ...second, wrt: inputs, feeds: feedsOf(example) };
    expect(directionalError(derivative, seed)).toBeLessThanOrEqual(1e-6);
  });
});

describe("gradients of random graphs", () => {
  it("equal central differences along random directions", () => {
    const ops = new Set<string>();
    const property = fc.property(randomGraphs, fc.integer({ min: 0, max: 1e9 }), ({ graph, feeds }, direction) => {
      for (const { op } of graph.nodes) ops.add(op);
      expect(directionalError({ graph, loss: "loss", wrt, feeds }, direction)).toBeLessThanOrEqual(1e-6);
    });
    fc.assert(property, { seed, numRuns: 200 });
    const kinked = ["Relu", "Equal", "Greater", "ReduceMax", "ArgMax"];
    expect(opNames.filter((op) => !ops.has(op))).toEqual(kinked);
  });

  it("are linear in the loss: gradient of a f + b g", () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const property = fc.property(recipes, recipes, number, number, fc.nat(1e9), (first, second, a, b, from) => {
      const g = createGraphBuilder();
      const inputs = [g.input("x", "float", [2, 3]), g.input("y", "float", [3])] as const;
      const [f, h] = [first, second].map((recipe) => weightedSum(g, follow(g, recipe, inputs)));
      const both = g.add(g.mul(f, g.scalar(a)), g.mul(h, g.scalar(b)));
      const graph = g.build([both]);
      const feeds = randomFeeds(from);
      const [df, dh, dBoth] = [f, h, both].map(({ name }) => gradientsOf({ graph, loss: name, wrt, feeds }));
      for (const name of wrt) {
        dBoth[name].data.forEach((value, i) => {
          const [p, q] = [a * df[name].data[i], b * dh[name].data[i]];
          expect(Math.abs(value - (p + q))).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(p) + Math.abs(q)));
        });
      }
    });
    fc.assert(property, { seed, numRuns: 100 });
  });
});

describe("inputs that the loss does not depend on", () => {
  const g = createGraphBuilder();
  const x = g.input("x", "float", [2, 3]);
  g.input("unused", "float", [4]);
  const compared = g.input("compared", "float", [2, 3]);
  const mask = g.apply("Cast", [g.apply("Greater", [compared, g.scalar(0)], {})], { to: "float" });
  const loss = weightedSum(g, g.mul(x, mask));
  it("have a gradient of zeros of their own shape, also behind a comparison", () => {
    const normal = randomFeeds(1).x;
    const feeds = { x: normal, compared: normal, unused: tensor("float64", [4], new Float64Array(4)) };
    const gradients = gradientsOf({ graph: g.build([loss]), loss: loss.name, wrt: ["unused", "compared", "x"], feeds });
    expect(gradients.unused).toEqual({ dtype: "float64", shape: [4], data: new Float64Array(4) });
    expect(gradients.compared).toEqual({ dtype: "float64", shape: [2, 3], data: new Float64Array(6) });
    expect(gradients.x.data.some((value) => value !== 0)).toBe(true);
  });
});
