import {
  type AnyNode,
  type Constant,
  type Graph,
  inferResult,
  type ValueInfo,
  type ValueName,
  valuesOf,
} from "@thawline/core";
import { type Application, type Known, rewrite } from "./simplify-rules.ts";

/** A simplified graph while it grows, node by node of the old one. */
export interface Simplification {
  /** Takes over the next node of the old graph. */
  add(node: AnyNode): void;
  parts(): Pick<Graph, "constants" | "nodes">;
}

/** How often nodes and outputs read each value. */
function countUses({ nodes, outputs }: Graph): ReadonlyMap<ValueName, number> {
  const uses = new Map<ValueName, number>();
  for (const name of [...nodes.flatMap((node) => node.inputs), ...outputs]) uses.set(name, (uses.get(name) ?? 0) + 1);
  return uses;
}

/** The number that all elements of a float constant are, if they are one number. */
function uniformOf({ dtype, data }: Constant): number | undefined {
  const [first] = data;
  return dtype === "float" && data.every((x) => Object.is(x, first)) ? first : undefined;
}

/** Starts the simplification of `graph`, which has no dead nodes. */
export function createSimplification(graph: Graph): Simplification {
  const nodes: AnyNode[] = [];
  const constants: Constant[] = [];
  const outputs: ReadonlySet<ValueName> = new Set(graph.outputs);
  const uses = countUses(graph);
  const values = new Map<ValueName, ValueInfo>(valuesOf(graph));
  const producers = new Map<ValueName, AnyNode>();
  const uniforms = new Map<ValueName, number>();
  const byContent = new Map<string, ValueName>();
  const replacements = new Map<ValueName, ValueName>();
  let generated = 0;

  const freshName = (): ValueName => {
    let name = `simplified.${generated++}`;
    while (values.has(name)) name = `simplified.${generated++}`;
    return name;
  };

  const append = ({ op, inputs, attributes }: Application, name: ValueName): void => {
    const operands = inputs.map((input) => values.get(input)!);
    const { dtype, shape } = inferResult(op, operands, attributes as never);
    const node = { op, inputs, output: { name, dtype, shape: [...shape] }, attributes } as AnyNode;
    values.set(name, node.output);
    producers.set(name, node);
    nodes.push(node);
    const uniform = op === "Expand" || op === "Reshape" ? uniforms.get(inputs[0]!) : undefined;
    if (uniform !== undefined) uniforms.set(name, uniform);
  };

  /** Adds a node, simplified, and returns the value that holds its result: an earlier one where that is equal. */
  const emit = (application: Application, name?: ValueName): ValueName => {
    // An output keeps its name, so it stays a node of its own.
    const replaceable = name === undefined || !outputs.has(name);
    let simplest = application;
    for (let next = rewrite(simplest, known); next !== undefined; next = rewrite(simplest, known)) {
      if (typeof next !== "string") simplest = next;
      else if (replaceable) return next;
      else break;
    }
    const content = JSON.stringify([simplest.op, simplest.inputs, simplest.attributes]);
    const equal = byContent.get(content);
    if (equal !== undefined && replaceable) return equal;
    const result = name ?? freshName();
    append(simplest, result);
    if (equal === undefined) byContent.set(content, result);
    return result;
  };

  const known: Known = {
    info: (name) => values.get(name)!,
    producer: (name) => producers.get(name),
    uniform: (name) => uniforms.get(name),
    usedOnce: (name) => (uses.get(name) ?? 0) <= 1,
    make: (op, inputs, attributes) => emit({ op, inputs, attributes } as Application),
  };

  for (const constant of graph.constants) {
    // Not as JSON, which writes 0 for −0: their reciprocals differ.
    const data = constant.data.map((x) => (Object.is(x, -0) ? "-0" : String(x)));
    const content = JSON.stringify([constant.dtype, constant.shape, data]);
    const equal = byContent.get(content);
    if (equal !== undefined && !outputs.has(constant.name)) {
      replacements.set(constant.name, equal);
    } else {
      byContent.set(content, constant.name);
      constants.push(constant);
      const uniform = uniformOf(constant);
      if (uniform !== undefined) uniforms.set(constant.name, uniform);
    }
  }

  return {
    add: ({ op, inputs, output, attributes }) => {
      const own = inputs.map((name) => replacements.get(name) ?? name);
      const name = emit({ op, inputs: own, attributes } as Application, output.name);
      if (name !== output.name) replacements.set(output.name, name);
    },
    parts: () => ({ constants, nodes }),
  };
}
