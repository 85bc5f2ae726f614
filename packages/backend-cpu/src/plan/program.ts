import { type Graph, sizeOf, type ValueInfo, type ValueName } from "@thawline/core";
import { allocate, type NumberArray } from "../kernels/arrays.ts";
import { lower, type Step } from "./lowering.ts";
import { type Plan, planGraph } from "./plan.ts";

/** A graph ready to run: steps over arrays that are allocated once. */
export interface Program {
  /** The array of each slot; an input's is put in before a run. */
  readonly slots: NumberArray[];
  readonly steps: readonly Step[];
  /** Slot that holds a graph input or output. */
  slotOf(name: ValueName): number;
}

/** Position after which nothing reads a value's array, by value; outputs of the graph are never done with. */
function lastReads(plan: Plan, graph: Graph): ReadonlyMap<ValueName, number> {
  const last = new Map<ValueName, number>();
  plan.nodes.forEach(({ operands }, position) => {
    for (const { name } of operands) last.set(name, position);
  });
  for (const name of graph.outputs) last.set(plan.rootOf(name), Number.POSITIVE_INFINITY);
  return last;
}

/** Arrays that nobody needs any more, to be used again for values of the same dtype and size: they are still in cache. */
function arrayPool() {
  const free = new Map<string, NumberArray[]>();
  const keyOf = (dtype: ValueInfo["dtype"], size: number): string => `${dtype} ${size}`;
  return {
    take: ({ dtype, shape }: ValueInfo): NumberArray =>
      free.get(keyOf(dtype, sizeOf(shape)))?.pop() ?? allocate(dtype, sizeOf(shape)),
    give: ({ dtype, shape }: ValueInfo, array: NumberArray): void => {
      const key = keyOf(dtype, sizeOf(shape));
      free.set(key, [...(free.get(key) ?? []), array]);
    },
  };
}

/** Plans, allocates and lowers a graph, whose outputs are all that will be read. */
export function createProgram(graph: Graph): Program {
  const plan = planGraph(graph);
  const last = lastReads(plan, graph);
  const slots: NumberArray[] = [];
  const slotByName = new Map<ValueName, number>();
  const place = (name: ValueName, array: NumberArray): number => {
    slotByName.set(name, slots.length);
    return slots.push(array) - 1;
  };
  for (const input of plan.inputs) place(input.name, allocate(input.dtype, 0));
  for (const { name, dtype, shape, data } of plan.constants) {
    const array = allocate(dtype, sizeOf(shape));
    array.set(data);
    place(name, array);
  }

  const pool = arrayPool();
  const temporary = new Map<ValueName, ValueInfo>();
  const steps = plan.nodes.map(({ node, operands }, position): Step => {
    // The result's array first: an operand's may be free after this step, but not during it.
    const slot = place(node.output.name, pool.take(node.output));
    temporary.set(node.output.name, node.output);
    const placed = operands.map((operand) => ({ ...operand, slot: slotByName.get(operand.name)! }));
    for (const name of new Set(operands.map((operand) => operand.name))) {
      const value = temporary.get(name);
      if (value !== undefined && last.get(name) === position) pool.give(value, slots[slotByName.get(name)!]);
    }
    return lower(node, { slots, operands: placed, output: { ...node.output, slot } });
  });
  return { slots, steps, slotOf: (name) => slotByName.get(plan.rootOf(name))! };
}
