import { referenceBackend } from "@thawline/backend-reference";
import { createGraphBuilder, type Graph, opNames, tensor, validateGraph } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { tensorError } from "../../backend-reference/test/agreement.ts";
import { opCases, opGraph } from "../../backend-reference/test/op-cases.ts";
import { lowerGraph } from "../src/lowering.ts";

/** Every value of a lowered graph is the old one's: both in float64, where only the lowering can differ. */
async function sameResults(graph: Graph, lowered: Graph, feeds: Parameters<typeof run>[1]): Promise<void> {
  const [expected, actual] = [await run(graph, feeds), await run(lowered, feeds)];
  for (const name of graph.outputs) {
    expect(tensorError(actual[name].data, expected[name].data), name).toBeLessThanOrEqual(1e-12);
  }
}

const run = async (graph: Graph, feeds: Readonly<Record<string, ReturnType<typeof tensor>>>) =>
  (await (await referenceBackend().compile(graph)).run(feeds)).outputs;

const feedOf = ({ dtype, shape, data }: (typeof opCases)[number]["inputs"][number]) => {
  if (dtype === "int32") return tensor("int32", shape, Int32Array.from(data));
  return dtype === "bool"
    ? tensor("bool", shape, Uint8Array.from(data))
    : tensor("float64", shape, Float64Array.from(data));
};

describe.each(["cpu", "webgpu"])("lowering for %s", (provider) => {
  it("is legal and changes no value, for every case of every op", async () => {
    for (const example of opCases) {
      const { graph, y } = opGraph({ ...example, cotangent: undefined } as never);
      const lowered = lowerGraph(graph, provider);
      validateGraph(lowered);
      expect(lowered.outputs).toEqual([y.name]);
      await sameResults(graph, lowered, Object.fromEntries(example.inputs.map((input, i) => [`x${i}`, feedOf(input)])));
    }
    expect(new Set(opCases.map(({ op }) => op)).size).toBe(opNames.length);
  });

  it("takes names that the graph does not have", () => {
    const g = createGraphBuilder();
    const x = g.input("lowered.0", "float", [2]);
    const y = g.apply("Sigmoid", [g.apply("LogSoftmax", [x], { axis: 0 }, "lowered.2")], {}, "lowered.1");
    validateGraph(lowerGraph(g.build([y]), provider));
  });
});

describe("lowering for webgpu", () => {
  it("leaves no op that the provider hands to the CPU", () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2, 3]);
    const graph = g.build([
      g.apply("LogSoftmax", [x], { axis: 1 }),
      g.apply("ArgMax", [x], { axis: 0, keepDims: false }),
    ]);
    const ops = lowerGraph(graph, "webgpu").nodes.map(({ op }) => op);
    expect(ops).not.toContain("LogSoftmax");
    expect(ops).not.toContain("ArgMax");
  });

  it("finds the first of tied maxima, along any axis", async () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2, 3]);
    const rows = g.apply("ArgMax", [x], { axis: 1, keepDims: true });
    const columns = g.apply("ArgMax", [x], { axis: 0, keepDims: false });
    const lowered = lowerGraph(g.build([rows, columns]), "webgpu");
    const outputs = await run(lowered, { x: tensor("float64", [2, 3], Float64Array.of(1, 3, 3, -2, 3, -2)) });
    expect([...outputs[rows.name].data]).toEqual([1, 1]);
    expect([...outputs[columns.name].data]).toEqual([0, 0, 0]);
  });
});
