import { createGraphBuilder, type GraphBuilder, type OpName, type ValueInfo } from "@thawline/core";
import type { FeedData, GraphCase } from "../case.ts";

/** Inputs of one variant, and what is done with them. */
interface Variant {
  readonly name: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly build: (g: GraphBuilder, inputs: Readonly<Record<string, ValueInfo>>) => ValueInfo;
}

interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype?: "float" | "int32" | "bool";
  readonly feed: FeedData;
}

/** Uniform in [low, high), from a seed that differs by input. */
const spread = (shape: readonly number[], seed: number, low = -2, high = 2): InputSpec => ({
  shape,
  feed: { seed, low, high },
});
const listed = (shape: readonly number[], data: readonly number[], dtype: InputSpec["dtype"] = "float"): InputSpec => ({
  shape,
  dtype,
  feed: { data },
});

/** Away from 0 on both sides: for divisors and kinks. */
const awayFromZero = (shape: readonly number[], seed: number): InputSpec => {
  const size = shape.reduce((a, b) => a * b, 1);
  return listed(
    shape,
    Array.from({ length: size }, (_, i) =>
      Math.fround((i % 2 === 0 ? 1 : -1) * (0.4 + ((i * 37 + seed * 11) % 17) / 10)),
    ),
  );
};

type Unary = "Neg" | "Exp" | "Log" | "Sqrt" | "Erf" | "Tanh" | "Sigmoid" | "Relu";
type Binary = "Add" | "Sub" | "Mul" | "Div";

const unary = (op: Unary, inputs: Readonly<Record<string, InputSpec>>): Variant[] =>
  Object.entries(inputs).map(([name, x]) => ({ name, inputs: { x }, build: (g, { x }) => g.apply(op, [x!], {}) }));

const binaryShapes: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  same: [
    [3, 4],
    [3, 4],
  ],
  row: [[3, 4], [4]],
  column: [
    [3, 4],
    [3, 1],
  ],
  scalar: [[2, 3], []],
  both: [
    [3, 1, 4],
    [2, 1],
  ],
  "left-smaller": [[4], [2, 3, 4]],
};

const binary = (op: Binary): Variant[] =>
  Object.entries(binaryShapes).map(([name, [a, b]]) => ({
    name,
    inputs: { a: spread(a, 21), b: op === "Div" ? awayFromZero(b, 3) : spread(b, 22) },
    build: (g, { a, b }) => g.apply(op, [a!, b!], {}),
  }));

/** A float through a comparison, so that its (zero) gradient exists: x · float(compare(x, y)). */
const compared = (op: "Equal" | "Greater", name: string, x: InputSpec, y: InputSpec): Variant => ({
  name,
  inputs: { x, y },
  build: (g, { x, y }) => g.mul(x!, g.apply("Cast", [g.apply(op, [x!, y!], {})], { to: "float" })),
});

const distinct = (shape: readonly number[], seed: number): InputSpec => {
  const size = shape.reduce((a, b) => a * b, 1);
  // Multiples of a step in a scrambled order: no two are close, so no maximum is near a tie.
  return listed(
    shape,
    Array.from({ length: size }, (_, i) => Math.fround((((i * 7 + seed) % size) - size / 2) / 4)),
  );
};

const transpose = (name: string, shape: readonly number[], perm: readonly number[]): Variant => ({
  name,
  inputs: { x: spread(shape, 31) },
  build: (g, { x }) => g.transpose(x!, perm),
});

const reshape = (name: string, from: readonly number[], to: readonly number[]): Variant => ({
  name,
  inputs: { x: spread(from, 32) },
  build: (g, { x }) => g.reshape(x!, to),
});

const expand = (name: string, from: readonly number[], to: readonly number[]): Variant => ({
  name,
  inputs: { x: spread(from, 33) },
  build: (g, { x }) => g.apply("Expand", [x!], { shape: to }),
});

const matMul = (name: string, a: readonly number[], b: readonly number[]): Variant => ({
  name,
  inputs: { a: spread(a, 34), b: spread(b, 35) },
  build: (g, { a, b }) => g.matMul(a!, b!),
});

const slice = (
  name: string,
  shape: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
): Variant => ({
  name,
  inputs: { x: spread(shape, 36) },
  build: (g, { x }) => g.apply("Slice", [x!], { starts, ends }),
});

const pad = (name: string, shape: readonly number[], before: readonly number[], after: readonly number[]): Variant => ({
  name,
  inputs: { x: spread(shape, 37) },
  build: (g, { x }) => g.apply("Pad", [x!], { before, after }),
});

const sum = (name: string, shape: readonly number[], axes: readonly number[], keepDims: boolean): Variant => ({
  name,
  inputs: { x: spread(shape, 38) },
  build: (g, { x }) => g.sum(x!, axes, keepDims),
});

const along = (op: "Softmax" | "LogSoftmax", name: string, shape: readonly number[], axis: number): Variant => ({
  name,
  inputs: { x: spread(shape, 39, -4, 4) },
  build: (g, { x }) => g.apply(op, [x!], { axis }),
});

