import { GraphError } from "../errors.ts";
import { sameShape, sizeOf } from "../tensor.ts";
import type { ValueDType, ValueInfo } from "./graph.ts";
import type { OpAttributes, OpName } from "./ops.ts";

/** Dtype and shape of an op's result. */
export interface ResultInfo {
  readonly dtype: ValueDType;
  readonly shape: readonly number[];
}

type ShapeRule<O extends OpName> = (inputs: readonly ValueInfo[], attributes: OpAttributes[O], op: O) => ResultInfo;

const describe = (value: ValueInfo): string => `${value.name}: ${value.dtype}[${value.shape}]`;

function expectArity(op: OpName, inputs: readonly ValueInfo[], count: number): void {
  if (inputs.length !== count) {
    throw new GraphError("INVALID_GRAPH", `${op} takes ${count} input(s), got ${inputs.length}`);
  }
}

function expectFloat(op: OpName, ...inputs: readonly ValueInfo[]): void {
  for (const input of inputs) {
    if (input.dtype !== "float") {
      throw new GraphError("DTYPE_MISMATCH", `${op} takes float inputs, got ${describe(input)}`);
    }
  }
}

function shapeError(op: OpName, expected: string, ...inputs: readonly ValueInfo[]): GraphError {
  return new GraphError("SHAPE_MISMATCH", `${op} expects ${expected}, got ${inputs.map(describe).join(", ")}`);
}

/**
 * Shape that numpy broadcasting gives two shapes.
 * @throws GraphError SHAPE_MISMATCH where they do not broadcast
 */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new GraphError("SHAPE_MISMATCH", `shapes [${a}] and [${b}] do not broadcast`);
    }
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

function expectAxis(op: OpName, axis: number, input: ValueInfo): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= input.shape.length) {
    throw shapeError(op, `an axis from 0 to ${input.shape.length - 1} (${axis} was asked for)`, input);
  }
}

/** Shape that is left of `shape` when `axes` are summed, or kept with extent 1. */
function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return shape.flatMap((extent, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [extent]));
}

const floatUnary = <O extends OpName>(inputs: readonly ValueInfo[], _: OpAttributes[O], op: O): ResultInfo => {
  expectArity(op, inputs, 1);
  expectFloat(op, inputs[0]!);
  return { dtype: "float", shape: inputs[0]!.shape };
};

const floatBinary = <O extends OpName>(inputs: readonly ValueInfo[], _: OpAttributes[O], op: O): ResultInfo => {
  expectArity(op, inputs, 2);
  expectFloat(op, ...inputs);
  return { dtype: "float", shape: broadcastShapes(inputs[0]!.shape, inputs[1]!.shape) };
};

const comparison = <O extends OpName>(inputs: readonly ValueInfo[], _: OpAttributes[O], op: O): ResultInfo => {
  expectArity(op, inputs, 2);
  const [a, b] = inputs as [ValueInfo, ValueInfo];
  if (a.dtype !== b.dtype || a.dtype === "bool") {
    throw new GraphError("DTYPE_MISMATCH", `${op} takes two floats or two int32, got ${describe(a)}, ${describe(b)}`);
  }
  return { dtype: "bool", shape: broadcastShapes(a.shape, b.shape) };
};

const alongAxis =
  <O extends "ReduceMax" | "ArgMax">(dtype: ValueDType) =>
  (inputs: readonly ValueInfo[], { axis, keepDims }: OpAttributes[O], op: O): ResultInfo => {
    expectArity(op, inputs, 1);
    expectFloat(op, inputs[0]!);
    expectAxis(op, axis, inputs[0]!);
    if (inputs[0]!.shape[axis] === 0) throw shapeError(op, "at least one position along the axis", inputs[0]!);
    return { dtype, shape: reducedShape(inputs[0]!.shape, [axis], keepDims) };
  };

const normalised = <O extends "Softmax" | "LogSoftmax">(
  inputs: readonly ValueInfo[],
  { axis }: OpAttributes[O],
  op: O,
): ResultInfo => {
  expectArity(op, inputs, 1);
  expectFloat(op, inputs[0]!);
  expectAxis(op, axis, inputs[0]!);
  return { dtype: "float", shape: inputs[0]!.shape };
};

function expectPerAxis(op: OpName, lists: readonly (readonly number[])[], input: ValueInfo): void {
  const valid = lists.every(
    (list) => list.length === input.shape.length && list.every((n) => Number.isInteger(n) && n >= 0),
  );
  if (!valid)
    throw shapeError(op, `one integer ≥ 0 an axis (got ${lists.map((list) => `[${list}]`).join(" and ")})`, input);
}

function expectExtents(op: OpName, shape: readonly number[]): void {
  if (!shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    throw new GraphError("SHAPE_MISMATCH", `${op} takes a shape of integers ≥ 0, got [${shape}]`);
  }
}

