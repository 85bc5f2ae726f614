import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import generated from "../../test/figures.json";
import { argMax, classificationMetrics, softmaxRows } from "./metrics.ts";

describe("classificationMetrics", () => {
  it.each(generated.metrics)("agrees with scikit-learn and PyTorch: $name", (published) => {
    const metrics = classificationMetrics(published.logits, published.labels, published.classes);
    expect(metrics.rows).toBe(published.labels.length);
    expect(metrics.confusion).toEqual(published.confusion);
    for (const name of ["accuracy", "macroF1", "loss", "calibrationError"] as const) {
      expectClose([metrics[name]], [published[name]], 1e-12);
    }
    for (const name of ["precision", "recall", "f1", "support"] as const) {
      expectClose(
        metrics.perClass.map((of) => of[name]),
        published[name],
        1e-12,
      );
    }
  });

  it("is 0 throughout for no examples", () => {
    expect(classificationMetrics([], [], 2)).toMatchObject({
      rows: 0,
      accuracy: 0,
      macroF1: 0,
      loss: 0,
      calibrationError: 0,
      confusion: [
        [0, 0],
        [0, 0],
      ],
    });
  });

  it("counts a certainty of 1 to the last bin, (14 / 15, 1]", () => {
    // p = 1, wrong, and p = 0.95, right: one bin, whose accuracy is 0.5 and whose mean confidence is 0.975.
    const { calibrationError } = classificationMetrics([1000, 0, Math.log(19), 0], [1, 0], 2);
    expectClose([calibrationError], [0.475], 1e-12);
  });

  it("neither overflows nor rounds a certain mistake to infinity", () => {
    const { loss, calibrationError } = classificationMetrics([1000, -1000], [1], 2);
    expect(loss).toBe(2000);
    expect(calibrationError).toBe(1);
  });
});

describe("softmaxRows, argMax", () => {
  it("shift by the maximum, and take the first among equals", () => {
    expectClose(softmaxRows([1e4, 1e4 + Math.log(3), 0, 0], 2), [0.25, 0.75, 0.5, 0.5], 1e-12);
    expect([argMax([1, 3, 3, 2], 0, 4), argMax([9, 1, 2, 2], 1, 3), argMax([5], 0, 1)]).toEqual([1, 1, 0]);
  });
});
