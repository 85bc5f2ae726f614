import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import generated from "../../test/optimizers.json";
import { createEmbeddingTable } from "../embedding/table.ts";
import { clipFactor } from "./clip.ts";
import { type RowOptimizerConfig, resolveOptimizer } from "./config.ts";
import { createRowOptimizer } from "./row-optimizer.ts";
import { createTensorOptimizer } from "./tensor-optimizer.ts";

const configOf = (config: object) => resolveOptimizer(config as RowOptimizerConfig);

describe("parameters move as torch.optim moves them", () => {
  it.each(generated.tensors)("$name", ({ config, initial, gradients, values }) => {
    const optimizer = createTensorOptimizer(configOf(config));
    const weights = Float64Array.from(initial);
    gradients.forEach((gradient, step) => {
      const tensors = { values: weights, gradient: Float64Array.from(gradient) };
      optimizer.step("w", tensors, { learningRate: config.learningRate, gradientScale: 1, decays: true });
      expectClose(weights, values[step], 1e-12);
    });
  });

  it.each(generated.tensors)("$name, in float32", ({ config, initial, gradients, values }) => {
    const optimizer = createTensorOptimizer(configOf(config));
    const weights = Float32Array.from(initial);
    for (const gradient of gradients) {
      const tensors = { values: weights, gradient: Float32Array.from(gradient) };
      optimizer.step("w", tensors, { learningRate: config.learningRate, gradientScale: 1, decays: true });
    }
    expectClose(weights, values[values.length - 1], 1e-5);
  });
});

describe("rows move as torch.optim moves a table", () => {
  it.each(generated.rows)("$name", ({ config, table: initial, steps }) => {
    const anchor = Float64Array.from(initial);
    const table = createEmbeddingTable({ dimension: 2, anchor, activeRows: "all", paddingRow: -1 });
    const optimizer = createRowOptimizer(table, configOf(config));
    for (const { rows, gradient, values } of steps) {
      optimizer.step(
        { count: rows.length, slots: Int32Array.from(rows), values: Float64Array.from(gradient) },
        { learningRate: config.learningRate, gradientScale: 1 },
      );
      expectClose(table.overlay, values, 1e-12);
    }
    expect([...table.anchor]).toEqual(initial);
  });
});

describe("clipFactor scales as clip_grad_norm_ scales", () => {
  it.each(generated.clips)("$name", ({ maxNorm, gradients, clipped }) => {
    const [rows, weight] = gradients.map((gradient) => Float64Array.from(gradient));
    // Beyond `count` rows there is old data, which must not count.
    const values = Float64Array.of(...rows, 1e9);
    const factor = clipFactor(maxNorm, [weight], { count: 1, slots: Int32Array.of(0), values }, rows.length);
    expectClose(
      [...rows, ...weight].map((x) => x * factor),
      clipped.flat(),
      1e-12,
    );
    expectClose([clipFactor(maxNorm, [rows, weight], undefined, 3)], [factor], 1e-15);
  });

  it("does not scale up", () => {
    expect(clipFactor(10, [Float64Array.of(3, 4)], undefined, 1)).toBe(1);
    expect(clipFactor(1, [new Float64Array(2)], undefined, 1)).toBe(1);
  });
});
