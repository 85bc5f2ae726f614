import { checked, createGraphBuilder, opNames, tensor } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { evaluate, referenceBackend } from "../src/index.ts";
import { tensorError } from "./agreement.ts";
import { opCases, runOpCase, titleOf } from "./op-cases.ts";

describe("every op against PyTorch float64", () => {
  it("has a case for every op, and a gradient for every op that has one", () => {
    const covered = new Set(opCases.map(({ op }) => op));
    expect(opNames.filter((op) => !covered.has(op))).toEqual([]);
    const differentiated = new Set(opCases.filter(({ gradients }) => gradients !== undefined).map(({ op }) => op));
    expect(opNames.filter((op) => !differentiated.has(op))).toEqual(["Equal", "Greater", "ArgMax"]);
  });

  it.each(opCases.map((example, i) => [titleOf(example, i), example] as const))("%s", async (_, example) => {
    const { y, gradients } = await runOpCase(referenceBackend(), example);
    expect(y.shape).toEqual(example.output.shape);
    expect(tensorError(y.data, example.output.data)).toBeLessThanOrEqual(1e-13);
    example.inputs.forEach(({ dtype, shape }, i) => {
      if (dtype !== "float" || example.cotangent === undefined) return;
      // Where PyTorch has no gradient (float cast from int and such), ours is an explicit zero.
      const expected = example.gradients?.[i]?.data ?? new Array(shape.reduce((a, b) => a * b, 1)).fill(0);
      expect(gradients[`x${i}`].shape).toEqual(shape);
      expect(tensorError(gradients[`x${i}`].data, expected), `gradient of x${i}`).toBeLessThanOrEqual(1e-12);
    });
  });
});

/** The result of one op on float vectors. */
function apply(
  op:
    | "Add"
    | "Sub"
    | "Mul"
    | "Div"
    | "Equal"
    | "Greater"
    | "Exp"
    | "Log"
    | "Sqrt"
    | "Erf"
    | "Tanh"
    | "Sigmoid"
    | "Relu",
  ...inputs: readonly (readonly number[])[]
): number[] {
  const g = createGraphBuilder();
  const xs = inputs.map((input, i) => g.input(`x${i}`, "float", [input.length]));
  const y = g.apply(op, xs, {});
  const feeds = Object.fromEntries(
    inputs.map((input, i) => [`x${i}`, tensor("float64", [input.length], Float64Array.from(input))]),
  );
  return [...evaluate(g.build([y]), feeds)[y.name].data];
}

/** The result of one op along the axis of a vector. */
function alongVector(op: "ReduceMax" | "ArgMax" | "Softmax" | "LogSoftmax", data: readonly number[]): number[] {
  const g = createGraphBuilder();
  const x = g.input("x", "float", [data.length]);
  const y =
    op === "ReduceMax" || op === "ArgMax"
      ? g.apply(op, [x], { axis: 0, keepDims: true })
      : g.apply(op, [x], { axis: 0 });
  const feeds = { x: tensor("float64", [data.length], Float64Array.from(data)) };
  return [...evaluate(g.build([y]), feeds)[y.name].data];
}

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

