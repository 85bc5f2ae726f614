import type { OpAttributes, OpName } from "./ops.ts";

/** Name of a value in a graph: letters, digits and `_ . / -`, starting with a letter or `_`. */
export type ValueName = string;

/** Element type of a graph value. `float` has the precision of the backend that runs it. */
export type ValueDType = "float" | "int32" | "bool";

/** Name, dtype and static shape of a value. */
export interface ValueInfo {
  readonly name: ValueName;
  readonly dtype: ValueDType;
  readonly shape: readonly number[];
}

/** A value known when the graph is built; `data` holds booleans as 0 and 1. */
export interface Constant extends ValueInfo {
  readonly data: readonly number[];
}

/** One application of an op. Every op has exactly one output. */
export interface Node<O extends OpName = OpName> {
  readonly op: O;
  readonly inputs: readonly ValueName[];
  readonly output: ValueInfo;
  readonly attributes: OpAttributes[O];
}

/** A node of any op, as a union that narrows on `op`. */
export type AnyNode = { [O in OpName]: Node<O> }[OpName];

/**
 * A computation as plain frozen data: static shapes, nodes in topological order, one name for each value.
 * It says nothing of gradients, optimizers or parameters. Survives `JSON.parse(JSON.stringify(graph))`.
 */
export interface Graph {
  readonly inputs: readonly ValueInfo[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly AnyNode[];
  readonly outputs: readonly ValueName[];
}
