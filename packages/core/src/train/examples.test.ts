import { describe, expect, it } from "vitest";
import { examplesOf } from "../../test/make-trainer.ts";
import { createRandom } from "../util/random.ts";
import { countTokens, createBatchSelector, type Examples, exampleCount, validateExamples } from "./examples.ts";
import { fillDropout } from "./fill-dropout.ts";

const examples = examplesOf([[1, 3, 4, 4], [0], [1, 2]]);

describe("validateExamples", () => {
  it("accepts examples that fit, empty ones too", () => {
    validateExamples(examples, 5, 2);
    validateExamples(examplesOf([]), 1, 1);
  });

  it.each<[string, Partial<Examples>]>([
    ["fewer labels than examples", { labels: Int32Array.of(1, 0) }],
    ["no offsets", { offsets: new Int32Array(0) }],
    ["offsets that do not start at 0", { offsets: Int32Array.of(1, 3, 3, 4) }],
    ["offsets beyond the ids", { offsets: Int32Array.of(0, 3, 3, 5) }],
    ["offsets that fall", { offsets: Int32Array.of(0, 3, 2, 4) }],
    ["a label that is too large", { labels: Int32Array.of(1, 0, 2) }],
    ["a negative label", { labels: Int32Array.of(1, 0, -1) }],
    ["a token id that is too large", { ids: Int32Array.of(3, 4, 5, 2) }],
    ["a negative token id", { ids: Int32Array.of(3, 4, -1, 2) }],
  ])("refuses %s", (_, damage) => {
    expect(() => validateExamples({ ...examples, ...damage }, 5, 2)).toThrow(RangeError);
  });
});

describe("countTokens", () => {
  it("counts up to the last offset", () => {
    const cut = { ids: Int32Array.of(3, 4, 4, 2, 1, 1), offsets: examples.offsets };
    expect([...countTokens(cut, 5)]).toEqual([0, 0, 1, 1, 2]);
  });
});

describe("createBatchSelector", () => {
  it("picks examples in the given order, with more of them than before, and fewer", () => {
    const select = createBatchSelector(examples);
    const order = Int32Array.of(2, 0, 1);
    const rows = (batch: Examples) =>
      Array.from({ length: exampleCount(batch) }, (_, n) => [
        batch.labels[n],
        ...batch.ids.subarray(batch.offsets[n], batch.offsets[n + 1]),
      ]);
    expect(rows(select(order, 0, 2))).toEqual([
      [1, 2],
      [1, 3, 4, 4],
    ]);
    expect(rows(select(order, 1, 2))).toEqual([[1, 3, 4, 4]]);
    expect(rows(select(order, 0, 3))).toEqual([[1, 2], [1, 3, 4, 4], [0]]);
    expect(rows(select(order, 2, 3))).toEqual([[0]]);
    expect(createBatchSelector({ ...examples, positions: 8 })(order, 0, 1).positions).toBe(8);
  });
});

describe("fillDropout", () => {
  it("keeps the mean: 0 with the given probability, else 1 / (1 − rate)", () => {
    const mask = new Float64Array(100_000);
    fillDropout(mask, 0.3, createRandom(1));
    const dropped = mask.filter((x) => x === 0).length;
    expect(mask.every((x) => x === 0 || x === 1 / 0.7)).toBe(true);
    // Standard deviation of the share is 0.00145.
    expect(Math.abs(dropped / mask.length - 0.3)).toBeLessThan(0.0073);
  });

  it("is all ones, and draws nothing, at rate 0 or without a generator", () => {
    const random = createRandom(1);
    const before = random.state();
    for (const generator of [random, undefined]) {
      const mask = new Float32Array(5);
      fillDropout(mask, generator === undefined ? 0.5 : 0, generator);
      expect([...mask]).toEqual([1, 1, 1, 1, 1]);
    }
    expect(random.state()).toEqual(before);
  });
});
