import { differentiate, eliminateDeadNodes, simplify } from "@thawline/autodiff";
import { createGraphBuilder, type Graph, sizeOf, validateGraph, valuesOf } from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../src/index.ts";
import { randomGraphs } from "./random-graph.ts";

const seed = 20261127;
const withGradients = (graph: Graph): Graph => differentiate(graph, { loss: "loss", wrt: ["x", "y"] }).graph;

/** Rewrites that must change no value. */
const rewrites: Readonly<Record<string, (graph: Graph) => Graph>> = {
  "a copy through the builder": (graph) =>
    createGraphBuilder(graph).build(graph.outputs.map((name) => valuesOf(graph).get(name)!)),
  "a round trip through JSON": (graph) => JSON.parse(JSON.stringify(graph)),
  eliminateDeadNodes: (graph) => eliminateDeadNodes(graph),
  simplify,
  "simplify twice": (graph) => simplify(simplify(graph)),
};

describe("rewrites change no value of a random graph and its gradients", () => {
  it.each(Object.entries(rewrites))("%s", (_, rewrite) => {
    const property = fc.property(randomGraphs, ({ graph, feeds }) => {
      const original = withGradients(graph);
      const rewritten = rewrite(original);
      validateGraph(rewritten);
      expect(rewritten.outputs).toEqual(original.outputs);
      // To the bit: rewrites may drop work, not reorder sums.
      expect(evaluate(rewritten, feeds)).toEqual(evaluate(original, feeds));
    });
    fc.assert(property, { seed, numRuns: 150 });
  });

  it("JSON gives back an equal graph", () => {
    const property = fc.property(randomGraphs, ({ graph }) => {
      const all = withGradients(graph);
      expect(JSON.parse(JSON.stringify(all))).toEqual(all);
    });
    fc.assert(property, { seed, numRuns: 50 });
  });

  it("simplify makes graphs smaller", () => {
    let [before, after] = [0, 0];
    const property = fc.property(randomGraphs, ({ graph }) => {
      const original = eliminateDeadNodes(withGradients(graph));
      const simplified = simplify(original);
      expect(simplified.nodes.length).toBeLessThanOrEqual(original.nodes.length);
      before += original.nodes.length;
      after += simplified.nodes.length;
    });
    fc.assert(property, { seed, numRuns: 50 });
    expect(after).toBeLessThan(0.95 * before);
  });
});

describe("shape rules", () => {
  it("give the shapes that the reference computes, for every value of random graphs and their gradients", () => {
    const property = fc.property(randomGraphs, ({ graph, feeds }) => {
      const all = withGradients(graph);
      const values = valuesOf(all);
      const computed = evaluate(all, feeds, [...values.keys()]);
      for (const [name, { shape }] of values) {
        expect(computed[name].shape).toEqual(shape);
        expect(computed[name].data.length).toBe(sizeOf(shape));
      }
    });
    fc.assert(property, { seed, numRuns: 100 });
  });
});
