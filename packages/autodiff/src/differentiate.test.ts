import {
  type AnyNode,
  createGraphBuilder,
  type GraphBuilder,
  type OpAttributes,
  type OpName,
  opNames,
  sizeOf,
  type ValueInfo,
  validateGraph,
} from "@thawline/core";
import { describe, expect, it } from "vitest";
import { differentiate, eliminateDeadNodes } from "./index.ts";

/** Attributes and input shapes with which each op applies; shapes broadcast where the op does. */
const samples: { readonly [O in OpName]: { attributes: OpAttributes[O]; shapes: readonly (readonly number[])[] } } = {
  Add: { attributes: {}, shapes: [[2, 3], [3]] },
  Sub: { attributes: {}, shapes: [[2, 1], [3]] },
  Mul: { attributes: {}, shapes: [[], [2, 3]] },
  Div: {
    attributes: {},
    shapes: [
      [1, 3],
      [2, 1],
    ],
  },
  Neg: { attributes: {}, shapes: [[2, 3]] },
  Exp: { attributes: {}, shapes: [[2, 3]] },
  Log: { attributes: {}, shapes: [[2, 3]] },
  Sqrt: { attributes: {}, shapes: [[2, 3]] },
  Erf: { attributes: {}, shapes: [[2, 3]] },
  Tanh: { attributes: {}, shapes: [[2, 3]] },
  Sigmoid: { attributes: {}, shapes: [[2, 3]] },
  Relu: { attributes: {}, shapes: [[2, 3]] },
  Equal: { attributes: {}, shapes: [[2, 3], [3]] },
  Greater: { attributes: {}, shapes: [[2, 3], [3]] },
  Where: { attributes: {}, shapes: [[3], [2, 1], [2, 3]] },
  Cast: { attributes: { to: "float" }, shapes: [[2, 3]] },
  MatMul: {
    attributes: {},
    shapes: [
      [4, 2, 3],
      [4, 3, 5],
    ],
  },
  Transpose: { attributes: { perm: [1, 2, 0] }, shapes: [[2, 3, 4]] },
  Reshape: { attributes: { shape: [3, 2] }, shapes: [[2, 3]] },
  Expand: { attributes: { shape: [4, 2, 3] }, shapes: [[2, 1]] },
  Concat: {
    attributes: { axis: 1 },
    shapes: [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
  },
  Slice: { attributes: { starts: [0, 1], ends: [1, 3] }, shapes: [[2, 3]] },
  Pad: { attributes: { before: [0, 1], after: [2, 0] }, shapes: [[2, 3]] },
  ReduceSum: { attributes: { axes: [0, 2], keepDims: false }, shapes: [[2, 3, 4]] },
  ReduceMax: { attributes: { axis: 1, keepDims: false }, shapes: [[2, 3, 4]] },
  ArgMax: { attributes: { axis: 1, keepDims: false }, shapes: [[2, 3]] },
  Softmax: { attributes: { axis: 1 }, shapes: [[2, 3]] },
  LogSoftmax: { attributes: { axis: 0 }, shapes: [[2, 3]] },
};

/** The sum of squares of a value: its gradient depends on it, so that second derivatives are not all zero. */
const sumOfSquares = (g: GraphBuilder, value: ValueInfo): ValueInfo =>
  g.sum(
    g.mul(value, value),
    value.shape.map((_, axis) => axis),
  );

/** A scalar that depends on one op; results that are not float are cast. */
function graphOf<O extends OpName>(op: O) {
  const g = createGraphBuilder();
  const { attributes, shapes } = samples[op];
  const inputs = shapes.map((shape, i) => g.input(`x${i}`, op === "Where" && i === 0 ? "bool" : "float", shape));
  const y = g.apply(op, inputs, attributes as OpAttributes[O]);
  const loss = sumOfSquares(g, y.dtype === "float" ? y : g.apply("Cast", [y], { to: "float" }));
  const wrt = inputs.filter(({ dtype }) => dtype === "float").map(({ name }) => name);
  return { graph: g.build([loss]), loss: loss.name, wrt };
}

const opsOf = (nodes: readonly AnyNode[]): Set<OpName> => new Set(nodes.map(({ op }) => op));

describe("differentiate", () => {
  it.each(opNames)("%s: the op table is closed under differentiation, twice", (op) => {
    const { graph, loss, wrt } = graphOf(op);
    const first = differentiate(graph, { loss, wrt });
    validateGraph(first.graph);
    const g = createGraphBuilder(first.graph);
    const gradients = wrt.map(
      (name) => first.graph.nodes.find((node) => node.output.name === first.gradients[name])!.output,
    );
    gradients.forEach((gradient, i) => {
      expect(gradient.shape).toEqual(graph.inputs.find(({ name }) => name === wrt[i])!.shape);
    });
    const total = gradients.map((gradient) => sumOfSquares(g, gradient)).reduce((sum, term) => g.add(sum, term));
    const second = differentiate(g.build([total]), { loss: total.name, wrt });
    validateGraph(second.graph);
    for (const used of opsOf(second.graph.nodes)) expect(opNames).toContain(used);
  });

  it("visits only nodes between wrt and the loss", () => {
    const g = createGraphBuilder();
    const [x, w] = [g.input("x", "float", [2, 2]), g.input("w", "float", [2, 2])];
    const frozen = g.apply("Tanh", [g.apply("Erf", [x], {})], {});
    const loss = g.sum(g.matMul(frozen, w), [0, 1]);
    const graph = g.build([loss]);
    const { graph: differentiated } = differentiate(graph, { loss: loss.name, wrt: ["w"] });
    const added = differentiated.nodes.slice(graph.nodes.length);
    // Expand of the 1 to the product's shape, frozen transposed, and their product: nothing about tanh, erf or x.
    expect(added.map(({ op }) => op)).toEqual(["Expand", "Transpose", "MatMul"]);
  });

  it("keeps the graph as it is in front, and lists its outputs, the loss and the gradients", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [3]);
    const y = g.mul(x, x, "y");
    const loss = g.sum(y, [0], false, "loss");
    const graph = g.build([y]);
    const { graph: differentiated, gradients } = differentiate(graph, { loss: loss.name, wrt: ["x"] });
    expect(differentiated.nodes.slice(0, graph.nodes.length)).toEqual(graph.nodes);
    expect(differentiated.inputs).toEqual(graph.inputs);
    expect(differentiated.outputs).toEqual(["y", "loss", gradients.x]);
    expect(Object.isFrozen(differentiated.nodes)).toBe(true);
  });

  it("adds up every use of an input", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", []);
    const loss = g.add(x, g.add(x, x));
    const { graph, gradients } = differentiate(g.build([loss]), { loss: loss.name, wrt: ["x"] });
    const adds = graph.nodes.slice(2).map(({ op }) => op);
    expect(adds).toEqual(["Add", "Add"]);
    expect(graph.nodes.at(-1)!.output.name).toBe(gradients.x);
  });

  it("gives the loss itself the gradient 1 where it is an input", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", []);
    const { graph, gradients } = differentiate(g.build([x]), { loss: "x", wrt: ["x"] });
    expect(graph.constants.find(({ name }) => name === gradients.x)?.data).toEqual([1]);
  });

  it("has no constant that grows with the batch, but for positions along a maximum's axis", () => {
    for (const op of opNames) {
      const { graph, loss, wrt } = graphOf(op);
      for (const { data, dtype } of differentiate(graph, { loss, wrt }).graph.constants) {
        expect(dtype === "int32" ? data.length : sizeOf([data.length])).toBeLessThanOrEqual(op === "ReduceMax" ? 3 : 1);
      }
    }
  });

  it("names what is wrong with a request", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2]);
    g.input("ids", "int32", [2]);
    const y = g.mul(x, x, "y");
    const graph = g.build([y, g.sum(y, [0], false, "loss")]);
    const attempt = (loss: string, wrt: string[]) => () => differentiate(graph, { loss, wrt });
    expect(attempt("y", ["x"])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
    expect(attempt("nothing", ["x"])).toThrow(expect.objectContaining({ code: "UNKNOWN_VALUE" }));
    expect(attempt("loss", ["y"])).toThrow(expect.objectContaining({ code: "UNKNOWN_VALUE" }));
    expect(attempt("loss", ["ids"])).toThrow(expect.objectContaining({ code: "NOT_DIFFERENTIABLE" }));
  });
});

describe("eliminateDeadNodes", () => {
  it("keeps what outputs need, and every input", () => {
    const g = createGraphBuilder();
    const [x, y] = [g.input("x", "float", [2]), g.input("y", "float", [2])];
    const kept = g.add(x, g.scalar(1), "kept");
    g.mul(y, g.scalar(2), "dead");
    const graph = g.build([kept]);
    const smaller = eliminateDeadNodes(graph);
    expect(smaller.nodes.map(({ output }) => output.name)).toEqual(["kept"]);
    expect(smaller.constants.map(({ data }) => data)).toEqual([[1]]);
    expect(smaller.inputs).toEqual(graph.inputs);
    expect(eliminateDeadNodes(graph, ["dead"]).nodes.map(({ output }) => output.name)).toEqual(["dead"]);
  });
});
