import { differentiate } from "@thawline/autodiff";
import { tensor, validateGraph } from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../src/index.ts";
import { directionalError, gradientsOf } from "./directional.ts";
import { transformerFeeds, transformerGraph } from "./transformer-graph.ts";

const seed = 20261128;
const block = transformerGraph();

describe("a transformer block from the op table", () => {
  it("has the gradients that central differences show, in every parameter at once", () => {
    validateGraph(differentiate(block.graph, block).graph);
    const property = fc.property(fc.nat(1e9), fc.nat(1e9), (from, direction) => {
      expect(directionalError({ ...block, feeds: transformerFeeds(from) }, direction)).toBeLessThanOrEqual(1e-6);
    });
    fc.assert(property, { seed, numRuns: 20 });
  });

  it("and in each parameter alone", () => {
    for (const name of block.wrt) {
      const error = directionalError({ ...block, wrt: [name], feeds: transformerFeeds(3) }, 5);
      expect(error, name).toBeLessThanOrEqual(1e-6);
    }
  });

  it("ignores masked positions: neither value nor gradient passes them", () => {
    const feeds = transformerFeeds(1);
    const changed = Float64Array.from(feeds.embedding.data);
    // Example 1, positions 2 and 3.
    changed.fill(9, (4 + 2) * 6);
    const moved = { ...feeds, embedding: tensor("float64", [2, 4, 6], changed) };
    expect(evaluate(block.graph, moved)).toEqual(evaluate(block.graph, feeds));
    const { data } = gradientsOf({ ...block, feeds }).embedding;
    expect([...data.subarray((4 + 2) * 6)]).toEqual(new Array(12).fill(0));
    expect(data.subarray(0, (4 + 2) * 6).every((value) => value !== 0)).toBe(true);
  });
});
