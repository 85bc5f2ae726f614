import { createGraphBuilder, type Graph, type OpName, opNames } from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeModel, encodeModel } from "../src/index.ts";
import { randomGraph } from "./graphs.ts";

const seed = 20261126;
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe("encodeModel, then decodeModel", () => {
  it.each(["float32", "float64"] as const)("gives an equal, frozen graph (%s)", (float) => {
    const seen = new Set<OpName>();
    const property = fc.property(seeds, fc.integer({ min: 0, max: 40 }), (from, steps) => {
      const graph = randomGraph(from, steps);
      const decoded = decodeModel(encodeModel(graph, { float }));
      expect(decoded).toEqual(graph);
      expect(Object.isFrozen(decoded.nodes)).toBe(true);
      for (const { op } of graph.nodes) seen.add(op);
    });
    fc.assert(property, { seed, numRuns: 200 });
    expect([...opNames].filter((op) => !seen.has(op))).toEqual([]);
  });

  it("keeps float64 constants to the bit, and rounds float32 ones", () => {
    const g = createGraphBuilder();
    const graph = g.build([g.mul(g.input("x", "float", []), g.scalar(0.1))]);
    const constant = (decoded: Graph): number => decoded.constants[0]!.data[0]!;
    expect(constant(decodeModel(encodeModel(graph, { float: "float64" })))).toBe(0.1);
    expect(constant(decodeModel(encodeModel(graph)))).toBe(Math.fround(0.1));
  });

  it("writes the same bytes for the same graph", () => {
    const graph = randomGraph(7, 30);
    expect(encodeModel(graph)).toEqual(encodeModel(structuredClone(graph)));
  });

  it("handles an empty graph, and outputs that are inputs or constants", () => {
    const g = createGraphBuilder();
    expect(decodeModel(encodeModel(g.build([])))).toEqual(g.build([]));
    const graph = g.build([g.input("x", "float", [0]), g.constant("bool", [1], [1])]);
    expect(decodeModel(encodeModel(graph))).toEqual(graph);
  });
});
