import { describe, expect, it } from "vitest";
import { examplesOf, smallTrainer } from "../../test/make-trainer.ts";
import { frozenPolicy } from "../policy/policy.ts";
import { lrRangeTest } from "./lr-range-test.ts";
import { suggestLearningRate } from "./suggest-learning-rate.ts";

const train = examplesOf([
  [0, 1, 2],
  [1, 3, 4],
  [2, 5, 6],
  [0, 2, 7],
  [1, 4, 8],
  [2, 6, 9],
]);

const bitsOf = (trainer: Awaited<ReturnType<typeof smallTrainer>>["trainer"]) => JSON.stringify(trainer.snapshot());

describe("range test", () => {
  it("lets one group's rate grow exponentially and holds the others", async () => {
    const { trainer } = await smallTrainer();
    const rates: Record<string, number>[] = [];
    const step = trainer.step;
    trainer.step = async (batch, options) => {
      const report = await step(batch, options);
      rates.push(report.learningRates);
      return report;
    };
    const { points, stopped } = await lrRangeTest(trainer, {
      train,
      group: "head",
      learningRates: { embeddings: 0.25 },
      from: 1e-4,
      to: 1e-2,
      steps: 5,
      stopFactor: 100,
    });
    expect(stopped).toBe("end");
    [1e-4, 10 ** -3.5, 1e-3, 10 ** -2.5, 1e-2].forEach((rate, i) => {
      expect(points[i]!.learningRate).toBeCloseTo(rate, 12);
      const { embeddings, ...head } = rates[i]!;
      expect(embeddings).toBe(0.25);
      for (const each of Object.values(head)) expect(each).toBe(points[i]!.learningRate);
    });
  });

  it("smooths by an exponential average without bias", async () => {
    const { trainer } = await smallTrainer();
    const { points } = await lrRangeTest(trainer, {
      train,
      group: "head",
      steps: 12,
      smoothing: 0.9,
      from: 1e-3,
      to: 1,
    });
    points.forEach(({ smoothedLoss }, t) => {
      // Σ β^(t−i) lossᵢ / Σ β^(t−i), i ≤ t: Kingma and Ba 2015, section 3, in closed form.
      const weights = points.slice(0, t + 1).map((_, i) => 0.9 ** (t - i));
      const total = weights.reduce((a, b) => a + b, 0);
      const mean = weights.reduce((sum, weight, i) => sum + weight * points[i]!.loss, 0) / total;
      expect(smoothedLoss).toBeCloseTo(mean, 10);
    });
  });

  it("leaves the trainer as it was, to the bit", async () => {
    const { trainer } = await smallTrainer({ optimizer: { type: "adam", learningRate: 0.1 }, wordDropout: 0.2 });
    await trainer.step(
      train.labels.length > 4
        ? examplesOf([
            [0, 1],
            [1, 3],
          ])
        : train,
    );
    const before = bitsOf(trainer);
    await lrRangeTest(trainer, { train, group: "embeddings", steps: 20, againstFrozen: true });
    expect(bitsOf(trainer)).toBe(before);
    await expect(lrRangeTest(trainer, { train, group: "head", signal: { aborted: true } })).rejects.toMatchObject({
      code: "ABORTED",
    });
    expect(bitsOf(trainer)).toBe(before);
  });

  it("is the same for the same seed, and goes through the data over and over", async () => {
    const { trainer } = await smallTrainer();
    const run = (seed: number) => lrRangeTest(trainer, { train, group: "head", steps: 30, seed, to: 0.1 });
    expect(await run(1)).toEqual(await run(1));
    expect((await run(2)).points[0]!.loss).not.toBe((await run(1)).points[0]!.loss);
  });

  it("stops where the loss diverges, and where numbers overflow", async () => {
    const { trainer } = await smallTrainer();
    const diverged = await lrRangeTest(trainer, { train, group: "head", from: 1, to: 1e6, steps: 100, smoothing: 0 });
    expect(diverged.stopped).toBe("diverged");
    expect(diverged.points.length).toBeLessThan(100);
    const last = diverged.points[diverged.points.length - 1]!.loss;
    expect(last).toBeGreaterThan(4 * Math.min(...diverged.points.map(({ loss }) => loss)));
    const overflow = { train, group: "head", from: 1e300, to: 1e308, steps: 50, stopFactor: 1e306 };
    expect((await lrRangeTest(trainer, overflow)).stopped).toBe("non-finite");
  });

  it("against the frozen group measures what the group alone does", async () => {
    const { trainer } = await smallTrainer();
    // One batch, again and again: descent can only gain on it, and the head alone stands still.
    const one = examplesOf([
      [0, 1, 2],
      [1, 3, 4],
      [2, 5, 6],
      [0, 2, 7],
    ]);
    const range = { steps: 40, smoothing: 0, from: 1e-9, to: 0.5, stopFactor: 1e9 };
    const options = { train: one, group: "embeddings", learningRates: { head: 0 }, againstFrozen: true, ...range };
    const { points } = await lrRangeTest(trainer, options);
    expect(points[0]!.loss).toBe(0);
    // Rates too small to matter change nothing; large ones pay.
    expect(Math.abs(points[5]!.loss)).toBeLessThan(1e-6);
    expect(points[points.length - 1]!.loss).toBeLessThan(-0.01);
  });

  it("does not thaw what the policy freezes", async () => {
    const { trainer } = await smallTrainer({ policy: frozenPolicy });
    const { learningRates } = await trainer.step(examplesOf([[0, 1]]), { learningRates: { embeddings: 1, head: 0.5 } });
    expect(learningRates.embeddings).toBe(0);
    expect(trainer.drift().movedRows).toBe(0);
  });

  it("refuses options that make no test", async () => {
    const { trainer } = await smallTrainer();
    for (const wrong of [{ from: 0 }, { from: 1, to: 0.1 }, { steps: 1 }, { smoothing: 1 }, { stopFactor: 1 }]) {
      await expect(lrRangeTest(trainer, { train, group: "head", ...wrong })).rejects.toMatchObject({
        code: "INVALID_CONFIG",
      });
    }
    await expect(lrRangeTest(trainer, { train: examplesOf([]), group: "head" })).rejects.toMatchObject({
      code: "BAD_DATA",
    });
  });
});

