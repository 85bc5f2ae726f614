import {
  createGraphBuilder,
  createRandom,
  type Graph,
  type GraphBuilder,
  type OpAttributes,
  type OpName,
  opNames,
  type Random,
  type ValueInfo,
} from "@thawline/core";

type Attributes = { readonly [O in OpName]: (random: Random, x: ValueInfo) => OpAttributes[O] };

const none = () => ({});
const axisOf = (random: Random, { shape }: ValueInfo): number => random.nextBelow(Math.max(shape.length, 1));
const alongAxis = (random: Random, x: ValueInfo) => ({ axis: axisOf(random, x) });
const reduced = (random: Random, x: ValueInfo) => ({ axis: axisOf(random, x), keepDims: random.nextFloat() < 0.5 });

/** Attributes that often fit. */
const attributesOf: Attributes = {
  Add: none,
  Sub: none,
  Mul: none,
  Div: none,
  Neg: none,
  Exp: none,
  Log: none,
  Sqrt: none,
  Erf: none,
  Tanh: none,
  Sigmoid: none,
  Relu: none,
  Equal: none,
  Greater: none,
  Where: none,
  MatMul: none,
  Cast: (random) => ({ to: (["float", "int32", "bool"] as const)[random.nextBelow(3)]! }),
  Transpose: (_, { shape }) => ({ perm: [...shape.keys()].reverse() }),
  Reshape: (random, { shape }) => ({ shape: random.nextFloat() < 0.5 ? [...shape].reverse() : [1, ...shape] }),
  Expand: (random, { shape }) => ({ shape: [random.nextBelow(3), ...shape] }),
  Concat: alongAxis,
  Slice: (random, { shape }) => ({
    starts: shape.map((extent) => Math.min(random.nextBelow(2), extent)),
    ends: [...shape],
  }),
  Pad: (random, { shape }) => ({
    before: shape.map(() => random.nextBelow(2)),
    after: shape.map(() => random.nextBelow(3)),
  }),
  ReduceSum: (random, { shape }) => ({
    axes: [...shape.keys()].filter(() => random.nextFloat() < 0.5),
    keepDims: random.nextFloat() < 0.5,
  }),
  ReduceMax: reduced,
  ArgMax: reduced,
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
};

const arity = (op: OpName): number => {
  if (op === "Where" || op === "Concat") return 3;
  return ["Add", "Sub", "Mul", "Div", "Equal", "Greater", "MatMul"].includes(op) ? 2 : 1;
};

const constantOf = (g: GraphBuilder, random: Random): ValueInfo => {
  const kind = random.nextBelow(3);
  if (kind === 0) return g.constant("bool", [2], [random.nextBelow(2), 1]);
  if (kind === 1) return g.constant("int32", [3], [random.nextBelow(100) - 50, -(2 ** 31), 2 ** 31 - 1]);
  return g.constant("float", [2, 1], [Math.fround(random.nextNormal()), -0]);
};

/** A graph of at most `steps` nodes over the whole op table, its inputs and constants of every dtype. */
export function randomGraph(seed: number, steps: number): Graph {
  const random = createRandom(seed);
  const g = createGraphBuilder();
  const values: ValueInfo[] = [
    g.input("x", "float", [2, 3]),
    g.input("layer/w.0-a", "float", [2, 2]),
    g.input("_ids", "int32", [3]),
    g.input("mask", "bool", [2, 3]),
    g.input("s", "float", []),
    g.input("none", "float", [0, 3]),
  ];
  const pick = (): ValueInfo => values[random.nextBelow(values.length)]!;
  for (let i = 0; i < steps; i++) {
    if (i % 3 === 0) values.push(constantOf(g, random));
    const op = opNames[random.nextBelow(opNames.length)]!;
    const x = pick();
    const operands = [x, ...Array.from({ length: arity(op) - 1 }, () => (random.nextFloat() < 0.5 ? x : pick()))];
    const inputs = op === "Where" ? [values[3]!, ...operands.slice(1)] : operands;
    try {
      values.push(g.apply(op, inputs, attributesOf[op](random, x) as never));
    } catch {
      // The operands do not fit the op: another one comes.
    }
  }
  return g.build([pick(), values.at(-1)!].filter((value, i, all) => all.indexOf(value) === i));
}
