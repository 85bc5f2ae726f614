import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectCode } from "../../test/expect-close.ts";
import { randomGraph } from "../../test/random-graph.ts";
import { createGraphBuilder } from "./builder.ts";

describe("createGraphBuilder", () => {
  it("builds what was asked for, in order", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2, 3]);
    const w = g.input("w", "float", [4, 3]);
    const y = g.matMul(x, g.transpose(w, [1, 0]), "y");
    const graph = g.build([g.add(y, g.scalar(1), "z"), x]);
    expect(graph.inputs).toEqual([
      { name: "x", dtype: "float", shape: [2, 3] },
      { name: "w", dtype: "float", shape: [4, 3] },
    ]);
    expect(graph.nodes.map((node) => node.op)).toEqual(["Transpose", "MatMul", "Add"]);
    expect(graph.nodes[1]).toMatchObject({ inputs: ["x", graph.nodes[0].output.name], output: { shape: [2, 4] } });
    expect(graph.constants).toMatchObject([{ dtype: "float", shape: [], data: [1] }]);
    expect(graph.outputs).toEqual(["z", "x"]);
  });

  it("refuses bad and repeated names", () => {
    const g = createGraphBuilder();
    const x = g.input("a.b/c-d_1", "float", [2]);
    for (const name of ["", "1x", "a b", "ä", ".x", "-x"])
      expectCode(() => g.input(name, "float", []), "INVALID_GRAPH");
    expectCode(() => g.input("a.b/c-d_1", "float", [2]), "INVALID_GRAPH");
    expectCode(() => g.add(x, x, "a.b/c-d_1"), "INVALID_GRAPH");
  });

  it("generates names around the names in use", () => {
    const g = createGraphBuilder();
    const x = g.input("Add.0", "float", [2]);
    g.input("Add.1", "float", [2]);
    expect(["Add.0", "Add.1"]).not.toContain(g.add(x, x).name);
  });

  it("refuses values of another graph, bad shapes and dtypes", () => {
    const g = createGraphBuilder();
    const foreign = createGraphBuilder().input("foreign", "float", [2]);
    expectCode(() => g.add(foreign, foreign), "UNKNOWN_VALUE");
    expectCode(() => g.build([foreign]), "UNKNOWN_VALUE");
    for (const shape of [[-1], [1.5], [Number.NaN]]) expectCode(() => g.input("x", "float", shape), "SHAPE_MISMATCH");
    expectCode(() => g.input("x", "float16" as "float", [1]), "INVALID_GRAPH");
  });

  it("takes constants that fit their shape and dtype, and that JSON can hold", () => {
    const g = createGraphBuilder();
    expect(g.constant("int32", [2], [-(2 ** 31), 2 ** 31 - 1])).toMatchObject({ dtype: "int32", shape: [2] });
    expectCode(() => g.constant("float", [2], [1]), "SHAPE_MISMATCH");
    expectCode(() => g.constant("float", [], [Number.NaN]), "DTYPE_MISMATCH");
    expectCode(() => g.constant("float", [], [Number.NEGATIVE_INFINITY]), "DTYPE_MISMATCH");
    expectCode(() => g.constant("int32", [], [0.5]), "DTYPE_MISMATCH");
    expectCode(() => g.constant("int32", [], [2 ** 31]), "DTYPE_MISMATCH");
    expectCode(() => g.constant("bool", [], [2]), "DTYPE_MISMATCH");
  });

  it("goes on from a graph without changing it", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2]);
    const first = g.build([g.mul(x, g.scalar(2))]);
    const before = JSON.stringify(first);
    const more = createGraphBuilder(first);
    const second = more.build([more.add(first.inputs[0], more.scalar(3))]);
    expect(JSON.stringify(first)).toBe(before);
    expect(second.nodes.slice(0, 1)).toEqual(first.nodes);
    expect(second.nodes).toHaveLength(2);
    expect(second.constants.map((constant) => constant.data)).toEqual([[2], [3]]);
  });

  it("freezes a graph through and through, and nothing of the caller's", () => {
    const frozenThroughout = (value: unknown): boolean =>
      typeof value !== "object" ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(frozenThroughout));
    fc.assert(
      fc.property(randomGraph, (graph) => {
        expect(frozenThroughout(graph)).toBe(true);
      }),
      { seed: 1 },
    );
    const g = createGraphBuilder();
    const [shape, data, perm, target] = [[1, 2], [3, 4], [1, 0], [2]];
    const x = g.transpose(g.constant("float", shape, data), perm);
    const attributes = Object.freeze({ shape: target });
    const graph = g.build([g.apply("Reshape", [x], attributes)]);
    for (const mine of [shape, data, perm, target]) mine[0] = 99;
    expect(frozenThroughout(graph)).toBe(true);
    expect(graph.constants[0]).toMatchObject({ shape: [1, 2], data: [3, 4] });
    expect(graph.nodes.map((node) => node.attributes)).toEqual([{ perm: [1, 0] }, { shape: [2] }]);
  });
});