/** Dtype and shape of each op's result. Total: a new op does not compile without its rule. */
export const shapeRules: { readonly [O in OpName]: ShapeRule<O> } = {
  Add: floatBinary,
  Sub: floatBinary,
  Mul: floatBinary,
  Div: floatBinary,
  Neg: floatUnary,
  Exp: floatUnary,
  Log: floatUnary,
  Sqrt: floatUnary,
  Erf: floatUnary,
  Tanh: floatUnary,
  Sigmoid: floatUnary,
  Relu: floatUnary,
  Equal: comparison,
  Greater: comparison,
  Where: (inputs, _, op) => {
    expectArity(op, inputs, 3);
    const [condition, a, b] = inputs as [ValueInfo, ValueInfo, ValueInfo];
    if (condition.dtype !== "bool") {
      throw new GraphError("DTYPE_MISMATCH", `Where takes a bool condition, got ${describe(condition)}`);
    }
    expectFloat(op, a, b);
    return { dtype: "float", shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape)) };
  },
  Cast: (inputs, { to }, op) => {
    expectArity(op, inputs, 1);
    return { dtype: to, shape: inputs[0]!.shape };
  },
  MatMul: (inputs, _, op) => {
    expectArity(op, inputs, 2);
    expectFloat(op, ...inputs);
    const [a, b] = inputs as [ValueInfo, ValueInfo];
    const rank = a.shape.length;
    const equalBatch = rank >= 2 && b.shape.length === rank && sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    if (!equalBatch || a.shape[rank - 1] !== b.shape[rank - 2]) {
      throw shapeError(op, "[..., M, K] and [..., K, N] with equal leading extents", a, b);
    }
    return { dtype: "float", shape: [...a.shape.slice(0, -1), b.shape[rank - 1]!] };
  },
  Transpose: (inputs, { perm }, op) => {
    expectArity(op, inputs, 1);
    expectFloat(op, inputs[0]!);
    const { shape } = inputs[0]!;
    if (perm.length !== shape.length || [...perm].sort((a, b) => a - b).some((axis, i) => axis !== i)) {
      throw shapeError(op, `a permutation of its axes (got [${perm}])`, inputs[0]!);
    }
    return { dtype: "float", shape: perm.map((axis) => shape[axis]!) };
  },
  Reshape: (inputs, { shape }, op) => {
    expectArity(op, inputs, 1);
    expectExtents(op, shape);
    if (sizeOf(shape) !== sizeOf(inputs[0]!.shape)) {
      throw shapeError(op, `as many elements as shape [${shape}]`, inputs[0]!);
    }
    return { dtype: inputs[0]!.dtype, shape };
  },
  Expand: (inputs, { shape }, op) => {
    expectArity(op, inputs, 1);
    expectFloat(op, inputs[0]!);
    expectExtents(op, shape);
    if (!sameShape(broadcastShapes(inputs[0]!.shape, shape), shape)) {
      throw shapeError(op, `an input that broadcasts to [${shape}]`, inputs[0]!);
    }
    return { dtype: "float", shape };
  },
  Concat: (inputs, { axis }, op) => {
    if (inputs.length === 0) throw new GraphError("INVALID_GRAPH", "Concat takes at least one input, got none");
    expectFloat(op, ...inputs);
    const first = inputs[0]!;
    expectAxis(op, axis, first);
    const rest = (value: ValueInfo): number[] => value.shape.filter((_, i) => i !== axis);
    if (inputs.some((input) => input.shape.length !== first.shape.length || !sameShape(rest(input), rest(first)))) {
      throw shapeError(op, `inputs alike but for axis ${axis}`, ...inputs);
    }
    const extent = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
    return { dtype: "float", shape: first.shape.map((old, i) => (i === axis ? extent : old)) };
  },
  Slice: (inputs, { starts, ends }, op) => {
    expectArity(op, inputs, 1);
    const input = inputs[0]!;
    expectFloat(op, input);
    expectPerAxis(op, [starts, ends], input);
    if (starts.some((start, axis) => start > ends[axis]! || ends[axis]! > input.shape[axis]!)) {
      throw shapeError(op, `0 ≤ start ≤ end ≤ extent on each axis (got [${starts}] to [${ends}])`, input);
    }
    return { dtype: "float", shape: starts.map((start, axis) => ends[axis]! - start) };
  },
  Pad: (inputs, { before, after }, op) => {
    expectArity(op, inputs, 1);
    const input = inputs[0]!;
    expectFloat(op, input);
    expectPerAxis(op, [before, after], input);
    return { dtype: "float", shape: input.shape.map((extent, axis) => before[axis]! + extent + after[axis]!) };
  },
  ReduceSum: (inputs, { axes, keepDims }, op) => {
    expectArity(op, inputs, 1);
    expectFloat(op, inputs[0]!);
    for (const axis of axes) expectAxis(op, axis, inputs[0]!);
    if (new Set(axes).size !== axes.length) throw shapeError(op, `different axes (got [${axes}])`, inputs[0]!);
    return { dtype: "float", shape: reducedShape(inputs[0]!.shape, axes, keepDims) };
  },
  ReduceMax: alongAxis("float"),
  ArgMax: alongAxis("int32"),
  Softmax: normalised,
  LogSoftmax: normalised,
};

/**
 * Dtype and shape of `op` applied to `inputs`.
 * @throws GraphError INVALID_GRAPH, SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function inferResult<O extends OpName>(
  op: O,
  inputs: readonly ValueInfo[],
  attributes: OpAttributes[O],
): ResultInfo {
  if (!Object.hasOwn(shapeRules, op)) {
    throw new GraphError("INVALID_GRAPH", `there is no op "${op}"; the op table lists them`);
  }
  return shapeRules[op](inputs, attributes, op);
}
