import type { Graph, ValueName } from "@thawline/core";

/**
 * The part of `graph` that `outputs` (default: its outputs) need: same inputs, same names, fewer nodes and constants.
 */
export function eliminateDeadNodes(graph: Graph, outputs: readonly ValueName[] = graph.outputs): Graph {
  const needed = new Set(outputs);
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    if (needed.has(node.output.name)) for (const name of node.inputs) needed.add(name);
  }
  return {
    inputs: graph.inputs,
    constants: graph.constants.filter((constant) => needed.has(constant.name)),
    nodes: graph.nodes.filter((node) => needed.has(node.output.name)),
    outputs: [...outputs],
  };
}
