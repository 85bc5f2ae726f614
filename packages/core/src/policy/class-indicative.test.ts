import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { examplesOf } from "../../test/make-trainer.ts";
import generated from "../../test/policies.json";
import { classIndicativeness } from "./class-indicative.ts";
import { countLabels } from "./label-counts.ts";

describe("classIndicativeness", () => {
  it.each(generated.classIndicative)("is scipy's and scikit-learn's: $name", (figures) => {
    const { classes, counts, examples, smoothing, logOdds, mutualInformation } = figures;
    const rows = mutualInformation.map((_, place) => place * 3);
    const labels = { classes, rows, counts, examples };
    const largest = logOdds.map((ofClass) => Math.max(...ofClass));
    expectClose(classIndicativeness(labels, { statistic: "log-odds", smoothing }), largest, 1e-12);
    for (let c = 0; c < classes; c++) {
      const of = classIndicativeness(labels, { statistic: "log-odds", smoothing, class: c });
      expectClose(
        of,
        logOdds.map((ofClass) => ofClass[c]),
        1e-12,
      );
    }
    expectClose(classIndicativeness(labels, { statistic: "mutual-information", smoothing }), mutualInformation, 1e-12);
  });

  it("without smoothing is infinite for a row of one class alone, and 0 for one in every example", () => {
    const labels = { classes: 2, rows: [1, 2], counts: [2, 0, 3, 4], examples: [3, 4] };
    expect([...classIndicativeness(labels, { statistic: "log-odds", smoothing: 0 })]).toEqual([Infinity, 0]);
  });
});

describe("countLabels", () => {
  const examples = examplesOf([[0, 3, 3, 1], [1, 3], [0, 1, 5], [1]]);

  it("counts an example once however often it holds the row, rows ascending", () => {
    const { rows, counts, examples: perClass } = countLabels(examples, { classes: 2 });
    expect(Array.from(rows)).toEqual([1, 3, 5]);
    expect(Array.from(counts)).toEqual([2, 0, 1, 1, 1, 0]);
    expect(Array.from(perClass)).toEqual([2, 2]);
  });

  it("counts the rows that a weighted look-up gives", () => {
    const lookUp = {
      kind: "weighted",
      offsets: Int32Array.of(0, 0, 2, 2, 3, 3, 5),
      rows: Int32Array.of(7, 9, 9, 7, 7),
      weights: Float32Array.of(1, 1, 1, 1, 1),
    } as const;
    const { rows, counts } = countLabels(examples, { classes: 2, lookUp });
    expect(Array.from(rows)).toEqual([7, 9]);
    expect(Array.from(counts)).toEqual([2, 0, 2, 1]);
  });
});
