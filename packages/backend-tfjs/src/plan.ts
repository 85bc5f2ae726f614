import {
  type AnyNode,
  type Graph,
  type OpName,
  sizeOf,
  type ValueInfo,
  type ValueName,
  valuesOf,
} from "@thawline/core";
import type { Apply, Lowering, Site } from "./lowering/lowering.ts";
import { lowerings } from "./lowering/lowerings.ts";
import type { Tf, TfTensor } from "./tensorflow.ts";

/** A graph as a list of calls over numbered slots. */
export interface Plan {
  readonly slotOf: (name: ValueName) => number;
  readonly constants: readonly { readonly slot: number; readonly value: TfTensor }[];
  readonly steps: readonly Step[];
  readonly slots: number;
}

/** One call: reads the slots `from`, writes the slot `to`. */
export interface Step {
  readonly node: AnyNode;
  readonly from: readonly number[];
  readonly to: number;
  readonly apply: Apply;
}

/** What a plan's lowerings may use. */
export type PlanContext = Pick<Site<never>, "tf" | "device" | "constant">;

/** Nodes that the asked values depend on, in order. */
function neededNodes(graph: Graph, asked: readonly ValueName[]): AnyNode[] {
  const needed = new Set(asked);
  const nodes: AnyNode[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    if (!needed.has(node.output.name)) continue;
    for (const name of node.inputs) needed.add(name);
    nodes.push(node);
  }
  return nodes.reverse();
}

const tfDType = ({ dtype }: ValueInfo) => (dtype === "float" ? "float32" : dtype);

/**
 * The call for one node. Where something has no elements, every op but Concat gives zeros (a sum, a product over
 * nothing, padding) or nothing, and many kernels fail: then zeros are made without a kernel.
 */
function lower(node: AnyNode, inputs: readonly ValueInfo[], context: PlanContext): Apply {
  const { output, attributes } = node;
  const isEmpty = (value: ValueInfo): boolean => sizeOf(value.shape) === 0;
  if (isEmpty(output) || (node.op !== "Concat" && inputs.some(isEmpty))) {
    return () => context.tf.zeros([...output.shape], tfDType(output));
  }
  const lowering = lowerings[node.op] as Lowering<OpName>;
  return lowering({ ...context, inputs, output, attributes });
}

/** A constant of the graph as a tensor. */
function constantTensor(tf: Tf, info: Graph["constants"][number]): TfTensor {
  const data = info.dtype === "float" ? Float32Array.from(info.data) : Int32Array.from(info.data);
  return tf.tensor(info.dtype === "bool" ? Uint8Array.from(info.data) : data, [...info.shape], tfDType(info));
}

/** Lays out what `asked` depends on. Constants are tensors of the caller's: it disposes of them. */
export function createPlan(graph: Graph, asked: readonly ValueName[], context: PlanContext): Plan {
  const values = valuesOf(graph);
  const slots = new Map([...values.keys()].map((name, slot) => [name, slot]));
  const slotOf = (name: ValueName): number => slots.get(name)!;
  const nodes = neededNodes(graph, asked);
  const read = new Set([...asked, ...nodes.flatMap(({ inputs }) => inputs)]);
  const steps = nodes.map((node): Step => {
    const inputs = node.inputs.map((name) => values.get(name)!);
    return {
      node,
      from: node.inputs.map(slotOf),
      to: slotOf(node.output.name),
      apply: lower(node, inputs, context),
    };
  });
  const constants = graph.constants
    .filter(({ name }) => read.has(name))
    .map((info) => ({ slot: slotOf(info.name), value: constantTensor(context.tf, info) }));
  return { slotOf, constants, steps, slots: slots.size };
}
