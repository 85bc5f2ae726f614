import { createGraphBuilder, type GraphBuilder, type ValueInfo } from "@thawline/core";
import type { FeedData, GraphCase } from "../case.ts";

/** One value at an edge: result and the gradient of Σ probe · result. */
function edgeCase(
  name: string,
  x: { readonly shape: readonly number[]; readonly data: readonly number[] },
  build: (g: GraphBuilder, x: ValueInfo) => ValueInfo,
): GraphCase {
  const g = createGraphBuilder();
  const input = g.input("x", "float", x.shape);
  const result = build(g, input);
  const probe = g.input("probe", "float", result.shape);
  const loss = g.sum(
    g.mul(probe, result),
    result.shape.map((_, axis) => axis),
    false,
    "loss",
  );
  const feeds: Record<string, FeedData> = { x: { data: x.data }, probe: { seed: 81, low: 0.5, high: 1.5 } };
  return {
    kind: "graph",
    family: "edge",
    id: `edge/${name}`,
    graph: g.build([result]),
    feeds,
    loss: loss.name,
    wrt: ["x"],
  };
}

/** Ties, zeros, kinks, saturation, extents of one. */
export const edgeCases = (): GraphCase[] => [
  edgeCase("max-tie-goes-to-first", { shape: [2, 4], data: [3, 3, 1, 3, -1, -1, -1, -1] }, (g, x) =>
    g.apply("ReduceMax", [x], { axis: 1, keepDims: false }),
  ),
  edgeCase("max-tie-over-first-axis", { shape: [3, 2], data: [1, 2, 1, 2, 0, 2] }, (g, x) =>
    g.apply("ReduceMax", [x], { axis: 0, keepDims: true }),
  ),
  edgeCase("max-of-zeros", { shape: [2, 3], data: [0, 0, 0, 0, 0, 0] }, (g, x) =>
    g.apply("ReduceMax", [x], { axis: 1, keepDims: false }),
  ),
  edgeCase("max-of-one", { shape: [3, 1], data: [1, -2, 0] }, (g, x) =>
    g.apply("ReduceMax", [x], { axis: 1, keepDims: false }),
  ),
  edgeCase("argmax-tie-is-first", { shape: [2, 3], data: [5, 5, 5, 1, 2, 2] }, (g, x) =>
    g.mul(x, g.apply("Cast", [g.apply("ArgMax", [x], { axis: 1, keepDims: true })], { to: "float" })),
  ),
  edgeCase("relu-at-zero", { shape: [5], data: [0, -0, 1, -1, 0] }, (g, x) => g.apply("Relu", [x], {})),
  edgeCase("where-both-sides-used", { shape: [4], data: [1, -1, 2, 0] }, (g, x) =>
    g.apply("Where", [g.apply("Greater", [x, g.scalar(0)], {}), x, g.mul(x, g.scalar(3))], {}),
  ),
  edgeCase("softmax-of-equals", { shape: [2, 3], data: [1, 1, 1, 0, 0, 0] }, (g, x) =>
    g.apply("Softmax", [x], { axis: 1 }),
  ),
  edgeCase("softmax-of-one", { shape: [3, 1], data: [4, -4, 0] }, (g, x) => g.apply("Softmax", [x], { axis: 1 })),
  edgeCase("softmax-large", { shape: [2, 3], data: [1000, 999, -1000, -5000, -5001, -5002] }, (g, x) =>
    g.apply("Softmax", [x], { axis: 1 }),
  ),
  edgeCase("log-softmax-large", { shape: [2, 3], data: [1000, 999, -1000, -5000, -5001, -5002] }, (g, x) =>
    g.apply("LogSoftmax", [x], { axis: 1 }),
  ),
  edgeCase("sigmoid-saturated", { shape: [4], data: [-80, 80, -20, 0.5] }, (g, x) => g.apply("Sigmoid", [x], {})),
  edgeCase("tanh-saturated", { shape: [4], data: [-40, 40, -9, 0.5] }, (g, x) => g.apply("Tanh", [x], {})),
  edgeCase("erf-saturated", { shape: [4], data: [-8, 8, -4, 0.5] }, (g, x) => g.apply("Erf", [x], {})),
  edgeCase("value-used-thrice", { shape: [3], data: [1, 2, 3] }, (g, x) => g.mul(g.mul(x, x), g.add(x, x))),
  edgeCase("result-is-input", { shape: [3], data: [1, 2, 3] }, (_, x) => x),
  edgeCase("un-broadcast-row", { shape: [3], data: [1, 2, 3] }, (g, x) =>
    g.mul(x, g.constant("float", [4, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
  ),
  edgeCase("un-broadcast-scalar", { shape: [], data: [2] }, (g, x) =>
    g.mul(x, g.constant("float", [2, 2], [1, 2, 3, 4])),
  ),
  edgeCase("un-broadcast-middle", { shape: [2, 1, 2], data: [1, 2, 3, 4] }, (g, x) =>
    g.add(x, g.constant("float", [2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])),
  ),
  edgeCase("repeated-rows-add", { shape: [2, 2], data: [1, 2, 3, 4] }, (g, x) =>
    g.matMul(g.constant("float", [4, 2], [1, 0, 1, 0, 0, 1, 1, 0]), x),
  ),
  edgeCase("masked-positions", { shape: [2, 3, 2], data: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }, (g, x) =>
    g.sum(g.mul(x, g.constant("float", [2, 3, 1], [1, 1, 0, 1, 0, 0])), [1]),
  ),
  edgeCase("tiny-and-huge", { shape: [4], data: [1e-20, 1e10, -1e-10, 1] }, (g, x) => g.mul(x, g.scalar(3))),
];
