import { GraphError } from "../errors.ts";
import type { ValueDType } from "./graph.ts";
import type { OpAttributes, OpName } from "./ops.ts";

interface KindTypes {
  integer: number;
  integers: readonly number[];
  boolean: boolean;
  dtype: ValueDType;
}

type KindOf<T> = { [K in keyof KindTypes]: T extends KindTypes[K] ? K : never }[keyof KindTypes];

const reduced = { axis: "integer", keepDims: "boolean" } as const;

/** What kind of value each attribute is. Total: a new op does not compile without its entry. */
const attributeKinds: {
  readonly [O in OpName]: { readonly [K in keyof OpAttributes[O]]: KindOf<OpAttributes[O][K]> };
} = {
  Add: {},
  Sub: {},
  Mul: {},
  Div: {},
  Neg: {},
  Exp: {},
  Log: {},
  Sqrt: {},
  Erf: {},
  Tanh: {},
  Sigmoid: {},
  Relu: {},
  Equal: {},
  Greater: {},
  Where: {},
  Cast: { to: "dtype" },
  MatMul: {},
  Transpose: { perm: "integers" },
  Reshape: { shape: "integers" },
  Expand: { shape: "integers" },
  Concat: { axis: "integer" },
  Slice: { starts: "integers", ends: "integers" },
  Pad: { before: "integers", after: "integers" },
  ReduceSum: { axes: "integers", keepDims: "boolean" },
  ReduceMax: reduced,
  ArgMax: reduced,
  Softmax: { axis: "integer" },
  LogSoftmax: { axis: "integer" },
};

/** Whether `x` is a dtype of graph values. */
export const isValueDType = (x: unknown): x is ValueDType => x === "float" || x === "int32" || x === "bool";

const tests: { readonly [K in keyof KindTypes]: (x: unknown) => boolean } = {
  integer: Number.isInteger,
  integers: (x) => Array.isArray(x) && x.every(Number.isInteger),
  boolean: (x) => typeof x === "boolean",
  dtype: isValueDType,
};

/**
 * Checks that `op` is of the table and that `attributes`, which may come from outside, are its attributes and no others.
 * @throws GraphError INVALID_GRAPH
 */
export function expectAttributes(op: string, attributes: unknown): void {
  if (!Object.hasOwn(attributeKinds, op)) {
    throw new GraphError("INVALID_GRAPH", `there is no op "${op}"; the op table lists them`);
  }
  const kinds: Readonly<Record<string, keyof KindTypes>> = attributeKinds[op as OpName];
  const given = Object.entries(typeof attributes === "object" && attributes !== null ? attributes : {});
  const fits = given.every(([name, value]) => Object.hasOwn(kinds, name) && tests[kinds[name]!](value));
  if (!fits || given.length !== Object.keys(kinds).length) {
    const expected = Object.entries(kinds).map(([name, kind]) => `${name}: ${kind}`);
    throw new GraphError(
      "INVALID_GRAPH",
      `${op} takes the attributes { ${expected.join(", ")} }, got ${JSON.stringify(attributes)}`,
    );
  }
}