const max = (name: string, shape: readonly number[], axis: number, keepDims: boolean): Variant => ({
  name,
  inputs: { x: distinct(shape, 5) },
  build: (g, { x }) => g.apply("ReduceMax", [x!], { axis, keepDims }),
});

const concat = (name: string, shapes: readonly (readonly number[])[], axis: number): Variant => ({
  name,
  inputs: Object.fromEntries(shapes.map((shape, i) => [`x${i}`, spread(shape, 41 + i)])),
  build: (g, inputs) => g.apply("Concat", Object.values(inputs), { axis }),
});

/** Variants of every op. Total: a new op does not compile without its cases. */
export const opVariants: { readonly [O in OpName]: readonly Variant[] } = {
  Add: binary("Add"),
  Sub: binary("Sub"),
  Mul: binary("Mul"),
  Div: binary("Div"),
  Neg: unary("Neg", { matrix: spread([3, 4], 1), scalar: spread([], 2) }),
  Exp: unary("Exp", { matrix: spread([3, 4], 3), "far-below-0": listed([4], [-80, -30, -1, 0]) }),
  Log: unary("Log", { matrix: spread([3, 4], 4, 0.1, 4), small: listed([3], [1e-6, 1e-3, 1]) }),
  Sqrt: unary("Sqrt", { matrix: spread([3, 4], 5, 0.1, 4), small: listed([3], [1e-6, 1e-3, 1]) }),
  Erf: unary("Erf", { matrix: spread([3, 4], 6, -3, 3), small: listed([4], [1e-4, -1e-3, 0.01, 0.1]) }),
  Tanh: unary("Tanh", { matrix: spread([3, 4], 7, -3, 3) }),
  Sigmoid: unary("Sigmoid", { matrix: spread([3, 4], 8, -4, 4) }),
  Relu: unary("Relu", { matrix: awayFromZero([3, 4], 9) }),
  Equal: [
    compared("Equal", "floats", listed([2, 3], [1, 2, 3, 4, 5, 6]), listed([3], [1, 5, 3])),
    {
      name: "int32",
      inputs: {
        x: spread([2, 3], 51),
        i: listed([2, 3], [0, 1, 2, 3, 4, 5], "int32"),
        j: listed([3], [0, 4, 2], "int32"),
      },
      build: (g, { x, i, j }) => g.mul(x!, g.apply("Cast", [g.apply("Equal", [i!, j!], {})], { to: "float" })),
    },
  ],
  Greater: [
    compared("Greater", "floats", awayFromZero([3, 4], 2), listed([4], [0, 0.1, -0.1, 2.05])),
    {
      name: "int32",
      inputs: { x: spread([2, 3], 52), i: listed([2, 3], [0, 1, 2, 3, 4, 5], "int32"), j: listed([1], [2], "int32") },
      build: (g, { x, i, j }) => g.mul(x!, g.apply("Cast", [g.apply("Greater", [i!, j!], {})], { to: "float" })),
    },
  ],
  Where: [
    {
      name: "same",
      inputs: { c: listed([2, 3], [1, 0, 1, 0, 0, 1], "bool"), a: spread([2, 3], 53), b: spread([2, 3], 54) },
      build: (g, { c, a, b }) => g.apply("Where", [c!, a!, b!], {}),
    },
    {
      name: "broadcast",
      inputs: { c: listed([2, 1], [1, 0], "bool"), a: spread([3], 55), b: spread([], 56) },
      build: (g, { c, a, b }) => g.apply("Where", [c!, a!, b!], {}),
    },
  ],
  Cast: [
    {
      name: "bool-to-float",
      inputs: { x: spread([4], 57), c: listed([4], [1, 0, 0, 1], "bool") },
      build: (g, { x, c }) => g.mul(x!, g.apply("Cast", [c!], { to: "float" })),
    },
    {
      name: "int32-to-float",
      inputs: { x: spread([4], 58), i: listed([4], [-3, 0, 7, 100000], "int32") },
      build: (g, { x, i }) => g.mul(x!, g.apply("Cast", [i!], { to: "float" })),
    },
    {
      name: "float-to-int32-truncates",
      inputs: { x: listed([6], [-2.75, -0.5, 0.5, 1.25, 2.99, 7]) },
      build: (g, { x }) => g.mul(x!, g.apply("Cast", [g.apply("Cast", [x!], { to: "int32" })], { to: "float" })),
    },
    {
      name: "float-to-bool",
      inputs: { x: listed([5], [-1.5, 0, 0.25, 0, 3]) },
      build: (g, { x }) => g.mul(x!, g.apply("Cast", [g.apply("Cast", [x!], { to: "bool" })], { to: "float" })),
    },
  ],
  MatMul: [
    matMul("matrix", [3, 4], [4, 5]),
    matMul("row-vector", [1, 6], [6, 3]),
    matMul("batch", [2, 3, 4], [2, 4, 5]),
    matMul("batch-of-batches", [2, 2, 3, 4], [2, 2, 4, 2]),
    {
      name: "transposed-right",
      inputs: { a: spread([5, 4], 59), b: spread([3, 4], 60) },
      build: (g, { a, b }) => g.matMul(a!, g.transpose(b!, [1, 0])),
    },
    {
      name: "with-itself",
      inputs: { a: spread([4, 4], 61) },
      build: (g, { a }) => g.matMul(a!, a!),
    },
  ],
  Transpose: [
    transpose("matrix", [3, 4], [1, 0]),
    transpose("rotate", [2, 3, 4], [2, 0, 1]),
    transpose("heads", [2, 3, 2, 4], [0, 2, 1, 3]),
  ],
  Reshape: [reshape("flatten", [2, 3, 4], [24]), reshape("split", [6, 4], [2, 3, 2, 2]), reshape("scalar", [1], [])],
  Expand: [expand("rows", [3], [4, 3]), expand("column", [2, 1, 3], [2, 4, 3]), expand("scalar", [], [2, 2])],
  Concat: [
    concat(
      "rows",
      [
        [2, 3],
        [1, 3],
        [3, 3],
      ],
      0,
    ),
    concat(
      "columns",
      [
        [2, 3],
        [2, 1],
      ],
      1,
    ),
    concat(
      "middle",
      [
        [2, 1, 3],
        [2, 2, 3],
      ],
      1,
    ),
    concat("one", [[2, 3]], 1),
  ],
  Slice: [
    slice("rows", [5, 3], [1, 0], [4, 3]),
    slice("inner", [2, 4, 5], [0, 1, 2], [2, 3, 5]),
    slice("one", [4], [3], [4]),
  ],
  Pad: [
    pad("rows", [2, 3], [1, 0], [2, 0]),
    pad("all-sides", [2, 2, 2], [1, 0, 2], [0, 1, 1]),
    pad("none", [3], [0], [0]),
  ],
  ReduceSum: [
    sum("all", [2, 3, 4], [0, 1, 2], false),
    sum("last", [3, 4], [1], false),
    sum("first-kept", [3, 4], [0], true),
    sum("two-of-three", [2, 3, 4], [0, 2], false),
    sum("no-axis", [2, 3], [], false),
  ],
  ReduceMax: [max("last", [3, 5], 1, false), max("first-kept", [4, 3], 0, true), max("time", [2, 4, 3], 1, false)],
  ArgMax: [
    {
      name: "last",
      inputs: { x: distinct([3, 5], 6) },
      build: (g, { x }) =>
        g.mul(x!, g.apply("Cast", [g.apply("ArgMax", [x!], { axis: 1, keepDims: true })], { to: "float" })),
    },
    {
      name: "first",
      inputs: { x: distinct([4, 3], 7) },
      build: (g, { x }) =>
        g.mul(x!, g.apply("Cast", [g.apply("ArgMax", [x!], { axis: 0, keepDims: false })], { to: "float" })),
    },
  ],
  Softmax: [
    along("Softmax", "last", [3, 4], 1),
    along("Softmax", "first", [4, 2], 0),
    along("Softmax", "middle", [2, 3, 2], 1),
  ],
  LogSoftmax: [
    along("LogSoftmax", "last", [3, 4], 1),
    along("LogSoftmax", "first", [4, 2], 0),
    along("LogSoftmax", "middle", [2, 3, 2], 1),
  ],
};

