import { describe, expect, it } from "vitest";
import { identityLookUp, validateLookUp, type WeightedLookUp } from "./look-up.ts";

const valid: WeightedLookUp = {
  kind: "weighted",
  offsets: Int32Array.of(0, 2, 2, 3),
  rows: Int32Array.of(0, 4, 1),
  weights: Float32Array.of(0.5, 0.5, 1),
};

describe("validateLookUp", () => {
  it("takes tokens of any number of rows, none too, and no token at all", () => {
    expect(() => validateLookUp(valid, 5)).not.toThrow();
    expect(() => validateLookUp(identityLookUp, 0)).not.toThrow();
    const none = { offsets: Int32Array.of(0), rows: new Int32Array(0), weights: new Float32Array(0) };
    expect(() => validateLookUp({ kind: "weighted", ...none }, 5)).not.toThrow();
  });

  it.each([
    ["a row beyond the table", { rows: Int32Array.of(0, 5, 1) }, /row 5, the table 5 rows/],
    ["a negative row", { rows: Int32Array.of(0, -1, 1) }, /row -1/],
    ["a missing weight", { weights: Float32Array.of(1, 1) }, /3 rows and 2 weights/],
    ["a weight that is not finite", { weights: Float32Array.of(1, Number.NaN, 1) }, /weight of NaN for row 4/],
    ["offsets that fall", { offsets: Int32Array.of(0, 2, 1, 3) }, /do at token 1/],
    ["offsets beyond the rows", { offsets: Int32Array.of(0, 2, 4) }, /0 to at most 3, got 0 to 4/],
    ["offsets from elsewhere", { offsets: Int32Array.of(1, 2) }, /got 1 to 2/],
    ["no offsets", { offsets: new Int32Array(0) }, /got undefined to undefined/],
  ])("refuses %s", (_, change, message) => {
    expect(() => validateLookUp({ ...valid, ...change }, 5)).toThrow(RangeError);
    expect(() => validateLookUp({ ...valid, ...change }, 5)).toThrow(message);
  });
});
