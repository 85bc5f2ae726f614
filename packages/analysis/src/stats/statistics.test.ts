import fc from "fast-check";
import { medianSorted } from "simple-statistics";
import { describe, expect, it } from "vitest";
import generated from "../../test/statistics.json";
import { bootstrapInterval, bootstrapMean, meanOverRuns, pairedBootstrap, pairedDifferences } from "./bootstrap.ts";
import { mcNemar } from "./mc-nemar.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { permutationTest } from "./permutation-test.ts";
import { binomialStandardError, wilsonInterval } from "./proportion.ts";

/** Fails unless the two agree to 1e-12 of the expected size (of 1e-6 at least). */
function expectNear(actual: number, expected: number, tolerance = 1e-12): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(expected), 1e-6));
}

describe("normalQuantile", () => {
  it.each(generated.normalQuantiles)("is scipy's at $p", ({ p, z }) => expectNear(normalQuantile(p), z, 1e-13));

  it("refuses what is no share", () => {
    for (const p of [0, 1, -1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(RangeError);
  });
});

describe("accuracy of one run", () => {
  it.each(generated.proportions)("Wilson of $successes of $trials at $level is statsmodels'", (given) => {
    const { successes, trials, level } = given;
    const interval = wilsonInterval(successes, trials, level);
    expectNear(interval.low, given.low);
    expectNear(interval.high, given.high);
    expect(interval).toMatchObject({ estimate: successes / trials, level });
    expectNear(binomialStandardError(successes, trials), given.standardError);
  });

  it("refuses counts and levels that are none", () => {
    for (const [successes, trials] of [
      [1, 0],
      [-1, 5],
      [6, 5],
      [0.5, 5],
      [1, Number.NaN],
    ]) {
      expect(() => wilsonInterval(successes, trials)).toThrow(RangeError);
      expect(() => binomialStandardError(successes, trials)).toThrow(RangeError);
    }
    for (const level of [0, 1, 95, Number.NaN]) expect(() => wilsonInterval(1, 2, level)).toThrow(RangeError);
  });
});

describe("mcNemar", () => {
  /** Predictions with these discordant counts and some that both have right or wrong. */
  const pair = (onlyA: number, onlyB: number) => ({
    a: [...Array(onlyA).fill(1), ...Array(onlyB).fill(0), 1, 0, 1, 0],
    b: [...Array(onlyA).fill(false), ...Array(onlyB).fill(true), true, false, true, false],
  });

  it.each(generated.mcNemar)("$onlyA against $onlyB: statsmodels' exact, scipy's mid-p", (given) => {
    const { a, b } = pair(given.onlyA, given.onlyB);
    const result = mcNemar(a, b);
    expect(result).toMatchObject({ onlyA: given.onlyA, onlyB: given.onlyB });
    expectNear(result.pValue, given.exact, 1e-9);
    expectNear(result.midPValue, given.mid, 1e-9);
  });

  it("has no evidence where the two never differ, and refuses arms of other length", () => {
    expect(mcNemar([1, 0], [1, 0])).toEqual({ onlyA: 0, onlyB: 0, pValue: 1, midPValue: 1 });
    expect(() => mcNemar([1], [1, 0])).toThrow(RangeError);
  });
});

describe("permutationTest", () => {
  it.each(generated.permutationExact)("takes every pattern of $differences: scipy's p", (given) => {
    const result = permutationTest(given.differences);
    expectNear(result.pValue, given.pValue);
    expectNear(result.estimate, given.estimate);
    expect(result.exact).toBe(true);
  });

  it.each(generated.permutationDrawn)("draws $permutations of many patterns, the computed ones", (given) => {
    const { permutations, seed } = given;
    const result = permutationTest(given.differences, { permutations, seed });
    expect(result).toMatchObject({ exact: false, permutations });
    expectNear(result.pValue, given.pValue);
    // scipy's own draws: two standard errors of 999 draws are below 0.032.
    expect(Math.abs(result.pValue - given.sampled)).toBeLessThan(0.032);
  });

  it("says 1 of zeros, and refuses nothing", () => {
    expect(permutationTest([0, 0, 0])).toMatchObject({ estimate: 0, pValue: 1, exact: true });
    expect(() => permutationTest([])).toThrow(RangeError);
    expect(() => permutationTest([1], { permutations: 0 })).toThrow(RangeError);
  });
});

describe("bootstrapInterval", () => {
  it.each(generated.bootstrap)("$statistic of $values: numpy's quantiles over the same resamples", (given) => {
    const { values, resamples, level, seed, estimate, low, high } = given;
    const median = (sample: Float64Array): number => medianSorted(Array.from(sample).sort((a, b) => a - b));
    const statistic = given.statistic === "median" ? { statistic: median } : {};
    const interval = bootstrapInterval(values, { resamples, level, seed, ...statistic });
    expectNear(interval.estimate, estimate);
    expectNear(interval.low, low);
    expectNear(interval.high, high);
  });

  it("agrees with scipy's bootstrap of a large sample within its scatter", () => {
    const { values, low, high, standardError } = generated.largeSample;
    const interval = bootstrapInterval(values);
    // The quantiles of 10,000 resamples scatter by about 0.03 standard errors.
    expect(Math.abs(interval.low - low)).toBeLessThan(0.15 * standardError);
    expect(Math.abs(interval.high - high)).toBeLessThan(0.15 * standardError);
  });

  it("leaves its input alone and refuses what makes no sense", () => {
    const values = Float64Array.of(3, 1, 2);
    bootstrapInterval(values, { resamples: 10, statistic: (sample) => sample.sort()[0] });
    expect(values).toEqual(Float64Array.of(3, 1, 2));
    expect(() => bootstrapInterval([])).toThrow(RangeError);
    expect(() => bootstrapInterval([1], { level: 1 })).toThrow(RangeError);
    expect(() => bootstrapInterval([1], { resamples: 0 })).toThrow(RangeError);
  });
});

describe("pairedBootstrap", () => {
  it.each(generated.paired)("resampling runs $resampleRuns, level $level: numpy's over the same resamples", (given) => {
    const { a, b, resamples, level, seed, resampleRuns } = given;
    const interval = pairedBootstrap(a, b, { resamples, level, seed, resampleRuns });
    expectNear(interval.estimate, given.estimate);
    expectNear(interval.low, given.low);
    expectNear(interval.high, given.high);
  });

  it("takes booleans for ones and zeros", () => {
    const a = [[true, false, true]];
    const b = [[true, true, true]];
    expect(pairedBootstrap(a, b)).toEqual(pairedBootstrap([[1, 0, 1]], [[1, 1, 1]]));
    expect(pairedDifferences(a, b)).toEqual([Float64Array.of(0, 1, 0)]);
  });

  it("is 0 from 0 to 0 for an arm against itself, and turns its sign with the arms (property)", () => {
    const outcome = fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 6, maxLength: 6 }), {
      minLength: 2,
      maxLength: 2,
    });
    fc.assert(
      fc.property(outcome, outcome, fc.boolean(), (a, b, resampleRuns) => {
        const options = { resamples: 41, resampleRuns };
        expect(pairedBootstrap(a, a, options)).toMatchObject({ estimate: 0, low: 0, high: 0 });
        const [there, back] = [pairedBootstrap(a, b, options), pairedBootstrap(b, a, options)];
        expectNear(there.estimate, -back.estimate);
        expect(Math.abs(there.low + back.high)).toBeLessThan(1e-12);
      }),
      { seed: 5, numRuns: 50 },
    );
  });

  it("refuses arms that do not pair", () => {
    expect(() => pairedBootstrap([[1]], [[1], [0]])).toThrow(/same seeds/);
    expect(() => pairedBootstrap([[1, 0]], [[1]])).toThrow(/same examples/);
    expect(() => bootstrapMean([])).toThrow(RangeError);
    expect(() => bootstrapMean([[]])).toThrow(RangeError);
  });
});

describe("meanOverRuns", () => {
  it("is each example's mean", () => {
    expect(
      meanOverRuns([
        [1, 0, 1],
        [1, 1, 0],
      ]),
    ).toEqual(Float64Array.of(1, 0.5, 0.5));
  });
});
