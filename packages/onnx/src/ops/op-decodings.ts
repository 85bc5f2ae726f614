import { type OpAttributes, type OpName, sizeOf, type ValueDType, type ValueInfo } from "@thawline/core";

/** What a decoding may ask of one ONNX node. Every method throws FormatError where the node does not fit the op table. */
export interface NodeView {
  /** The values among the node's inputs, without its int64 tensors. */
  readonly input: (i: number) => ValueInfo;
  /** The attribute, which is an integer; `fallback` is ONNX's default. */
  readonly int: (name: string, fallback: number | undefined) => number;
  readonly ints: (name: string) => readonly number[] | undefined;
  /** The constant int64 input at position `i`. */
  readonly tensor: (i: number, fallback?: readonly number[]) => readonly number[];
  /** An axis from 0 up; ONNX counts negative ones from the end. */
  readonly axis: (axis: number, rank: number) => number;
  readonly dtypeOf: (code: number) => ValueDType;
  readonly fail: (problem: string) => never;
}

/** A node's attributes in the op table, and the number of its inputs that are values (the rest became attributes). */
export interface Decoded<O extends OpName> {
  readonly attributes: OpAttributes[O];
  /** Default: all. */
  readonly values?: number;
}

type Decoding<O extends OpName> = (node: NodeView) => Decoded<O>;

type Plain = { [O in OpName]: keyof OpAttributes[O] extends never ? O : never }[OpName];

const plain = <O extends Plain>(): Decoded<O> => ({ attributes: {} as OpAttributes[O] });

const rankOf = (node: NodeView): number => node.input(0).shape.length;

const normalised = (node: NodeView): { readonly attributes: { readonly axis: number } } => ({
  attributes: { axis: node.axis(node.int("axis", -1), rankOf(node)) },
});

/** A shape as ONNX's Reshape has it: 0 may copy the input's extent, one −1 takes what is left. */
function reshaped(node: NodeView): number[] {
  const from = node.input(0).shape;
  const copiesZeros = node.int("allowzero", 0) === 0;
  const shape = node.tensor(1).map((extent, axis) => (extent === 0 && copiesZeros ? (from[axis] ?? 0) : extent));
  const open = shape.indexOf(-1);
  if (open < 0) return shape;
  const rest = sizeOf(shape.filter((_, axis) => axis !== open));
  return shape.map((extent, axis) => (axis === open && rest > 0 ? sizeOf(from) / rest : extent));
}

/** Starts and ends of all axes, clamped as ONNX does. */
function sliced(node: NodeView): OpAttributes["Slice"] {
  const { shape } = node.input(0);
  const [given, until] = [node.tensor(1), node.tensor(2)];
  const axes = node.tensor(3, [...given.keys()]).map((axis) => node.axis(axis, shape.length));
  if (node.tensor(4, []).some((step) => step !== 1)) node.fail("Slice with steps other than 1 is not supported");
  const starts = shape.map(() => 0);
  const ends = [...shape];
  axes.forEach((axis, i) => {
    const extent = shape[axis]!;
    const clamp = (x: number): number => Math.min(Math.max(x < 0 ? x + extent : x, 0), extent);
    starts[axis] = clamp(given[i] ?? 0);
    ends[axis] = Math.max(clamp(until[i] ?? 0), starts[axis]!);
  });
  return { starts, ends };
}

/** Total: a new op does not compile without its decoding. */
export const opDecodings: { readonly [O in OpName]: Decoding<O> } = {
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
  Cast: (node) => ({ attributes: { to: node.dtypeOf(node.int("to", undefined)) } }),
  Transpose: (node) => {
    const reversed = [...Array(rankOf(node)).keys()].reverse();
    return { attributes: { perm: node.ints("perm") ?? reversed } };
  },
  Reshape: (node) => ({ attributes: { shape: reshaped(node) }, values: 1 }),
  Expand: (node) => ({ attributes: { shape: node.tensor(1) }, values: 1 }),
  Concat: (node) => ({ attributes: { axis: node.axis(node.int("axis", undefined), rankOf(node)) } }),
  Slice: (node) => ({ attributes: sliced(node), values: 1 }),
  Pad: (node) => {
    const pads = node.tensor(1);
    const rank = rankOf(node);
    return { attributes: { before: pads.slice(0, rank), after: pads.slice(rank) }, values: 1 };
  },
  ReduceSum: (node) => {
    const rank = rankOf(node);
    const given = node.tensor(1, []).map((axis) => node.axis(axis, rank));
    const all = given.length === 0 && node.int("noop_with_empty_axes", 0) === 0;
    const axes = all ? [...Array(rank).keys()] : given;
    return { attributes: { axes, keepDims: node.int("keepdims", 1) === 1 }, values: 1 };
  },
  ReduceMax: (node) => {
    const axes = node.tensor(1);
    if (axes.length !== 1) node.fail(`ReduceMax over one axis is supported, got axes [${axes}]`);
    const axis = node.axis(axes[0]!, rankOf(node));
    return { attributes: { axis, keepDims: node.int("keepdims", 1) === 1 }, values: 1 };
  },
  ArgMax: (node) => {
    if (node.int("select_last_index", 0) !== 0) node.fail("ArgMax of the last maximum is not supported");
    const axis = node.axis(node.int("axis", 0), rankOf(node));
    return { attributes: { axis, keepDims: node.int("keepdims", 1) === 1 } };
  },
  Softmax: normalised,
  LogSoftmax: normalised,
};
