import { referenceBackend } from "@thawline/backend-reference";
import { type Backend, createGraphBuilder, type GraphBuilder, tensor, type ValueInfo } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { cpuBackend } from "../src/index.ts";
import { float32 } from "./helpers.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const edges = [0, -0, 1, -1, 0.5, -2.5, 88, -104, 1e4, -1e4, 3e38, -3e38, 1e-40, inf, -inf, nan];

/** y of a backend on x, and the gradient of Σ y · (1, 2, 3, …); without `checked`, which lets no NaN in. */
async function run(backend: Backend, build: (g: GraphBuilder, x: ValueInfo) => ValueInfo, data: readonly number[]) {
  const g = createGraphBuilder();
  const shape = [data.length];
  const y = build(g, g.input("x", "float", shape));
  const float = y.dtype === "float" ? y : g.apply("Cast", [y], { to: "float" });
  const ramp = g.constant(
    "float",
    y.shape,
    Array.from({ length: y.shape[0] }, (_, i) => i + 1),
  );
  const loss = g.sum(g.mul(float, ramp), [0]);
  const executable = await backend.compile(g.build([y]), { loss: loss.name, wrt: ["x"] });
  const x = float32(shape, data);
  const feed = backend.supports.precision === "f64" ? tensor("float64", shape, Float64Array.from(x.data)) : x;
  const { outputs, gradients } = await executable.run({ x: feed });
  return { y: [...outputs[y.name].data], gradient: [...gradients.x.data] };
}

/** Equal, also in NaN and infinity, or within float32 rounding; beyond its range float32 is infinite. */
function expectSame(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((wide, i) => {
    const value = Math.fround(wide);
    if (!Number.isFinite(value)) expect(actual[i], `element ${i}`).toBe(value);
    else expect(Math.abs(actual[i] - value), `element ${i}`).toBeLessThanOrEqual(1e-6 * Math.abs(value) + 1e-44);
  });
}

describe("edge values are those of the reference", () => {
  const unary = ["Neg", "Exp", "Log", "Sqrt", "Tanh", "Sigmoid", "Relu", "Erf"] as const;
  it.each(unary)("%s", async (op) => {
    const build = (g: GraphBuilder, x: ValueInfo) => g.apply(op, [x], {});
    const [actual, expected] = [await run(cpuBackend(), build, edges), await run(referenceBackend(), build, edges)];
    expectSame(actual.y, expected.y);
  });

  it.each(["Add", "Sub", "Mul", "Div", "Equal", "Greater"] as const)("%s of every pair", async (op) => {
    // [16, 1] against [16]: each value meets each other one.
    const build = (g: GraphBuilder, x: ValueInfo) =>
      g.reshape(g.apply("Cast", [g.apply(op, [g.reshape(x, [edges.length, 1]), x], {})], { to: "float" }), [
        edges.length ** 2,
      ]);
    const [actual, expected] = [await run(cpuBackend(), build, edges), await run(referenceBackend(), build, edges)];
    expectSame(actual.y, expected.y);
  });

  it.each(["int32", "bool", "float"] as const)("Cast to %s", async (to) => {
    const build = (g: GraphBuilder, x: ValueInfo) => g.apply("Cast", [x], { to });
    const finite = [0, -0, 1.9, -1.9, 0.5, -0.5, 1e-40, 1e6];
    const [actual, expected] = [await run(cpuBackend(), build, finite), await run(referenceBackend(), build, finite)];
    expectSame(actual.y, expected.y);
  });

  const lines = [
    [1, 3, 3, 2],
    [3, 3],
    [0, -0],
    [1, nan, 3, nan],
    [nan, 1],
    [-inf, -inf],
    [1, inf],
    [1000, 0],
    [-3e38, 3e38],
  ];
  it.each(lines.map((line) => [line] as const))("maxima and softmax of %j", async (line) => {
    for (const op of ["ReduceMax", "ArgMax", "Softmax", "LogSoftmax"] as const) {
      const build = (g: GraphBuilder, x: ValueInfo) =>
        op === "ReduceMax" || op === "ArgMax"
          ? g.apply(op, [x], { axis: 0, keepDims: true })
          : g.apply(op, [x], { axis: 0 });
      const [actual, expected] = [await run(cpuBackend(), build, line), await run(referenceBackend(), build, line)];
      expectSame(actual.y, expected.y);
      if (op === "ReduceMax") expectSame(actual.gradient, expected.gradient);
    }
  });

  it("relu has gradient 0 at 0, and a tied maximum's goes to the first", async () => {
    const relu = await run(cpuBackend(), (g, x) => g.apply("Relu", [x], {}), [0, -0, 1, -1]);
    expect(relu.gradient).toEqual([0, 0, 3, 0]);
    const maximum = await run(
      cpuBackend(),
      (g, x) => g.apply("ReduceMax", [x], { axis: 0, keepDims: true }),
      [1, 3, 3],
    );
    expect(maximum.gradient).toEqual([0, 1, 0]);
  });
});
