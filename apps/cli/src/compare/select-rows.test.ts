import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignFolds, stratifiedOrder } from "./select-rows.ts";

const datasets = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.constantFrom("a", "b", "c")), { minLength: 40, maxLength: 120 })
  .map((rows) => ({ texts: rows.map(([text]) => `text ${text}`), labels: rows.map(([, label]) => label) }))
  .filter(({ texts }) => new Set(texts).size >= 5);
const seeds = fc.integer({ min: 0, max: 1000 });
const count = (labels: readonly string[], label: string): number => labels.filter((each) => each === label).length;

describe("assignFolds", () => {
  it("keeps copies of a text in one fold, fills every fold, and depends on the seed alone", () => {
    fc.assert(
      fc.property(datasets, seeds, (dataset, seed) => {
        const folds = assignFolds(dataset, 5, seed);
        const foldOf = new Map<string, number>();
        dataset.texts.forEach((text, row) => {
          expect(foldOf.get(text) ?? folds[row]).toBe(folds[row]);
          foldOf.set(text, folds[row]!);
        });
        expect(new Set(folds)).toEqual(new Set([0, 1, 2, 3, 4]));
        expect([...assignFolds(dataset, 5, seed)]).toEqual([...folds]);
      }),
      { seed: 20261123, numRuns: 50 },
    );
  });

  it("deals distinct texts evenly, each label too", () => {
    const labels = Array.from({ length: 103 }, (_, i) => (i % 4 === 0 ? "few" : "many"));
    const folds = assignFolds({ texts: labels.map((_, i) => `t${i}`), labels }, 5, 3);
    for (const label of ["few", "many"]) {
      const sizes = [0, 1, 2, 3, 4].map(
        (fold) => labels.filter((each, i) => each === label && folds[i] === fold).length,
      );
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  it("needs as many texts as folds", () => {
    expect(() => assignFolds({ texts: ["a", "a"], labels: ["x", "y"] }, 2, 1)).toThrow(/needs 2 texts, found 1/);
  });
});

describe("stratifiedOrder", () => {
  it("is a permutation of which every beginning has the label mix of the whole, to one row a label", () => {
    fc.assert(
      fc.property(datasets, seeds, ({ labels }, seed) => {
        const order = stratifiedOrder({ labels }, seed);
        expect([...order].sort((a, b) => a - b)).toEqual(labels.map((_, row) => row));
        for (const size of [10, 20, 40]) {
          const first = order.slice(0, size).map((row) => labels[row]!);
          for (const label of new Set(labels)) {
            const expected = (size * count(labels, label)) / labels.length;
            // Each label is off by less than a row for its own jitter and a row for where the others put the cut.
            expect(Math.abs(count(first, label) - expected)).toBeLessThan(3);
          }
        }
      }),
      { seed: 20261123, numRuns: 50 },
    );
  });
});
