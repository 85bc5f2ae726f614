import {
  createGraphBuilder,
  createRandom,
  type Graph,
  type GraphBuilder,
  type TensorMap,
  tensor,
  type ValueInfo,
} from "@thawline/core";
import fc from "fast-check";
import { allAxes } from "./floats.ts";

type Make = (g: GraphBuilder, a: ValueInfo, b: ValueInfo) => ValueInfo;

const one = (op: "Neg" | "Exp" | "Erf" | "Tanh" | "Sigmoid" | "Log" | "Sqrt") => (g: GraphBuilder, x: ValueInfo) =>
  g.apply(op, [x], {});
const [neg, exp, erf, tanh, sigmoid, log, sqrt] = (
  ["Neg", "Exp", "Erf", "Tanh", "Sigmoid", "Log", "Sqrt"] as const
).map(one);

/** Smooth maps from two [2, 3] values to one, bounded so that chains of them neither vanish nor overflow. */
const makers: Readonly<Record<string, Make>> = {
  add: (g, a, b) => tanh(g, g.add(a, b)),
  sub: (g, a, b) => g.sub(sigmoid(g, a), tanh(g, b)),
  mul: (g, a, b) => g.mul(tanh(g, a), tanh(g, b)),
  div: (g, a, b) => g.div(tanh(g, a), g.add(sigmoid(g, b), g.scalar(1))),
  neg: (g, a) => neg(g, a),
  exp: (g, a) => exp(g, tanh(g, a)),
  log: (g, a) => log(g, g.add(sigmoid(g, a), g.scalar(0.5))),
  sqrt: (g, a, b) => sqrt(g, g.add(g.mul(tanh(g, a), tanh(g, b)), g.scalar(2))),
  erf: (g, a) => erf(g, a),
  where: (g, a, b) => g.apply("Where", [g.constant("bool", [3], [1, 0, 1]), a, b], {}),
  cast: (g, a) => g.apply("Cast", [a], { to: "float" }),
  matMul: (g, a, b) => tanh(g, g.matMul(g.matMul(a, g.transpose(b, [1, 0])), a)),
  batchMatMul: (g, a, b) => {
    const pair = g.apply("Concat", [g.reshape(a, [1, 2, 3]), g.reshape(b, [1, 2, 3])], { axis: 0 });
    const gram = tanh(g, g.matMul(pair, g.transpose(pair, [0, 2, 1])));
    return g.add(g.sum(g.matMul(gram, pair), [0]), a);
  },
  reshape: (g, a) => g.transpose(g.reshape(a, [3, 2]), [1, 0]),
  expand: (g, a, b) => g.mul(g.apply("Expand", [g.sum(a, [0])], { shape: [2, 3] }), sigmoid(g, b)),
  slicePad: (g, a, b) => {
    const inner = g.apply("Slice", [a], { starts: [0, 1], ends: [2, 2] });
    return g.add(g.apply("Pad", [inner], { before: [0, 1], after: [0, 1] }), sigmoid(g, b));
  },
  keepDims: (g, a, b) => tanh(g, g.add(g.sum(a, [1], true), b)),
  softmax: (g, a) => g.apply("Softmax", [a], { axis: 0 }),
  logSoftmax: (g, a) => g.apply("LogSoftmax", [a], { axis: 1 }),
};

/** A graph with inputs x [2, 3], y [3] and the scalar `loss`, and feeds for it. */
export interface RandomGraph {
  readonly graph: Graph;
  readonly feeds: TensorMap;
}

type Recipe = readonly (readonly [string, number, number])[];

/** The result [2, 3] of a recipe, on inputs of a builder. */
export function follow(g: GraphBuilder, recipe: Recipe, [x, y]: readonly [ValueInfo, ValueInfo]): ValueInfo {
  const values = [x, g.add(x, y)];
  for (const [name, i, j] of recipe) {
    values.push(makers[name](g, values[i % values.length], values[j % values.length]));
  }
  return values.at(-1)!;
}

/** Normal numbers for the inputs x and y. */
export function randomFeeds(seed: number): TensorMap {
  const random = createRandom(seed);
  const normal = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.nextNormal());
  return { x: tensor("float64", [2, 3], normal(6)), y: tensor("float64", [3], normal(3)) };
}

/** A weighted sum of a [2, 3] value, so that no two elements count alike. */
export function weightedSum(g: GraphBuilder, value: ValueInfo, name?: string): ValueInfo {
  const weights = g.constant("float", [2, 3], [0.3, -1.1, 0.7, 1.9, -0.4, 0.8]);
  return g.sum(g.mul(value, weights), allAxes(value), false, name);
}

/** Recipes of up to ten steps. */
export const recipes: fc.Arbitrary<Recipe> = fc.array(
  fc.tuple(fc.constantFrom(...Object.keys(makers)), fc.nat(20), fc.nat(20)),
  { minLength: 1, maxLength: 10 },
);

/** Random graphs over every smooth op. */
export const randomGraphs: fc.Arbitrary<RandomGraph> = fc
  .tuple(recipes, fc.integer({ min: 0, max: 1e9 }))
  .map(([recipe, seed]) => {
    const g = createGraphBuilder();
    const loss = weightedSum(g, follow(g, recipe, [g.input("x", "float", [2, 3]), g.input("y", "float", [3])]), "loss");
    return { graph: g.build([loss]), feeds: randomFeeds(seed) };
  });
