import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { createBiasCorrection } from "./bias-correction.ts";
import { type OptimizerConfig, resolveOptimizer } from "./config.ts";
import { projectMaxNorm } from "./max-norm.ts";
import { createTensorOptimizer } from "./tensor-optimizer.ts";

const optimizers: readonly OptimizerConfig[] = [
  { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 },
  { type: "adagrad", learningRate: 0.1, weightDecay: 0.1 },
  { type: "adam", learningRate: 0.1, weightDecay: 0.1, decoupled: true },
];

const options = { learningRate: 0.1, gradientScale: 1, decays: true };

describe("createTensorOptimizer", () => {
  it("keeps state by name: leaving a parameter out for some steps changes no other's path (property 10)", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...optimizers),
        fc.array(fc.boolean(), { minLength: 3, maxLength: 8 }),
        (config, gates) => {
          const resolved = resolveOptimizer(config);
          const [together, alone, gated] = [resolved, resolved, resolved].map((c) => createTensorOptimizer(c));
          const w = { a: Float64Array.of(1, 2), b: Float64Array.of(3, 4) };
          const lone = { a: Float64Array.of(1, 2), b: Float64Array.of(3, 4) };
          gates.forEach((trainsA, i) => {
            const gradientA = Float64Array.of(Math.sin(i + 1), Math.cos(i + 1));
            const gradientB = Float64Array.of(Math.cos(i + 2), Math.sin(i + 2));
            if (trainsA) together.step("a", { values: w.a, gradient: gradientA }, options);
            together.step("b", { values: w.b, gradient: gradientB }, options);
            if (trainsA) gated.step("a", { values: lone.a, gradient: gradientA }, options);
            alone.step("b", { values: lone.b, gradient: gradientB }, options);
          });
          expect(w).toEqual(lone);
          expect(together.state.get("b")).toEqual(alone.state.get("b"));
          expect(together.state.get("a")).toEqual(gated.state.get("a"));
          expect(together.state.get("b")!.steps).toBe(gates.length);
        },
      ),
      { seed: 1 },
    );
  });

  it("leaves parameters that do not decay alone, unless all do", () => {
    for (const config of optimizers) {
      for (const decays of ["weights", "all"] as const) {
        const values = Float64Array.of(5);
        const optimizer = createTensorOptimizer(resolveOptimizer({ ...config, decays }));
        optimizer.step("bias", { values, gradient: new Float64Array(1) }, { ...options, decays: false });
        if (decays === "weights") expect(values[0]).toBe(5);
        else expect(values[0]).toBeLessThan(5);
      }
    }
  });

  it("makes no step, and no NaN, from a gradient of 0 with an epsilon of 0", () => {
    for (const type of ["adagrad", "adam"] as const) {
      for (const array of [Float64Array, Float32Array]) {
        const values = array.of(5, 5);
        const optimizer = createTensorOptimizer(resolveOptimizer({ type, learningRate: 0.1, epsilon: 0 }));
        optimizer.step("w", { values, gradient: array.of(0, 1) }, options);
        expect(values[0]).toBe(5);
        expectClose([values[1]], [4.9], 1e-6);
      }
    }
  });

  it("corrects Adam's bias at any step: under a constant gradient each step is η g / (|g| + ε)", () => {
    const values = Float64Array.of(0);
    const gradient = Float64Array.of(-0.25);
    const config = resolveOptimizer({ type: "adam", learningRate: 0.1, epsilon: 0.05, betas: [0.9, 0.9995] });
    const optimizer = createTensorOptimizer(config);
    let before = 0;
    // Beyond the 4096 corrections that are remembered.
    for (let t = 1; t <= 5000; t++) {
      before = values[0];
      optimizer.step("w", { values, gradient }, options);
    }
    expectClose([values[0] - before], [(0.1 * 0.25) / (0.25 + 0.05)], 1e-9);
    expectClose(values, [(5000 * 0.1 * 0.25) / (0.25 + 0.05)], 1e-9);
  });
});

describe("createBiasCorrection", () => {
  it("is 1 − βᵗ, the first and the second time, within its table and beyond", () => {
    for (const beta of [0, 0.9, 0.999, 0.99999]) {
      const correction = createBiasCorrection(beta);
      for (const t of [1, 2, 10, 4095, 4096, 100_000]) {
        const exact = beta === 0 ? 1 : -Math.expm1(t * Math.log(beta));
        expectClose([correction(t), correction(t)], [exact, exact], 1e-10);
      }
    }
  });
});

describe("projectMaxNorm", () => {
  it("brings longer rows to the norm and leaves others to the bit", () => {
    const values = Float64Array.of(3, 4, 0.3, 0.4, 0, 0, -30, 40);
    projectMaxNorm(values, 2, 2);
    expectClose(values.subarray(0, 2), [1.2, 1.6], 1e-15);
    expect([...values.subarray(2, 6)]).toEqual([0.3, 0.4, 0, 0]);
    expectClose(values.subarray(6), [-1.2, 1.6], 1e-15);
  });
});

describe("resolveOptimizer", () => {
  it("fills in PyTorch's defaults", () => {
    expect(resolveOptimizer({ type: "adam", learningRate: 0.1 })).toMatchObject({
      betas: [0.9, 0.999],
      epsilon: 1e-8,
      weightDecay: 0,
      decoupled: false,
      rowUpdates: "lazy",
      rowStep: "row",
    });
    expect(resolveOptimizer({ type: "adagrad", learningRate: 0.1 }).epsilon).toBe(1e-10);
  });

  it.each([
    [{ type: "lamb" }],
    [{ learningRate: 0 }],
    [{ learningRate: -1 }],
    [{ learningRate: Number.NaN }],
    [{ learningRate: Infinity }],
    [{ momentum: 1 }],
    [{ momentum: -0.1 }],
    [{ nesterov: true }],
    [{ betas: [0.9, 1] }],
    [{ betas: [0.9] }],
    [{ epsilon: -1 }],
    [{ weightDecay: -1 }],
    [{ weightDecay: Number.NaN }],
    [{ rowUpdates: "eager" }],
    [{ rowStep: "own" }],
    [{ epsilonPlacement: "inside" }],
    [{ decays: "none" }],
  ])("refuses %j", (wrong) => {
    const config = { type: "sgd", learningRate: 0.1, ...wrong } as OptimizerConfig;
    expect(() => resolveOptimizer(config)).toThrow(expect.objectContaining({ code: "INVALID_CONFIG" }));
  });
});
