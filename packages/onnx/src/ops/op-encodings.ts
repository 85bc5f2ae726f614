import type { OpAttributes, OpName, ValueDType } from "@thawline/core";
import type { AttributeProto, ElementType } from "../proto/model-proto.ts";

/** What a node of the op table has in ONNX besides its inputs. */
export interface Encoded {
  readonly attributes?: readonly AttributeProto[];
  /** Static attributes that ONNX wants as int64 tensors: inputs after the node's own, in this order. */
  readonly tensors?: readonly (readonly number[])[];
}

/** Element types of the dtypes; that of `float` is chosen per model. */
export type ElementTypes = { readonly [D in ValueDType]: ElementType };

const int = (name: string, value: number): AttributeProto => ({ name, kind: "int", value });
const flag = (name: string, value: boolean): AttributeProto => int(name, value ? 1 : 0);
const plain = (): Encoded => ({});
const alongAxis = ({ axis }: { readonly axis: number }): Encoded => ({ attributes: [int("axis", axis)] });

/** Total: a new op does not compile without its encoding. `codeOf` gives the number of a dtype's element type. */
export const opEncodings: {
  readonly [O in OpName]: (attributes: OpAttributes[O], codeOf: (dtype: ValueDType) => number) => Encoded;
} = {
  Add: plain,
  Sub: plain,
  Mul: plain,
  Div: plain,
  Neg: plain,
  Exp: plain,
  Log: plain,
  Sqrt: plain,
  Erf: plain,
  Tanh: plain,
  Sigmoid: plain,
  Relu: plain,
  Equal: plain,
  Greater: plain,
  Where: plain,
  MatMul: plain,
  Cast: ({ to }, codeOf) => ({ attributes: [int("to", codeOf(to))] }),
  Transpose: ({ perm }) => ({ attributes: [{ name: "perm", kind: "ints", value: perm }] }),
  // Without allowzero an extent of 0 means "as the input's".
  Reshape: ({ shape }) => ({ tensors: [shape], attributes: shape.includes(0) ? [int("allowzero", 1)] : [] }),
  Expand: ({ shape }) => ({ tensors: [shape] }),
  Concat: alongAxis,
  Slice: ({ starts, ends }) => ({ tensors: [starts, ends] }),
  Pad: ({ before, after }) => ({ tensors: [[...before, ...after]] }),
  // No axes means all of them in ONNX, unless it is told otherwise.
  ReduceSum: ({ axes, keepDims }) => ({
    tensors: [axes],
    attributes: [flag("keepdims", keepDims), ...(axes.length === 0 ? [int("noop_with_empty_axes", 1)] : [])],
  }),
  ReduceMax: ({ axis, keepDims }) => ({ tensors: [[axis]], attributes: [flag("keepdims", keepDims)] }),
  // Its result is int64; the encoder adds the Cast to int32.
  ArgMax: ({ axis, keepDims }) => ({ attributes: [int("axis", axis), flag("keepdims", keepDims)] }),
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
};
