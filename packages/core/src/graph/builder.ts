import { GraphError } from "../errors.ts";
import { isValueDType } from "./attributes.ts";
import { expectConstantData } from "./constant-data.ts";
import type { AnyNode, Constant, Graph, ValueDType, ValueInfo, ValueName } from "./graph.ts";
import type { OpAttributes, OpName } from "./ops.ts";
import { inferResult } from "./shape-rules.ts";

const namePattern = /^[A-Za-z_][\w./-]*$/;

/** Builds a graph value by value. Each method adds one node and returns its result; `name` replaces a generated one. */
export interface GraphBuilder {
  input(name: ValueName, dtype: ValueDType, shape: readonly number[]): ValueInfo;
  constant(dtype: ValueDType, shape: readonly number[], data: readonly number[]): ValueInfo;
  /** A float constant of shape []. */
  scalar(value: number): ValueInfo;
  apply<O extends OpName>(
    op: O,
    inputs: readonly ValueInfo[],
    attributes: OpAttributes[O],
    name?: ValueName,
  ): ValueInfo;
  add(a: ValueInfo, b: ValueInfo, name?: ValueName): ValueInfo;
  sub(a: ValueInfo, b: ValueInfo, name?: ValueName): ValueInfo;
  mul(a: ValueInfo, b: ValueInfo, name?: ValueName): ValueInfo;
  div(a: ValueInfo, b: ValueInfo, name?: ValueName): ValueInfo;
  matMul(a: ValueInfo, b: ValueInfo, name?: ValueName): ValueInfo;
  transpose(x: ValueInfo, perm: readonly number[], name?: ValueName): ValueInfo;
  reshape(x: ValueInfo, shape: readonly number[], name?: ValueName): ValueInfo;
  sum(x: ValueInfo, axes: readonly number[], keepDims?: boolean, name?: ValueName): ValueInfo;
  /** The finished graph, frozen. The builder can go on afterwards. */
  build(outputs: readonly ValueInfo[]): Graph;
}

/** Freezes plain data through and through. */
function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

/** A copy to freeze, so that the caller's own arrays stay as they are. */
function copyAttributes<A extends object>(attributes: A): A {
  const entries = Object.entries(attributes).map(([name, value]) => [name, Array.isArray(value) ? [...value] : value]);
  return Object.fromEntries(entries);
}

/**
 * A builder, empty or holding what `from` has.
 * @throws GraphError (from its methods) INVALID_GRAPH for a bad or repeated name, UNKNOWN_VALUE for a value of another
 * graph, SHAPE_MISMATCH and DTYPE_MISMATCH as the op's rule says
 */
export function createGraphBuilder(from?: Graph): GraphBuilder {
  const inputs: ValueInfo[] = [...(from?.inputs ?? [])];
  const constants: Constant[] = [...(from?.constants ?? [])];
  const nodes: AnyNode[] = [...(from?.nodes ?? [])];
  const values = new Map<ValueName, ValueInfo>();
  for (const value of [...inputs, ...constants, ...nodes.map((node) => node.output)]) values.set(value.name, value);
  let generated = 0;

  const freshName = (stem: string): ValueName => {
    let name = `${stem}.${generated++}`;
    while (values.has(name)) name = `${stem}.${generated++}`;
    return name;
  };
  const register = <V extends ValueInfo>(value: V): V => {
    if (!namePattern.test(value.name)) {
      throw new GraphError(
        "INVALID_GRAPH",
        `"${value.name}" is no value name: letters, digits and _ . / -, a letter or _ first`,
      );
    }
    if (values.has(value.name)) throw new GraphError("INVALID_GRAPH", `the graph already has a value "${value.name}"`);
    if (!isValueDType(value.dtype)) {
      throw new GraphError("INVALID_GRAPH", `${value.name}: a dtype is float, int32 or bool, got ${value.dtype}`);
    }
    if (!value.shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
      throw new GraphError("SHAPE_MISMATCH", `${value.name}: a shape has integers ≥ 0, got [${value.shape}]`);
    }
    values.set(value.name, value);
    return value;
  };
  const known = (value: ValueInfo): ValueInfo => {
    const own = values.get(value.name);
    if (own === undefined) throw new GraphError("UNKNOWN_VALUE", `the graph has no value "${value.name}"`);
    return own;
  };

  const apply: GraphBuilder["apply"] = (op, operands, attributes, name) => {
    const own = operands.map(known);
    const result = inferResult(op, own, attributes);
    const output = register(deepFreeze({ name: name ?? freshName(op), dtype: result.dtype, shape: [...result.shape] }));
    nodes.push(
      deepFreeze({
        op,
        inputs: own.map((value) => value.name),
        output,
        attributes: copyAttributes(attributes),
      }) as AnyNode,
    );
    return output;
  };

  return {
    apply,
    input: (name, dtype, shape) => {
      const value = register(deepFreeze({ name, dtype, shape: [...shape] }));
      inputs.push(value);
      return value;
    },
    constant: (dtype, shape, data) => {
      expectConstantData(dtype, shape, data);
      const value = register(deepFreeze({ name: freshName("Constant"), dtype, shape: [...shape], data: [...data] }));
      constants.push(value);
      return value;
    },
    scalar(value) {
      return this.constant("float", [], [value]);
    },
    add: (a, b, name) => apply("Add", [a, b], {}, name),
    sub: (a, b, name) => apply("Sub", [a, b], {}, name),
    mul: (a, b, name) => apply("Mul", [a, b], {}, name),
    div: (a, b, name) => apply("Div", [a, b], {}, name),
    matMul: (a, b, name) => apply("MatMul", [a, b], {}, name),
    transpose: (x, perm, name) => apply("Transpose", [x], { perm }, name),
    reshape: (x, shape, name) => apply("Reshape", [x], { shape }, name),
    sum: (x, axes, keepDims = false, name) => apply("ReduceSum", [x], { axes, keepDims }, name),
    build: (outputs) => {
      const names = outputs.map((output) => known(output).name);
      return deepFreeze({ inputs: [...inputs], constants: [...constants], nodes: [...nodes], outputs: names });
    },
  };
}