// Expected values: IEEE 754, the limits of the functions, and numpy's convention for NaN in a maximum.
describe("edge values", () => {
  it("divides by zero as IEEE 754 does", () => {
    expect(apply("Div", [1, -1, 0, inf], [0, 0, 0, inf])).toEqual([inf, -inf, nan, nan]);
    expect(apply("Sub", [inf, 1e308], [inf, -1e308])).toEqual([nan, inf]);
    expect(apply("Mul", [0, -inf], [inf, 2])).toEqual([nan, -inf]);
  });
  it("takes logarithms and roots at and below zero", () => {
    expect(apply("Log", [0, 1, -1, inf])).toEqual([-inf, 0, nan, inf]);
    expect(apply("Sqrt", [0, 4, -1, inf])).toEqual([0, 2, nan, inf]);
  });
  it("saturates without overflow", () => {
    expect(apply("Exp", [710, -746])).toEqual([inf, 0]);
    expect(apply("Sigmoid", [-1000, 0, 1000, nan])).toEqual([0, 0.5, 1, nan]);
    expect(apply("Tanh", [-1000, 0, 1000])).toEqual([-1, 0, 1]);
    expect(apply("Erf", [-7, 0, 7, inf, -inf, nan])).toEqual([-1, 0, 1, 1, -1, nan]);
    expect(alongVector("Softmax", [1000, 0])).toEqual([1, 0]);
    expect(alongVector("LogSoftmax", [1e4, 0])).toEqual([0, -1e4]);
    expect(alongVector("Softmax", [-1e300, -1e300])).toEqual([0.5, 0.5]);
  });
  it("keeps NaN in Relu and in sums, and -0 equals 0", () => {
    expect(apply("Relu", [nan, -1, 0, 2, inf, -inf])).toEqual([nan, 0, 0, 2, inf, 0]);
    expect(apply("Add", [nan], [1])).toEqual([nan]);
    expect(apply("Equal", [nan, 0], [nan, -0])).toEqual([0, 1]);
    expect(apply("Greater", [nan, 1, 1], [0, nan, 1])).toEqual([0, 0, 0]);
  });
  it("takes the first of tied maxima, and the first NaN", () => {
    expect(alongVector("ArgMax", [1, 3, 3, 2])).toEqual([1]);
    expect(alongVector("ArgMax", [1, nan, 3, nan])).toEqual([1]);
    expect(alongVector("ReduceMax", [1, nan, 3])).toEqual([nan]);
    expect(alongVector("ReduceMax", [-inf, -inf])).toEqual([-inf]);
    expect(alongVector("ArgMax", [-inf, -inf])).toEqual([0]);
  });
  it("truncates towards zero when casting to int32", () => {
    const g = createGraphBuilder();
    const y = g.apply("Cast", [g.input("x", "float", [4])], { to: "int32" });
    const x = tensor("float64", [4], Float64Array.from([-1.9, -0.5, 0.5, 1.9]));
    expect([...evaluate(g.build([y]), { x })[y.name].data]).toEqual([-1, 0, 0, 1]);
  });
  it("sums nothing to zero", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2, 0]);
    const sum = g.sum(x, [1]);
    const product = g.matMul(x, g.input("y", "float", [0, 3]));
    const empty = {
      x: tensor("float64", [2, 0], new Float64Array(0)),
      y: tensor("float64", [0, 3], new Float64Array(0)),
    };
    const values = evaluate(g.build([sum, product]), empty);
    expect([...values[sum.name].data]).toEqual([0, 0]);
    expect([...values[product.name].data]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

/** Gradient of Σ cotangent · op(x) for one op on a vector. */
async function gradientOf(build: "Relu" | "ReduceMax", x: readonly number[], cotangent: readonly number[]) {
  const g = createGraphBuilder();
  const input = g.input("x", "float", [x.length]);
  const y =
    build === "Relu" ? g.apply("Relu", [input], {}) : g.apply("ReduceMax", [input], { axis: 0, keepDims: true });
  const loss = g.sum(g.mul(y, g.constant("float", [cotangent.length], cotangent)), [0]);
  const executable = await checked(referenceBackend()).compile(g.build([loss]), { loss: loss.name, wrt: ["x"] });
  const { gradients } = await executable.run({ x: tensor("float64", [x.length], Float64Array.from(x)) });
  return [...gradients.x.data];
}

describe("gradients at kinks, our convention", () => {
  it("is 0 at relu(0)", async () => {
    expect(await gradientOf("Relu", [0, -0, 1, -1], [1, 1, 5, 5])).toEqual([0, 0, 5, 0]);
  });
  it("goes to the first of tied maxima only", async () => {
    expect(await gradientOf("ReduceMax", [1, 3, 3, 2, 3], [7])).toEqual([0, 7, 0, 0, 0]);
    expect(await gradientOf("ReduceMax", [0, 0], [1])).toEqual([1, 0]);
  });
});
