import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bagOfWords } from "./bag-of-words.ts";
import { fitLogisticRegression, predictProbabilities } from "./logistic-regression.ts";
import { fitNaiveBayes } from "./naive-bayes.ts";
import { wordsForModel } from "./words-for-model.ts";

/** By scikit-learn: `packages/text/test/generate_linear_models.py`. */
const expected = JSON.parse(readFileSync(new URL("../../test/linear-models.json", import.meta.url), "utf8"));
const texts: string[] = expected.texts;
const labels = Int32Array.from(expected.labels);
const all = Int32Array.from(texts, (_, i) => i);
const tokens = texts.map(wordsForModel);
const words = bagOfWords(tokens, { terms: "words", minTexts: 2, maxFeatures: 1000, fitRows: texts.length });

const worst = (actual: Float64Array, rows: number[][]): number =>
  Math.max(...rows.flat().map((value, i) => Math.abs(value - actual[i]!)));
const valuesOf = (matrix: typeof words, row: number): number[] =>
  [...matrix.values.subarray(matrix.offsets[row]!, matrix.offsets[row + 1]!)].sort((a, b) => a - b);

describe("bag of words", () => {
  it("has scikit-learn's TF-IDF values", () => {
    expect(words.width).toBe(expected.words.terms.length);
    texts.forEach((_, row) => {
      const values = (expected.words.rows[row] as number[]).filter((value) => value !== 0).sort((a, b) => a - b);
      expect(values).toHaveLength(valuesOf(words, row).length);
      valuesOf(words, row).forEach((value, i) => {
        expect(Math.abs(value - values[i]!)).toBeLessThan(1e-14);
      });
    });
  });

  it("knows pairs of words", () => {
    const pairs = bagOfWords(tokens, { terms: "pairs", minTexts: 1, maxFeatures: 1000, fitRows: texts.length });
    expect(pairs.width).toBe(expected.pairs.terms);
    texts.forEach((_, row) => {
      const sum = valuesOf(pairs, row).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - expected.pairs.rowSums[row])).toBeLessThan(1e-13);
    });
  });

  it("keeps the most frequent terms where there are too many, and knows no term of rows that do not count", () => {
    const few = bagOfWords([["a", "a", "b"], ["b"], ["c"]], {
      terms: "words",
      minTexts: 1,
      maxFeatures: 1,
      fitRows: 2,
    });
    expect(few.width).toBe(1);
    expect([...few.offsets]).toEqual([0, 1, 2, 2]);
    expect([...few.values]).toEqual([1, 1]);
  });
});

describe("logistic regression", () => {
  it("has scikit-learn's probabilities", () => {
    for (const { C, probabilities } of expected.logistic) {
      const model = fitLogisticRegression(words, labels, {
        classes: 3,
        inverseStrength: C,
        tolerance: 1e-8,
        maxIterations: 5000,
      });
      expect(model.hasConverged).toBe(true);
      expect(worst(predictProbabilities(model, words, all), probabilities)).toBeLessThan(1e-6);
    }
  });

  it("fits two classes as scikit-learn does with twice our C", () => {
    const model = fitLogisticRegression(words, Int32Array.from(expected.binary), {
      classes: 2,
      inverseStrength: expected.binaryLogistic.C / 2,
      tolerance: 1e-8,
      maxIterations: 5000,
    });
    const { probabilities } = expected.binaryLogistic;
    expect(worst(predictProbabilities(model, words, all), probabilities)).toBeLessThan(1e-6);
  });

  it("looks at the rows that it is told to, and needs one", () => {
    const rows = Int32Array.from([0, 1, 3, 4]);
    const scrambled = labels.map((label, i) => (rows.includes(i) ? label : 2));
    const fit = (given: Int32Array) => fitLogisticRegression(words, given, { classes: 3, rows }).weights;
    expect(fit(scrambled)).toEqual(fit(labels));
    expect(() => fitLogisticRegression(words, labels, { classes: 3, rows: new Int32Array(0) })).toThrow(RangeError);
  });
});

describe("naive Bayes", () => {
  it("has scikit-learn's probabilities", () => {
    const { alpha, probabilities } = expected.naiveBayes;
    const model = fitNaiveBayes(words, labels, { classes: 3, alpha, rows: all });
    expect(worst(predictProbabilities(model, words, all), probabilities)).toBeLessThan(1e-13);
  });
});
