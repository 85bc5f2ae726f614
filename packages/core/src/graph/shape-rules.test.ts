import { describe, expect, it } from "vitest";
import { expectCode } from "../../test/expect-close.ts";
import type { ValueDType, ValueInfo } from "./graph.ts";
import { type OpAttributes, type OpName, opNames } from "./ops.ts";
import { broadcastShapes, inferResult } from "./shape-rules.ts";

const value = (dtype: ValueDType, shape: readonly number[], i: number): ValueInfo => ({ name: `v${i}`, dtype, shape });

/** `"float 2 3"` is a float of shape [2, 3]. */
function parse(text: string, i = 0): ValueInfo {
  const [dtype, ...shape] = text.split(" ");
  return value(dtype as ValueDType, shape.map(Number), i);
}

interface Good<A> {
  readonly inputs: readonly string[];
  readonly attributes: A;
  readonly result: string;
}
interface Bad<A> {
  readonly inputs: readonly string[];
  readonly attributes: A;
  readonly code: "INVALID_GRAPH" | "SHAPE_MISMATCH" | "DTYPE_MISMATCH";
}
interface Cases<A> {
  readonly good: readonly Good<A>[];
  readonly bad: readonly Bad<A>[];
}

const unary: Cases<OpAttributes["Neg"]> = {
  good: [
    { inputs: ["float 2 3"], attributes: {}, result: "float 2 3" },
    { inputs: ["float"], attributes: {}, result: "float" },
  ],
  bad: [
    { inputs: ["int32 2"], attributes: {}, code: "DTYPE_MISMATCH" },
    { inputs: [], attributes: {}, code: "INVALID_GRAPH" },
    { inputs: ["float", "float"], attributes: {}, code: "INVALID_GRAPH" },
  ],
};
const binary: Cases<OpAttributes["Add"]> = {
  good: [
    { inputs: ["float 2 3", "float 3"], attributes: {}, result: "float 2 3" },
    { inputs: ["float 2 1", "float 1 4"], attributes: {}, result: "float 2 4" },
    { inputs: ["float", "float 5"], attributes: {}, result: "float 5" },
    { inputs: ["float 0 3", "float 1 3"], attributes: {}, result: "float 0 3" },
  ],
  bad: [
    { inputs: ["float 2", "float 3"], attributes: {}, code: "SHAPE_MISMATCH" },
    { inputs: ["float 2", "int32 2"], attributes: {}, code: "DTYPE_MISMATCH" },
    { inputs: ["float 2"], attributes: {}, code: "INVALID_GRAPH" },
  ],
};
const comparison: Cases<OpAttributes["Equal"]> = {
  good: [
    { inputs: ["float 2 1", "float 3"], attributes: {}, result: "bool 2 3" },
    { inputs: ["int32 2", "int32"], attributes: {}, result: "bool 2" },
  ],
  bad: [
    { inputs: ["float 2", "int32 2"], attributes: {}, code: "DTYPE_MISMATCH" },
    { inputs: ["bool 2", "bool 2"], attributes: {}, code: "DTYPE_MISMATCH" },
    { inputs: ["int32 2", "int32 3"], attributes: {}, code: "SHAPE_MISMATCH" },
  ],
};
const along = (dtype: "float" | "int32"): Cases<OpAttributes["ReduceMax"]> => ({
  good: [
    { inputs: ["float 2 3"], attributes: { axis: 1, keepDims: true }, result: `${dtype} 2 1` },
    { inputs: ["float 2 3"], attributes: { axis: 0, keepDims: false }, result: `${dtype} 3` },
  ],
  bad: [
    { inputs: ["float 2 3"], attributes: { axis: 2, keepDims: false }, code: "SHAPE_MISMATCH" },
    { inputs: ["float 2 3"], attributes: { axis: -1, keepDims: false }, code: "SHAPE_MISMATCH" },
    { inputs: ["float 2 0"], attributes: { axis: 1, keepDims: false }, code: "SHAPE_MISMATCH" },
    { inputs: ["int32 2"], attributes: { axis: 0, keepDims: false }, code: "DTYPE_MISMATCH" },
  ],
});
const softmax: Cases<OpAttributes["Softmax"]> = {
  good: [{ inputs: ["float 2 3"], attributes: { axis: 1 }, result: "float 2 3" }],
  bad: [
    { inputs: ["float 2 3"], attributes: { axis: 2 }, code: "SHAPE_MISMATCH" },
    { inputs: ["float"], attributes: { axis: 0 }, code: "SHAPE_MISMATCH" },
    { inputs: ["bool 2"], attributes: { axis: 0 }, code: "DTYPE_MISMATCH" },
  ],
};

