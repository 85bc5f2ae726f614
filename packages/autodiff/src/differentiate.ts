import {
  type AnyNode,
  createGraphBuilder,
  findValue,
  type Graph,
  type GraphBuilder,
  GraphError,
  NotDifferentiableError,
  type ValueInfo,
  type ValueName,
  valuesOf,
} from "@thawline/core";
import { type GradientRule, notDifferentiable } from "./gradient-rule.ts";
import { gradientRules } from "./gradient-rules.ts";
import { unbroadcast } from "./unbroadcast.ts";

/** What to differentiate, with respect to what. */
export interface DifferentiateRequest {
  /** A scalar float value of the graph (shape []). */
  readonly loss: ValueName;
  /** Float inputs of the graph. */
  readonly wrt: readonly ValueName[];
}

/** A graph with its gradients. */
export interface DifferentiatedGraph {
  /** The graph's own values and nodes, then those of the gradients; outputs: its own, the loss, the gradients. */
  readonly graph: Graph;
  /** For each input in `wrt`, the value that holds the loss's gradient; two inputs may share one. */
  readonly gradients: Readonly<Record<ValueName, ValueName>>;
}

function checkRequest(graph: Graph, { loss, wrt }: DifferentiateRequest): ValueInfo {
  const value = findValue(graph, loss);
  if (value.dtype !== "float" || value.shape.length !== 0) {
    throw new GraphError(
      "SHAPE_MISMATCH",
      `a loss is a float of shape [], got "${loss}": ${value.dtype}[${value.shape}]; sum it first`,
    );
  }
  for (const name of wrt) {
    const input = graph.inputs.find((candidate) => candidate.name === name);
    if (input === undefined) {
      const inputs = graph.inputs.map((candidate) => candidate.name).join(", ");
      throw new GraphError("UNKNOWN_VALUE", `wrt "${name}" is no input of the graph; it has ${inputs}`);
    }
    if (input.dtype !== "float") {
      throw new NotDifferentiableError(`wrt "${name}" is ${input.dtype}; only float inputs have a gradient`);
    }
  }
  return value;
}

/** Names of the float values that depend on `wrt` through float values only: all others have no gradient to carry. */
function dependents(graph: Graph, wrt: readonly ValueName[]): ReadonlySet<ValueName> {
  const active = new Set(wrt);
  for (const { inputs, output } of graph.nodes) {
    if (output.dtype === "float" && inputs.some((name) => active.has(name))) active.add(output.name);
  }
  return active;
}

/**
 * Builds the gradients of a scalar loss by reverse-mode differentiation, graph to graph: the result holds ops of the
 * table only, and can be differentiated again.
 * @remarks Reverse accumulation: Griewank and Walther, "Evaluating Derivatives" (2nd ed., 2008), section 3.2. The
 * meaning is that of ONNX's training operator `Gradient` (onnx/defs/training, ai.onnx.preview.training version 1) with
 * `xs` = wrt and `y` = loss, here expanded to ordinary nodes. Only nodes on a path from `wrt` to the loss are visited.
 * An input that the loss does not depend on differentiably gets an explicit zero. A piecewise constant op (Equal,
 * Greater, ArgMax, Cast to int32 or bool) carries no gradient. No number that depends on the batch becomes a constant;
 * static shapes appear as attributes.
 * @throws GraphError UNKNOWN_VALUE, SHAPE_MISMATCH where the loss is no scalar float
 * @throws NotDifferentiableError where an input in `wrt` is not float
 * @example
 * const g = createGraphBuilder();
 * const x = g.input("x", "float", [3]);
 * const loss = g.sum(g.mul(x, x), [0]);
 * const { graph, gradients } = differentiate(g.build([loss]), { loss: loss.name, wrt: ["x"] });
 * // gradients.x names the value 2x of shape [3] in graph
 */
export function differentiate(graph: Graph, request: DifferentiateRequest): DifferentiatedGraph {
  const loss = checkRequest(graph, request);
  const { wrt } = request;
  const g = createGraphBuilder(graph);
  const values = valuesOf(graph);
  const active = dependents(graph, wrt);
  const gradients = new Map<ValueName, ValueInfo>();
  if (active.has(loss.name)) gradients.set(loss.name, g.scalar(1));

  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i]!;
    const dY = gradients.get(node.output.name);
    if (dY !== undefined) {
      const inputs = node.inputs.map((name) => values.get(name)!);
      for (const [input, dX] of inputGradients({ g, node, inputs, dY, active })) {
        const soFar = gradients.get(input);
        gradients.set(input, soFar === undefined ? dX : g.add(soFar, dX));
      }
    }
  }

  const named = wrt.map((name): [ValueName, ValueInfo] => [name, gradients.get(name) ?? zeros(g, values.get(name)!)]);
  const outputs = new Map(
    [...graph.outputs.map((name) => values.get(name)!), loss].map((value) => [value.name, value]),
  );
  for (const [, value] of named) outputs.set(value.name, value);
  return {
    graph: g.build([...outputs.values()]),
    gradients: Object.fromEntries(named.map(([name, value]) => [name, value.name])),
  };
}

interface Visit {
  readonly g: GraphBuilder;
  readonly node: AnyNode;
  readonly inputs: readonly ValueInfo[];
  readonly dY: ValueInfo;
  readonly active: ReadonlySet<ValueName>;
}

/** One contribution for each use of an active input, in input order, of the input's shape. */
function inputGradients({ g, node, inputs, dY, active }: Visit): (readonly [ValueName, ValueInfo])[] {
  const rule = gradientRules[node.op] as GradientRule<typeof node.op>;
  const { output, attributes } = node;
  return rule({ g, inputs, output, attributes, dY }).flatMap((gradient, i) => {
    const input = inputs[i]!;
    if (gradient === notDifferentiable || !active.has(input.name)) return [];
    return [[input.name, unbroadcast(g, gradient(), input.shape)] as const];
  });
}

const zeros = (g: GraphBuilder, { shape }: ValueInfo): ValueInfo => g.apply("Expand", [g.scalar(0)], { shape });
