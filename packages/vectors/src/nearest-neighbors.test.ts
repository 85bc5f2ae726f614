import { describe, expect, it } from "vitest";
import { nearestNeighbors } from "./nearest-neighbors.ts";

const table = {
  dimension: 2,
  words: ["east", "north", "northeast", "west", "zero", "far-east", "__proto__"],
  data: Float32Array.of(1, 0, 0, 1, 1, 1, -1, 0, 0, 0, 5, 0, 2, 2),
};

describe("nearestNeighbors", () => {
  it("orders by cosine, the lower row first among equals, without the word itself and zero rows", () => {
    const result = nearestNeighbors(table, "east", 10);
    expect(result.map(({ word }) => word)).toEqual(["far-east", "northeast", "__proto__", "north", "west"]);
    for (const [index, cosine] of [1, Math.SQRT1_2, Math.SQRT1_2, 0, -1].entries()) {
      expect(result[index].cosine).toBeCloseTo(cosine, 14);
    }
  });

  it("takes a vector and keeps k, with the lower row of a tie", () => {
    const result = nearestNeighbors(table, [1, 1], 1);
    expect(result.map(({ row, word }) => [row, word])).toEqual([[2, "northeast"]]);
    expect(result[0].cosine).toBeCloseTo(1, 14);
  });

  it.each([
    ["absent", 1],
    ["zero", 1],
    [[1, 2, 3], 1],
    ["east", 0],
  ] as const)("refuses %j with k = %i", (query, k) => {
    expect(() => nearestNeighbors(table, query, k)).toThrow(RangeError);
  });
});
