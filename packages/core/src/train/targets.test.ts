import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import generated from "../../test/figures.json";
import { softmaxRows } from "./metrics.ts";
import { writeClassTargets } from "./targets.ts";

const buffers = (rows: number, classes: number) => ({
  target: new Float64Array(rows * classes).fill(7),
  weight: new Float64Array(rows).fill(7),
});

describe("writeClassTargets", () => {
  it.each(generated.crossEntropy)("gives PyTorch's cross_entropy: $name", (published) => {
    const { classes, logits, labels, classWeights, labelSmoothing, loss } = published;
    // Two examples more than there are labels, which only pad.
    const { target, weight } = buffers(labels.length + 2, classes);
    writeClassTargets(
      labels,
      { target, weight },
      { classes, labelSmoothing, ...(classWeights === null ? {} : { classWeights }) },
    );
    const p = softmaxRows(logits, classes);
    let sum = 0;
    labels.forEach((_, n) => {
      for (let c = 0; c < classes; c++) sum -= weight[n] * target[n * classes + c] * Math.log(p[n * classes + c]);
    });
    expectClose([sum], [loss], 1e-12);
    expect([...weight.subarray(labels.length)]).toEqual([0, 0]);
    expect([...target.subarray(labels.length * classes)]).toEqual(new Array(2 * classes).fill(0));
  });

  it("by hand", () => {
    const { target, weight } = buffers(3, 2);
    const total = writeClassTargets(
      [1, 0],
      { target, weight },
      { classes: 2, classWeights: [1, 3], labelSmoothing: 0.5 },
    );
    expect(total).toBe(4);
    expect([...weight]).toEqual([0.25, 0.25, 0]);
    // (1 − ε) w_y at the label, ε / C · w_c everywhere.
    expect([...target]).toEqual([0.25, 0.75 + 1.5, 0.25 + 0.5, 0.75, 0, 0]);
  });

  it("gives all examples weight 0 where every label has weight 0, and where there is none", () => {
    for (const labels of [[0, 0], []]) {
      const { target, weight } = buffers(2, 2);
      expect(writeClassTargets(labels, { target, weight }, { classes: 2, classWeights: [0, 1] })).toBe(0);
      expect([...weight]).toEqual([0, 0]);
    }
  });
});