/** Graph of a variant; with a probe its loss Σ probe · result, so that each element's gradient counts differently. */
function caseOf(op: OpName, variant: Variant, family: "forward" | "gradient"): GraphCase {
  const g = createGraphBuilder();
  const feeds: Record<string, FeedData> = {};
  const inputs: Record<string, ValueInfo> = {};
  for (const [name, { shape, dtype = "float", feed }] of Object.entries(variant.inputs)) {
    inputs[name] = g.input(name, dtype, shape);
    feeds[name] = feed;
  }
  const result = variant.build(g, inputs);
  const base = { kind: "graph", family, id: `${family}/${op}/${variant.name}` } as const;
  if (family === "forward") return { ...base, graph: g.build([result]), feeds };
  const probe = g.input("probe", "float", result.shape);
  feeds.probe = { seed: 99, low: 0.5, high: 1.5 };
  const axes = result.shape.map((_, axis) => axis);
  const loss = g.sum(g.mul(probe, result), axes, false, "loss");
  const wrt = Object.values(inputs)
    .filter((input) => input.dtype === "float")
    .map((input) => input.name);
  return { ...base, graph: g.build([result]), feeds, loss: loss.name, wrt };
}

/** Every op forward, and every op's gradient. */
export function opCases(): GraphCase[] {
  const all = Object.entries(opVariants) as [OpName, readonly Variant[]][];
  return (["forward", "gradient"] as const).flatMap((family) =>
    all.flatMap(([op, variants]) => variants.map((variant) => caseOf(op, variant, family))),
  );
}