// Shapes as numpy and the ai.onnx operator pages give them, worked out by hand.
const cases: { readonly [O in OpName]: Cases<OpAttributes[O]> } = {
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Neg: unary,
  Exp: unary,
  Log: unary,
  Sqrt: unary,
  Erf: unary,
  Tanh: unary,
  Sigmoid: unary,
  Relu: unary,
  Equal: comparison,
  Greater: comparison,
  Where: {
    good: [
      { inputs: ["bool 2 1", "float 3", "float"], attributes: {}, result: "float 2 3" },
      { inputs: ["bool", "float 4", "float 4"], attributes: {}, result: "float 4" },
    ],
    bad: [
      { inputs: ["float 2", "float 2", "float 2"], attributes: {}, code: "DTYPE_MISMATCH" },
      { inputs: ["bool 2", "int32 2", "float 2"], attributes: {}, code: "DTYPE_MISMATCH" },
      { inputs: ["bool 2", "float 3", "float 3"], attributes: {}, code: "SHAPE_MISMATCH" },
      { inputs: ["bool 2", "float 2"], attributes: {}, code: "INVALID_GRAPH" },
    ],
  },
  Cast: {
    good: [
      { inputs: ["bool 2"], attributes: { to: "float" }, result: "float 2" },
      { inputs: ["float 2 2"], attributes: { to: "int32" }, result: "int32 2 2" },
      { inputs: ["int32"], attributes: { to: "bool" }, result: "bool" },
    ],
    bad: [{ inputs: [], attributes: { to: "float" }, code: "INVALID_GRAPH" }],
  },
  MatMul: {
    good: [
      { inputs: ["float 2 3", "float 3 4"], attributes: {}, result: "float 2 4" },
      { inputs: ["float 5 6 2 3", "float 5 6 3 4"], attributes: {}, result: "float 5 6 2 4" },
    ],
    bad: [
      { inputs: ["float 2 3", "float 2 3"], attributes: {}, code: "SHAPE_MISMATCH" },
      { inputs: ["float 3", "float 3 4"], attributes: {}, code: "SHAPE_MISMATCH" },
      { inputs: ["float 3", "float 3"], attributes: {}, code: "SHAPE_MISMATCH" },
      { inputs: ["float 5 2 3", "float 1 3 4"], attributes: {}, code: "SHAPE_MISMATCH" },
      { inputs: ["float 5 2 3", "float 3 4"], attributes: {}, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2 3", "int32 3 4"], attributes: {}, code: "DTYPE_MISMATCH" },
    ],
  },
  Transpose: {
    good: [{ inputs: ["float 2 3 4"], attributes: { perm: [2, 0, 1] }, result: "float 4 2 3" }],
    bad: [
      { inputs: ["float 2 3"], attributes: { perm: [0] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2 3"], attributes: { perm: [0, 0] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2 3"], attributes: { perm: [1, 2] }, code: "SHAPE_MISMATCH" },
      { inputs: ["bool 2 3"], attributes: { perm: [1, 0] }, code: "DTYPE_MISMATCH" },
    ],
  },
  Reshape: {
    good: [
      { inputs: ["float 2 3"], attributes: { shape: [3, 1, 2] }, result: "float 3 1 2" },
      { inputs: ["int32 1"], attributes: { shape: [] }, result: "int32" },
    ],
    bad: [
      { inputs: ["float 2 3"], attributes: { shape: [4] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2 3"], attributes: { shape: [-1, 3] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2 3"], attributes: { shape: [-2, -3] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 3"], attributes: { shape: [1.5, 2] }, code: "SHAPE_MISMATCH" },
    ],
  },
  Expand: {
    good: [
      { inputs: ["float 3 1"], attributes: { shape: [2, 3, 4] }, result: "float 2 3 4" },
      { inputs: ["float"], attributes: { shape: [2] }, result: "float 2" },
    ],
    bad: [
      { inputs: ["float 2 3"], attributes: { shape: [3] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2"], attributes: { shape: [1] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2"], attributes: { shape: [4] }, code: "SHAPE_MISMATCH" },
      { inputs: ["int32 1"], attributes: { shape: [2] }, code: "DTYPE_MISMATCH" },
    ],
  },
  Concat: {
    good: [
      { inputs: ["float 2 3", "float 2 1", "float 2 0"], attributes: { axis: 1 }, result: "float 2 4" },
      { inputs: ["float 2"], attributes: { axis: 0 }, result: "float 2" },
    ],
    bad: [
      { inputs: [], attributes: { axis: 0 }, code: "INVALID_GRAPH" },
      { inputs: ["float 2 3", "float 3 3"], attributes: { axis: 1 }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2 3", "float 2"], attributes: { axis: 0 }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2", "float 2"], attributes: { axis: 1 }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2", "bool 2"], attributes: { axis: 0 }, code: "DTYPE_MISMATCH" },
    ],
  },
  Slice: {
    good: [
      { inputs: ["float 4 3"], attributes: { starts: [1, 0], ends: [3, 3] }, result: "float 2 3" },
      { inputs: ["float 4"], attributes: { starts: [2], ends: [2] }, result: "float 0" },
    ],
    bad: [
      { inputs: ["float 4"], attributes: { starts: [0], ends: [5] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 4"], attributes: { starts: [3], ends: [2] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 4"], attributes: { starts: [-1], ends: [2] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 4 3"], attributes: { starts: [0], ends: [2] }, code: "SHAPE_MISMATCH" },
      { inputs: ["int32 4"], attributes: { starts: [0], ends: [2] }, code: "DTYPE_MISMATCH" },
    ],
  },
  Pad: {
    good: [{ inputs: ["float 2 3"], attributes: { before: [0, 1], after: [2, 0] }, result: "float 4 4" }],
    bad: [
      { inputs: ["float 2 3"], attributes: { before: [0], after: [0] }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2"], attributes: { before: [-1], after: [0] }, code: "SHAPE_MISMATCH" },
      { inputs: ["bool 2"], attributes: { before: [0], after: [0] }, code: "DTYPE_MISMATCH" },
    ],
  },
  ReduceSum: {
    good: [
      { inputs: ["float 2 3 4"], attributes: { axes: [2, 0], keepDims: false }, result: "float 3" },
      { inputs: ["float 2 3 4"], attributes: { axes: [1], keepDims: true }, result: "float 2 1 4" },
      { inputs: ["float 2 3"], attributes: { axes: [], keepDims: false }, result: "float 2 3" },
      { inputs: ["float 0 3"], attributes: { axes: [0], keepDims: false }, result: "float 3" },
    ],
    bad: [
      { inputs: ["float 2 3"], attributes: { axes: [2], keepDims: false }, code: "SHAPE_MISMATCH" },
      { inputs: ["float 2 3"], attributes: { axes: [0, 0], keepDims: false }, code: "SHAPE_MISMATCH" },
      { inputs: ["int32 2"], attributes: { axes: [0], keepDims: false }, code: "DTYPE_MISMATCH" },
    ],
  },
  ReduceMax: along("float"),
  ArgMax: along("int32"),
  Softmax: softmax,
  LogSoftmax: softmax,
};

describe.each(opNames)("shape rule of %s", (op) => {
  const { good, bad } = cases[op] as Cases<OpAttributes[OpName]>;

  it.each(good)("$inputs with $attributes gives $result", ({ inputs, attributes, result }) => {
    const { dtype, shape } = parse(result);
    expect(inferResult(op, inputs.map(parse), attributes)).toEqual({ dtype, shape });
  });

  it.each(bad)("$inputs with $attributes is $code", ({ inputs, attributes, code }) => {
    expectCode(() => inferResult(op, inputs.map(parse), attributes), code);
  });
});

describe("inferResult", () => {
  it("knows the ops of the table alone", () => {
    for (const op of ["Gemm", "constructor", "__proto__"]) {
      expectCode(() => inferResult(op as OpName, [], {}), "INVALID_GRAPH");
    }
  });
});

describe("broadcastShapes", () => {
  it("is numpy's rule", () => {
    expect(broadcastShapes([8, 1, 6, 1], [7, 1, 5])).toEqual([8, 7, 6, 5]);
    expect(broadcastShapes([], [])).toEqual([]);
    expect(broadcastShapes([1], [0])).toEqual([0]);
    expectCode(() => broadcastShapes([2, 1], [8, 4, 3]), "SHAPE_MISMATCH");
    expectCode(() => broadcastShapes([0], [2]), "SHAPE_MISMATCH");
  });
});
