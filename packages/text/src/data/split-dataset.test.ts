import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datasetOf } from "./dataset.ts";
import { splitDataset } from "./split-dataset.ts";

const balanced = (rows: number, labels: number) =>
  datasetOf(
    Array.from({ length: rows }, (_, i) => `text ${i}`),
    Array.from({ length: rows }, (_, i) => `label ${i % labels}`),
  );
const countOf = (labels: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
};

describe("splitDataset", () => {
  it("holds out the fraction of each label", () => {
    const { train, held } = splitDataset(balanced(400, 4), { fraction: 0.1, seed: 1 });
    expect([train.rows, held.rows]).toEqual([360, 40]);
    expect([...countOf(held.labels).values()]).toEqual([10, 10, 10, 10]);
  });

  it("holds out the fraction over many small labels too", () => {
    const { held } = splitDataset(balanced(300, 100), { fraction: 0.1, seed: 1 });
    expect(Math.abs(held.rows - 30)).toBeLessThanOrEqual(1);
  });

  it("gives other rows for another seed", () => {
    const data = balanced(200, 2);
    const one = splitDataset(data, { fraction: 0.2, seed: 1 }).held.lines;
    expect(splitDataset(data, { fraction: 0.2, seed: 2 }).held.lines).not.toEqual(one);
  });

  it("keeps the file, and the rows left out on one side", () => {
    const data = { ...balanced(20, 2), file: "x", skippedRows: 1, skipped: [{ line: 9, reason: "no text" }] };
    const { train, held } = splitDataset(data, { fraction: 0.5, seed: 1 });
    expect(train).toMatchObject({ file: "x", skippedRows: 1 });
    expect(held).toMatchObject({ file: "x", skippedRows: 0, skipped: [] });
  });

  it("refuses what cannot be split", () => {
    expect(() => splitDataset(balanced(2, 2), { fraction: 0.5, seed: 1 })).toThrow(
      expect.objectContaining({ code: "BAD_DATA" }),
    );
    for (const fraction of [0, 1, -1, Number.NaN]) {
      expect(() => splitDataset(balanced(20, 2), { fraction, seed: 1 })).toThrow(RangeError);
    }
  });

  it("partitions any data, with equal texts on one side and every label in train", () => {
    const row = fc.tuple(fc.constantFrom(..."abcdefghij"), fc.constantFrom("x", "y", "z"));
    const rows = fc.array(row, { minLength: 6, maxLength: 60 });
    let splits = 0;
    fc.assert(
      fc.property(rows, fc.constantFrom(0.1, 0.3, 0.5, 0.9), fc.integer(), (pairs, fraction, seed) => {
        const data = datasetOf(
          pairs.map(([text]) => text),
          pairs.map(([, label]) => label),
        );
        let result: ReturnType<typeof splitDataset>;
        try {
          result = splitDataset(data, { fraction, seed });
        } catch (error) {
          expect(error).toMatchObject({ code: "BAD_DATA" });
          return;
        }
        splits++;
        const { train, held } = result;
        expect([...train.lines, ...held.lines].sort((a, b) => a - b)).toEqual(data.lines);
        for (const part of [train, held]) {
          expect(part.texts).toEqual(part.lines.map((line) => data.texts[line - 1]));
          expect(part.labels).toEqual(part.lines.map((line) => data.labels[line - 1]));
          expect(part.rows).toBe(part.texts.length);
        }
        expect(train.texts.filter((text) => held.texts.includes(text))).toEqual([]);
        expect(new Set(train.labels)).toEqual(new Set(data.labels));
        expect(splitDataset(data, { fraction, seed })).toEqual(result);
      }),
      { seed: 20261123, numRuns: 300 },
    );
    expect(splits).toBeGreaterThan(100);
  });
});
