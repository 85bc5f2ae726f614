import { differentiate, simplify } from "@thawline/autodiff";
import type { CompileRequest, Constant, Graph, ValueInfo, ValueName } from "@thawline/core";
import { lowerGraph } from "./lowering.ts";

/** Where a result comes from: the session, or without it an input or a constant. */
export type Source =
  | { readonly kind: "session" }
  | { readonly kind: "input" }
  | { readonly kind: "constant"; readonly constant: Constant };

/** A value that a run returns. */
export interface Result {
  /** Under which name. */
  readonly name: ValueName;
  /** Which value of the program it is; two results may be one value. */
  readonly value: ValueInfo;
  readonly source: Source;
}

/** What a session computes and what a run returns. */
export interface Program {
  /** Only what a session needs; no outputs where inputs and constants are all that is asked for. */
  readonly graph: Graph;
  /** Every input of the caller's graph. */
  readonly inputs: readonly ValueInfo[];
  readonly loss: Result | undefined;
  readonly gradients: readonly Result[];
  readonly outputs: readonly Result[];
}

/** The graph of a session: what nodes read, compute and deliver. */
function sessionGraph(graph: Graph): Graph {
  const made = new Set(graph.nodes.map(({ output }) => output.name));
  const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
  return {
    inputs: graph.inputs.filter(({ name }) => read.has(name)),
    constants: graph.constants.filter(({ name }) => read.has(name)),
    nodes: graph.nodes,
    outputs: graph.outputs.filter((name) => made.has(name)),
  };
}

/** The graph with its gradients, simplified and lowered for a provider, and what to return from it. */
export function planProgram(graph: Graph, request: CompileRequest, provider: string): Program {
  const { loss, wrt = [], fetch = graph.outputs } = request;
  const differentiated = loss !== undefined && wrt.length > 0 ? differentiate(graph, { loss, wrt }) : undefined;
  const gradientNames: Readonly<Record<ValueName, ValueName>> = differentiated?.gradients ?? {};
  const outputs = [...new Set([...(loss === undefined ? [] : [loss]), ...fetch, ...Object.values(gradientNames)])];
  const lowered = lowerGraph(simplify({ ...(differentiated?.graph ?? graph), outputs }), provider);
  const made = new Map(lowered.nodes.map(({ output }) => [output.name, output]));
  const constants = new Map(lowered.constants.map((constant) => [constant.name, constant]));
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const resultOf = (name: ValueName, holder: ValueName): Result => {
    const computed = made.get(holder);
    if (computed !== undefined) return { name, value: computed, source: { kind: "session" } };
    const constant = constants.get(holder);
    if (constant !== undefined) return { name, value: constant, source: { kind: "constant", constant } };
    return { name, value: inputs.get(holder)!, source: { kind: "input" } };
  };
  return {
    graph: sessionGraph(lowered),
    inputs: graph.inputs,
    loss: loss === undefined ? undefined : resultOf(loss, loss),
    gradients: wrt.map((input) => resultOf(input, gradientNames[input])),
    outputs: [...new Set(fetch)].map((output) => resultOf(output, output)),
  };
}
