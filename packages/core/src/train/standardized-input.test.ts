import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { examplesOf, smallTrainer } from "../../test/make-trainer.ts";
import generated from "../../test/standardized.json";
import { testHead } from "../../test/test-head.ts";
import { createEmbeddingTable } from "../embedding/table.ts";
import type { OptimizerConfig } from "../optim/config.ts";
import { frozenPolicy } from "../policy/policy.ts";
import { inputStatistics, standardizeParameters } from "./standardized-input.ts";

const examples = examplesOf(generated.examples as unknown as [number, ...number[]][]);
const head = { ...testHead(), inputLayer: { weight: "linear.weight", bias: "linear.bias" } };
const tableOf = () =>
  createEmbeddingTable({ dimension: 3, anchor: Float64Array.from(generated.table), activeRows: "all" });
const parameters = { "linear.weight": generated.weight, "linear.bias": generated.bias };

describe("inputStatistics", () => {
  it("are PyTorch's mean, and its deviations over their geometric mean as powers of two", () => {
    const { mean, scale } = inputStatistics(tableOf(), examples);
    expectClose(mean, generated.mean, 1e-14);
    expect([...scale]).toEqual(generated.scale);
  });

  it("pool as the head's input is pooled: weights of a look-up, examples without tokens", () => {
    const table = createEmbeddingTable({
      dimension: 1,
      anchor: Float64Array.of(0, 2, 4),
      activeRows: "all",
    });
    const lookUp = {
      kind: "weighted",
      offsets: Int32Array.of(0, 2, 3),
      rows: Int32Array.of(1, 2, 1),
      weights: Float64Array.of(0.5, 0.5, 1),
    } as const;
    // Token 0 is the mean of 2 and 4, token 1 is 2: the examples are 3, 2.5 and, without a token, 0.
    const { mean, scale } = inputStatistics(table, examplesOf([[0, 0], [0, 0, 1], [0]]), lookUp);
    expect(mean[0]).toBeCloseTo(5.5 / 3, 12);
    // One component alone is its own geometric mean.
    expect(scale[0]).toBe(1);
  });

  it("scale a constant component by 1", () => {
    const table = createEmbeddingTable({ dimension: 1, anchor: Float64Array.of(0, 7, 7), activeRows: "all" });
    expect([
      ...inputStatistics(
        table,
        examplesOf([
          [0, 1],
          [1, 2],
        ]),
      ).scale,
    ]).toEqual([1]);
  });
});

describe("standardizeParameters", () => {
  it("computes the same function, and going back gives the weights to the bit", () => {
    // No subnormal numbers: scaling those down loses bits.
    const number = fc.integer({ min: -100_000, max: 100_000 }).map((thousandths) => thousandths / 1000);
    const numbers = (length: number) => fc.array(number, { minLength: length, maxLength: length });
    fc.assert(
      fc.property(
        numbers(6),
        numbers(2),
        numbers(3),
        fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 3, maxLength: 3 }),
        numbers(3),
        (w, b, m, exponents, x) => {
          const statistics = { mean: Float64Array.from(m), scale: Float64Array.from(exponents, (e) => 2 ** e) };
          const layer = { weight: Float64Array.from(w), bias: Float64Array.from(b) };
          const apply = (input: readonly number[], h: number): number =>
            input.reduce((sum, value, d) => sum + layer.weight[h * 3 + d] * value, layer.bias[h]);
          const before = [apply(x, 0), apply(x, 1)];
          standardizeParameters(layer, statistics);
          const z = x.map((value, d) => (value - m[d]) / statistics.scale[d]);
          expectClose([apply(z, 0), apply(z, 1)], before, 1e-9);
          standardizeParameters(layer, statistics, { back: true });
          expect([...layer.weight]).toEqual([...w]);
        },
      ),
      { seed: 20261123 },
    );
  });
});

describe("a trainer with inputStatistics", () => {
  it.each(generated.cases)("moves as PyTorch does on standardised inputs: $name", async ({ config, steps }) => {
    const table = tableOf();
    const statistics = { mean: Float64Array.from(generated.mean), scale: Float64Array.from(generated.scale) };
    const { trainer } = await smallTrainer({
      head,
      table,
      parameters,
      inputStatistics: statistics,
      optimizer: config as OptimizerConfig,
      embeddings: { rowUpdates: "dense", weightDecay: 0 },
    });
    for (const { weight, bias, rows } of steps) {
      await trainer.step(examples);
      expectClose(trainer.parameters["linear.weight"].data, weight, 1e-11);
      expectClose(trainer.parameters["linear.bias"].data, bias, 1e-11);
      expectClose(table.overlay, rows.slice(3), 1e-11);
    }
  });

  it("goes on from a snapshot to the same bits", async () => {
    const make = () => {
      const table = tableOf();
      return smallTrainer({
        head,
        table,
        inputStatistics: inputStatistics(table, examples),
        optimizer: { type: "adam", learningRate: 0.05 },
        policy: frozenPolicy,
      });
    };
    const [first, second] = [await make(), await make()];
    for (let i = 0; i < 3; i++) await first.trainer.step(examples);
    second.trainer.restore(first.trainer.snapshot());
    for (const { trainer } of [first, second]) await trainer.step(examples);
    expect(second.trainer.snapshot()).toEqual(first.trainer.snapshot());
  });

  it.each([
    ["of another dimension", { mean: new Float64Array(2), scale: new Float64Array(2).fill(1) }],
    ["with a scale of 0", { mean: new Float64Array(3), scale: new Float64Array(3) }],
  ])("refuses statistics %s", async (_, statistics) => {
    await expect(smallTrainer({ head, table: tableOf(), inputStatistics: statistics })).rejects.toThrow(
      /inputStatistics should be/,
    );
  });
});