describe("suggestion", () => {
  const curve = (lossAt: (rate: number) => number) =>
    Array.from({ length: 141 }, (_, i) => {
      const learningRate = 10 ** (-6 + i / 20);
      return { learningRate, loss: lossAt(learningRate), smoothedLoss: lossAt(learningRate) };
    });

  it("reads known curves", () => {
    // 1 / (1 + r/c) over ln r is the logistic curve: steepest at r = c. It is least where the penalty begins, at r = 1.
    const points = curve((rate) => (rate <= 1.0001 ? 1 / (1 + rate / 0.01) : rate));
    const found = suggestLearningRate(points)!;
    expect(found.steepest).toBeCloseTo(0.01, 10);
    expect(found.minimumTenth).toBeCloseTo(0.1, 10);
    // Falling from 1e-6 to 1: half of six decades.
    expect(found.valley).toBeCloseTo(1e-3, 10);
  });

  it("finds the longest fall among bumps", () => {
    // A short fall, a bump up, then a long fall of three decades from 1e-4 to 0.1.
    const points = curve((rate) =>
      rate < 1e-5 ? 2 : rate < 1e-4 ? 3 : rate < 0.1001 ? 2 - Math.log10(rate / 1e-4) / 3 : 5,
    );
    const found = suggestLearningRate(points)!;
    expect(Math.log10(found.valley)).toBeCloseTo(-2.5, 1);
  });

  it("says nothing of a curve that never falls", () => {
    expect(suggestLearningRate(curve((rate) => 1 + rate))).toBeNull();
    expect(suggestLearningRate([])).toBeNull();
  });
});
