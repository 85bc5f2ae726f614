import { describe, expect, it } from "vitest";
import { erf } from "../src/index.ts";

// CPython 3.11's math.erf (the C library's), to 17 digits.
const known: readonly (readonly [number, number])[] = [
  [0.01, 0.011283415555849616],
  [0.1, 0.1124629160182849],
  [0.3, 0.3286267594591274],
  [0.46875, 0.49261347321793797],
  [0.468750001, 0.49261347412373113],
  [0.5, 0.5204998778130465],
  [0.75, 0.7111556336535151],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [2, 0.9953222650189527],
  [2.5, 0.999593047982555],
  [3, 0.9999779095030014],
  [3.5, 0.9999992569016276],
  [3.999, 0.9999999844552505],
  [4, 0.9999999845827421],
  [4.001, 0.9999999847092178],
  [4.5, 0.9999999998033839],
  [5, 0.9999999999984626],
  [5.5, 0.9999999999999927],
  [5.9, 0.9999999999999999],
  [6.1, 1.0],
  [8, 1.0],
];

describe("erf", () => {
  it.each(known)("erf(%d) to 1e-15", (x, expected) => {
    expect(Math.abs(erf(x) - expected)).toBeLessThanOrEqual(1e-15);
    expect(erf(-x)).toBe(-erf(x));
  });
  it("keeps relative precision near 0", () => {
    expect(Math.abs(erf(1e-10) / (2e-10 / Math.sqrt(Math.PI)) - 1)).toBeLessThanOrEqual(1e-15);
  });
});
