import type { Graph } from "@thawline/core";
import { eliminateDeadNodes } from "./eliminate-dead-nodes.ts";
import { createSimplification } from "./simplification.ts";

/**
 * An equal graph with less to do: no dead nodes, no common subexpressions, no double transposes, no multiplication by 1
 * or addition of 0, no broadcasting that the next op does anyway. Inputs and outputs keep their names.
 * @remarks Equal to the bit, but for the sign of zero (x + 0 of −0).
 */
export function simplify(graph: Graph): Graph {
  const live = eliminateDeadNodes(graph);
  const simplification = createSimplification(live);
  for (const node of live.nodes) simplification.add(node);
  return eliminateDeadNodes({ ...live, ...simplification.parts() });
}
