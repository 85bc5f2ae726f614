import { describe, expect, it } from "vitest";
import { confidentLearning } from "./confident-learning.ts";

describe("confident learning", () => {
  it("counts the confident joint by the paper's equations", () => {
    // By hand. Label 0: own probabilities .9 .8 .7 .2 → threshold .65. Label 1: .9 .6 .3 → threshold .6.
    const own = [0.9, 0.8, 0.7, 0.2, 0.1, 0.4, 0.7];
    const labels = Int32Array.from([0, 0, 0, 0, 1, 1, 1]);
    const probabilities = Float64Array.from(own.flatMap((p) => [p, 1 - p]));
    const found = confidentLearning({ probabilities, labels, classes: 2 });
    expect([...found.thresholds].map((t) => t.toFixed(12))).toEqual([(2.6 / 4).toFixed(12), (1.8 / 3).toFixed(12)]);
    // Label 0: three confidently 0, one (p₁ = .8) confidently 1. Label 1: .9 and .6 confidently 1, one (p₀ = .7) confidently 0.
    expect([...found.confidentJoint]).toEqual([3, 1, 1, 2]);
    expect([...found.suggestions]).toEqual([0, 0, 0, 1, 1, 1, 0]);
    // Most suspect first: own label's probability .2, then .3.
    expect(found.suspects).toEqual([3, 6]);
    // Calibrated: ¾ of 4 rows and ⅔ of 3 rows are right: 1 − (3 + 2) / 7.
    expect(found.noiseRate).toBeCloseTo(2 / 7, 12);
    expect(found.accuracy).toBeCloseTo(5 / 7, 12);
  });

  it("takes the most probable of several confident classes, and none where nothing is confident", () => {
    const rows = [
      [0.5, 0.45, 0.05],
      [0.2, 0.7, 0.1],
      [0.3, 0.3, 0.4],
      [0.44, 0.46, 0.1],
    ];
    const labels = Int32Array.from([0, 1, 2, 0]);
    // Thresholds .47, .7, .4: the last row reaches none.
    const found = confidentLearning({ probabilities: Float64Array.from(rows.flat()), labels, classes: 3 });
    expect([...found.suggestions]).toEqual([0, 1, 2, -1]);
    expect(found.suspects).toEqual([]);
    expect(found.noiseRate).toBeCloseTo(0, 12);
  });

  it("does not mind a class without rows, or no rows at all", () => {
    const found = confidentLearning({
      probabilities: Float64Array.from([0.1, 0.9, 0.2, 0.8]),
      labels: Int32Array.from([0, 0]),
      classes: 2,
    });
    expect(found.thresholds[1]).toBe(Number.POSITIVE_INFINITY);
    expect(found.noiseRate).toBe(0);
    const none = confidentLearning({ probabilities: new Float64Array(0), labels: new Int32Array(0), classes: 2 });
    expect(none).toMatchObject({ noiseRate: 0, suspects: [], accuracy: 0 });
  });
});
