import { GraphError } from "../errors.ts";
import { sameShape } from "../tensor.ts";
import { expectAttributes } from "./attributes.ts";
import { createGraphBuilder } from "./builder.ts";
import { expectConstantData } from "./constant-data.ts";
import type { Graph, ValueInfo, ValueName } from "./graph.ts";
import { inferResult } from "./shape-rules.ts";

/** Every value of a graph by name: inputs, constants and node outputs. */
export function valuesOf(graph: Graph): ReadonlyMap<ValueName, ValueInfo> {
  const values = new Map<ValueName, ValueInfo>();
  for (const value of graph.inputs) values.set(value.name, value);
  for (const value of graph.constants) values.set(value.name, value);
  for (const node of graph.nodes) values.set(node.output.name, node.output);
  return values;
}

/** The value `name` of `graph`. @throws GraphError UNKNOWN_VALUE */
export function findValue(graph: Graph, name: ValueName): ValueInfo {
  const value = valuesOf(graph).get(name);
  if (value === undefined) {
    const names = [...valuesOf(graph).keys()];
    throw new GraphError("UNKNOWN_VALUE", `the graph has no value "${name}"; it has ${names.slice(0, 20).join(", ")}`);
  }
  return value;
}

/**
 * Checks that a graph from outside (JSON, another library) is legal: unique well-formed names, nodes in topological
 * order, and every dtype and shape as the op's rule says.
 * @throws GraphError INVALID_GRAPH, UNKNOWN_VALUE, SHAPE_MISMATCH, DTYPE_MISMATCH
 */
export function validateGraph(graph: Graph): void {
  for (const part of ["inputs", "constants", "nodes", "outputs"] as const) {
    if (!Array.isArray(graph[part])) throw new GraphError("INVALID_GRAPH", `a graph has a list "${part}"`);
  }
  // A builder makes the checks of names, dtypes and shapes.
  const builder = createGraphBuilder();
  const seen = new Map<ValueName, ValueInfo>();
  const declare = (value: ValueInfo): void => {
    if (typeof value?.name !== "string" || !Array.isArray(value.shape)) {
      throw new GraphError("INVALID_GRAPH", `a value has a name, a dtype and a shape, got ${JSON.stringify(value)}`);
    }
    seen.set(value.name, builder.input(value.name, value.dtype, value.shape));
  };
  for (const input of graph.inputs) declare(input);
  for (const constant of graph.constants) {
    declare(constant);
    expectConstantData(constant.dtype, constant.shape, constant.data);
  }
  for (const node of graph.nodes) {
    expectAttributes(node.op, node.attributes);
    const operands = node.inputs.map((name) => {
      const value = seen.get(name);
      if (value === undefined) {
        throw new GraphError(
          "UNKNOWN_VALUE",
          `${node.op} → "${node.output.name}" reads "${name}", which no earlier node makes`,
        );
      }
      return value;
    });
    const result = inferResult(node.op, operands, node.attributes as never);
    if (result.dtype !== node.output.dtype || !sameShape(result.shape, node.output.shape)) {
      throw new GraphError(
        result.dtype !== node.output.dtype ? "DTYPE_MISMATCH" : "SHAPE_MISMATCH",
        `${node.op} → "${node.output.name}" is declared ${node.output.dtype}[${node.output.shape}], but its rule gives ${result.dtype}[${result.shape}]`,
      );
    }
    declare(node.output);
  }
  for (const name of graph.outputs) {
    if (!seen.has(name)) throw new GraphError("UNKNOWN_VALUE", `output "${name}" is no value of the graph`);
  }
}
