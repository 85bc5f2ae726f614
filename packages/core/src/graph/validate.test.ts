import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectCode } from "../../test/expect-close.ts";
import { randomGraph } from "../../test/random-graph.ts";
import { createGraphBuilder } from "./builder.ts";
import type { Graph } from "./graph.ts";
import { findValue, validateGraph, valuesOf } from "./validate.ts";

// biome-ignore lint/suspicious/noExplicitAny: damage is what types do not allow
type Loose = any;

function sample(): Graph {
  const g = createGraphBuilder();
  const x = g.input("x", "float", [2, 3]);
  const two = g.scalar(2);
  const three = g.scalar(3);
  const mask = g.constant("bool", [3], [1, 0, 1]);
  const y = g.transpose(g.mul(g.add(x, two), three), [1, 0], "y");
  const z = g.apply("Where", [mask, x, two], {}, "z");
  return g.build([y, z, g.sum(x, [1], true, "s")]);
}

const damages: readonly (readonly [string, string, (graph: Loose) => void])[] = [
  ["no inputs list", "INVALID_GRAPH", (g) => delete g.inputs],
  ["no outputs list", "INVALID_GRAPH", (g) => delete g.outputs],
  ["nodes that are no list", "INVALID_GRAPH", (g) => (g.nodes = {})],
  ["an input without a shape", "INVALID_GRAPH", (g) => delete g.inputs[0].shape],
  ["an input without a name", "INVALID_GRAPH", (g) => delete g.inputs[0].name],
  ["a null input", "INVALID_GRAPH", (g) => (g.inputs[0] = null)],
  ["a bad name", "INVALID_GRAPH", (g) => (g.inputs[0].name = "x y")],
  ["an unknown dtype", "INVALID_GRAPH", (g) => (g.inputs[0].dtype = "float64")],
  ["a negative extent", "SHAPE_MISMATCH", (g) => (g.inputs[0].shape[0] = -2)],
  ["two values of one name", "INVALID_GRAPH", (g) => g.inputs.push(g.inputs[0])],
  ["a node named as an input", "INVALID_GRAPH", (g) => (g.nodes[0].output.name = "x")],
  ["a constant with too few numbers", "SHAPE_MISMATCH", (g) => g.constants[2].data.pop()],
  ["a constant without numbers", "SHAPE_MISMATCH", (g) => delete g.constants[0].data],
  ["a constant with null, as JSON writes infinity", "DTYPE_MISMATCH", (g) => (g.constants[0].data = [null])],
  ["a bool constant of 2", "DTYPE_MISMATCH", (g) => (g.constants[2].data[0] = 2)],
  ["an unknown op", "INVALID_GRAPH", (g) => (g.nodes[0].op = "Gelu")],
  ["an op named as a method of objects", "INVALID_GRAPH", (g) => (g.nodes[0].op = "toString")],
  ["a missing attribute", "INVALID_GRAPH", (g) => delete g.nodes[2].attributes.perm],
  ["missing attributes", "INVALID_GRAPH", (g) => delete g.nodes[2].attributes],
  ["an attribute of another op", "INVALID_GRAPH", (g) => (g.nodes[0].attributes.axis = 0)],
  ["an attribute of the wrong kind", "INVALID_GRAPH", (g) => (g.nodes[2].attributes.perm = "1,0")],
  ["a permutation that does not fit", "SHAPE_MISMATCH", (g) => (g.nodes[2].attributes.perm = [0, 0])],
  ["a node that reads a later one", "UNKNOWN_VALUE", (g) => g.nodes.reverse()],
  ["a node that reads nothing known", "UNKNOWN_VALUE", (g) => (g.nodes[0].inputs[0] = "missing")],
  ["too many operands", "INVALID_GRAPH", (g) => g.nodes[0].inputs.push("x")],
  ["a declared shape that the rule does not give", "SHAPE_MISMATCH", (g) => (g.nodes[2].output.shape = [2, 3])],
  ["a declared dtype that the rule does not give", "DTYPE_MISMATCH", (g) => (g.nodes[0].output.dtype = "int32")],
  ["an unknown output", "UNKNOWN_VALUE", (g) => g.outputs.push("missing")],
];

describe("validateGraph", () => {
  it.each(damages)("finds %s: %s", (_, code, damage) => {
    const graph: Loose = JSON.parse(JSON.stringify(sample()));
    validateGraph(graph);
    damage(graph);
    expectCode(() => validateGraph(graph), code);
  });

  it("accepts what a builder makes, before and after JSON, which is the same (property 2)", () => {
    fc.assert(
      fc.property(randomGraph, (graph) => {
        validateGraph(graph);
        const copy = JSON.parse(JSON.stringify(graph)) as Graph;
        expect(copy).toEqual(graph);
        validateGraph(copy);
      }),
      { seed: 1 },
    );
  });
});

describe("valuesOf, findValue", () => {
  it("find inputs, constants and results by name", () => {
    const graph = sample();
    expect(valuesOf(graph).size).toBe(graph.inputs.length + graph.constants.length + graph.nodes.length);
    expect(findValue(graph, "y")).toEqual({ name: "y", dtype: "float", shape: [3, 2] });
    expectCode(() => findValue(graph, "missing"), "UNKNOWN_VALUE");
  });
});
