import type { AnyNode, Constant, Graph, ValueInfo, ValueName } from "@thawline/core";

/** A value as a planned step reads it. */
export interface Operand {
  /** The value whose array is read; for a reshaped value the original. */
  readonly name: ValueName;
  readonly dtype: ValueInfo["dtype"];
  /** Shape as the op sees it. */
  readonly shape: readonly number[];
  /** Whether the array holds the value with its last two axes swapped; only for the operands of MatMul. */
  readonly transposed: boolean;
}

/** A node that computes something, with its operands resolved. */
export interface PlannedNode {
  readonly node: AnyNode;
  readonly operands: readonly Operand[];
}

/** What a graph comes down to: the nodes that compute, in order, and where each value of interest is found. */
export interface Plan {
  readonly inputs: readonly ValueInfo[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly PlannedNode[];
  /** The value whose array holds `name`, same elements in the same order. */
  rootOf(name: ValueName): ValueName;
}

const swapsLastTwo = (perm: readonly number[]): boolean => {
  const rank = perm.length;
  return rank >= 2 && perm.every((axis, i) => axis === (i < rank - 2 ? i : i === rank - 2 ? rank - 1 : rank - 2));
};

/**
 * Plans a graph: a Reshape becomes another name for its input, a matrix product reads a transposed operand in place, and
 * nodes that nobody reads any more are left out.
 */
export function planGraph(graph: Graph): Plan {
  const values = new Map<ValueName, ValueInfo>();
  for (const value of [...graph.inputs, ...graph.constants]) values.set(value.name, value);
  for (const { output } of graph.nodes) values.set(output.name, output);
  const producers = new Map(graph.nodes.map((node) => [node.output.name, node]));
  const roots = new Map<ValueName, ValueName>();
  const rootOf = (name: ValueName): ValueName => roots.get(name) ?? name;
  for (const { op, inputs, output } of graph.nodes) {
    if (op === "Reshape") roots.set(output.name, rootOf(inputs[0]!));
  }

  const operandOf = (node: AnyNode, name: ValueName): Operand => {
    const { dtype, shape } = values.get(name)!;
    const producer = producers.get(name);
    if (node.op === "MatMul" && producer?.op === "Transpose" && swapsLastTwo(producer.attributes.perm)) {
      return { name: rootOf(producer.inputs[0]!), dtype, shape, transposed: true };
    }
    return { name: rootOf(name), dtype, shape, transposed: false };
  };

  const needed = new Set(graph.outputs.map(rootOf));
  const nodes: PlannedNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (node.op === "Reshape" || !needed.has(node.output.name)) continue;
    const operands = node.inputs.map((name) => operandOf(node, name));
    for (const { name } of operands) needed.add(name);
    nodes.unshift({ node, operands });
  }
  const constants = graph.constants.filter(({ name }) => needed.has(name));
  return { inputs: graph.inputs, constants, nodes, rootOf };
}
