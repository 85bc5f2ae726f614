import { createGraphBuilder, type Graph, type GraphBuilder, type ValueInfo, validateGraph } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { differentiate, simplify } from "./index.ts";

/** What a graph built from x [2, 3] and y [3, 2] comes down to; each case's result feeds a Tanh, which stays. */
function simplified(build: (g: GraphBuilder, x: ValueInfo, y: ValueInfo) => ValueInfo): string[] {
  const g = createGraphBuilder();
  const value = build(g, g.input("x", "float", [2, 3]), g.input("y", "float", [3, 2]));
  const result = simplify(g.build([g.apply("Tanh", [value], {}, "out")]));
  validateGraph(result);
  expect(result.outputs).toEqual(["out"]);
  return linesOf(result);
}

const linesOf = ({ nodes }: Graph): string[] =>
  nodes.slice(0, -1).map(({ op, inputs }) => `${op}(${inputs.join(",").replace(/[A-Za-z]+\.\d+/g, "_")})`);

describe("simplify", () => {
  it.each<[string, (g: GraphBuilder, x: ValueInfo, y: ValueInfo) => ValueInfo, string[]]>([
    ["two transposes cancel", (g, x) => g.transpose(g.transpose(x, [1, 0]), [1, 0]), []],
    ["two negations cancel", (g, x) => g.apply("Neg", [g.apply("Neg", [x], {})], {}), []],
    [
      "x · 1, 1 · x, x / 1, x + 0, x − 0",
      (g, x) => g.sub(g.add(g.div(g.mul(g.scalar(1), g.mul(x, g.scalar(1))), g.scalar(1)), g.scalar(0)), g.scalar(0)),
      [],
    ],
    [
      "x · 1 that broadcasts stays an Expand",
      (g, x) => g.mul(g.sum(x, [0], true), g.constant("float", [2, 3], [1, 1, 1, 1, 1, 1])),
      ["ReduceSum(x)", "Expand(_)"],
    ],
    [
      "0 − x and 1 / x are no neutral elements",
      (g, x) => g.div(g.scalar(1), g.sub(g.scalar(0), x)),
      ["Sub(_,x)", "Div(_,_)"],
    ],
    [
      "reshape and expand to the same shape",
      (g, x) => g.apply("Expand", [g.reshape(x, [2, 3])], { shape: [2, 3] }),
      [],
    ],
    ["reshape of a reshape", (g, x) => g.reshape(g.reshape(x, [6]), [3, 2]), ["Reshape(x)"]],
    [
      "an Expand that the next op does anyway",
      (g, x) => g.mul(x, g.apply("Expand", [g.sum(x, [0])], { shape: [2, 3] })),
      ["ReduceSum(x)", "Mul(x,_)"],
    ],
    [
      "but not one that makes the shape",
      (g, x) => g.add(g.apply("Expand", [g.sum(x, [0])], { shape: [2, 3] }), g.scalar(2)),
      ["ReduceSum(x)", "Expand(_)", "Add(_,_)"],
    ],
    ["common subexpressions", (g, x) => g.add(g.mul(x, x), g.mul(x, x)), ["Mul(x,x)", "Add(_,_)"]],
    ["equal constants", (g, x) => g.add(g.mul(x, g.scalar(3)), g.mul(x, g.scalar(3))), ["Mul(x,_)", "Add(_,_)"]],
    [
      "but 0 and −0 are two constants",
      (g, x) => g.add(g.div(x, g.scalar(0)), g.div(x, g.scalar(-0))),
      ["Div(x,_)", "Div(x,_)", "Add(_,_)"],
    ],
    [
      "(xᵀ yᵀ)ᵀ = y x",
      (g, x, y) => g.transpose(g.matMul(g.transpose(x, [1, 0]), g.transpose(y, [1, 0])), [1, 0]),
      ["MatMul(y,x)"],
    ],
    [
      "dead nodes",
      (g, x) => {
        g.apply("Exp", [x], {});
        return x;
      },
      [],
    ],
  ])("%s", (_, build, expected) => {
    expect(simplified(build)).toEqual(expected);
  });

  it("keeps the names of outputs, also of outputs that equal each other or an input", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2]);
    const [a, b, c] = [g.add(x, x, "a"), g.add(x, x, "b"), g.mul(x, g.scalar(1), "c")];
    const result = simplify(g.build([a, b, c]));
    validateGraph(result);
    expect(result.outputs).toEqual(["a", "b", "c"]);
    expect(result.nodes.map(({ output }) => output.name)).toEqual(["a", "b", "c"]);
  });

  it("leaves a linear layer's gradients as two products, whose transposes a backend can read in place", () => {
    const g = createGraphBuilder();
    const [x, w] = [g.input("x", "float", [4, 3]), g.input("w", "float", [2, 3])];
    const logits = g.matMul(x, g.transpose(w, [1, 0]));
    const loss = g.sum(g.mul(logits, logits), [0, 1]);
    const differentiated = differentiate(g.build([loss]), { loss: loss.name, wrt: ["x", "w"] });
    const products = simplify(differentiated.graph).nodes.filter(({ op }) => op === "MatMul");
    expect(products).toHaveLength(3);
    const [, ...gradients] = products.map(({ inputs }) => inputs[1]);
    expect(gradients.sort()).toEqual(["w", "x"]);
  });
});
