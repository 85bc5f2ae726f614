import { describe, expect, it } from "vitest";
import { leastScaleOf, relativeError } from "./measure.ts";

describe("relativeError", () => {
  it.each([
    ["equal", [1, -2], [1, -2], 0],
    ["off by a tenth of the largest", [1, -2.2], [1, -2], 0.1],
    ["a small element's error is measured by the largest", [0.5, 100], [0, 100], 0.005],
    ["zeros are exact", [0, 1e-30], [0, 0], Number.POSITIVE_INFINITY],
    ["zeros that are zeros", [0, -0], [0, 0], 0],
    ["NaN where a number is expected", [Number.NaN], [1], Number.POSITIVE_INFINITY],
    ["a number where NaN is expected", [1], [Number.NaN], Number.POSITIVE_INFINITY],
    ["NaN for infinity", [Number.NaN], [Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY],
    ["infinity of the other sign", [Number.NEGATIVE_INFINITY], [Number.POSITIVE_INFINITY], Number.POSITIVE_INFINITY],
    ["what is not finite, where it should be", [Number.NaN, 3], [Number.NaN, 3], 0],
    ["another length", [1], [1, 2], Number.POSITIVE_INFINITY],
  ])("%s", (_, actual, expected, error) => {
    expect(relativeError(actual, expected)).toBeCloseTo(error, 12);
  });
});

describe("leastScaleOf", () => {
  it("is for gradients that are 0 by symmetry alone, not for small ones", () => {
    expect(leastScaleOf([1e-18, -2e-17], 4)).toBeCloseTo(4e-3, 15);
    expect(leastScaleOf([0, 0], 4)).toBeCloseTo(4e-3, 15);
    expect(leastScaleOf([1e-6], 4)).toBe(0);
    expect(leastScaleOf([0], Number.NaN)).toBe(0);
  });
});
