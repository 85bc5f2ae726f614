import { describe, expect, it } from "vitest";
import type { Arm, Pair } from "./document.ts";
import { verdictOf } from "./verdict.ts";

const arm = (policy: string, dev: number, meanCosineDistance: number): Arm => ({
  policy,
  isFrozen: meanCosineDistance === 0,
  seeds: [],
  dev: { mean: dev, interval: [dev - 0.02, dev + 0.02] },
  test: null,
  meanCosineDistance,
  neighborOverlapAt10: meanCosineDistance === 0 ? 1 : 0.69,
});
const pair = (a: string, b: string, difference: number, low: number, high: number): Pair => ({
  a,
  b,
  on: "dev",
  difference,
  interval: [low, high],
  pValue: 0.5,
  test: "permutation",
});
const frozen = arm("frozen", 0.8, 0);
const full = arm("full", 0.84, 0.02);
const gradual = arm("gradual", 0.83, 0.005);

describe("verdictOf", () => {
  it("keeps frozen where the interval holds 0, and says what tuning did", () => {
    const worse = arm("gradual", 0.796, 0.005);
    const verdict = verdictOf([frozen, worse], [pair("gradual", "frozen", -0.004, -0.011, 0.003)]);
    expect(verdict.recommendation).toBe("frozen");
    expect(verdict.reason).toBe(
      "keep frozen: gradual changed dev accuracy by −0.4 points (95 % interval −1.1 to +0.3) and replaced 31.0 % of the nearest neighbours of the words that it moved",
    );
  });

  it.each([
    ["lies on 0", 0, "frozen"],
    ["lies just above 0", 1e-9, "gradual"],
  ])("where the interval %s", (_, low, recommendation) => {
    expect(verdictOf([frozen, gradual], [pair("gradual", "frozen", 0.03, low, 0.05)])).toMatchObject({
      recommendation,
    });
  });

  it("takes the best of those that pass, whichever way round the pairs are", () => {
    const pairs = [
      pair("full", "frozen", 0.04, 0.02, 0.06),
      pair("frozen", "gradual", -0.03, -0.05, -0.01),
      pair("gradual", "full", -0.01, -0.018, -0.002),
    ];
    expect(verdictOf([frozen, full, gradual], pairs).recommendation).toBe("full");
  });

  it("takes the one that moved the words less where the best cannot be told from it", () => {
    const pairs = [
      pair("full", "frozen", 0.04, 0.02, 0.06),
      pair("gradual", "frozen", 0.03, 0.01, 0.05),
      pair("gradual", "full", -0.01, -0.02, 0),
    ];
    const { recommendation, reason } = verdictOf([frozen, full, gradual], pairs);
    expect(recommendation).toBe("gradual");
    expect(reason).toContain("full cannot be told from it on dev and moved the words further");
  });

  it("does not take one that moved less but does not pass", () => {
    const pairs = [
      pair("full", "frozen", 0.04, 0.02, 0.06),
      pair("gradual", "frozen", 0.03, -0.01, 0.07),
      pair("gradual", "full", -0.01, -0.02, 0.01),
    ];
    expect(verdictOf([frozen, full, gradual], pairs).recommendation).toBe("full");
  });
});
