/**
 * The op table: a strict subset of ai.onnx at opset 18, with its names and semantics. Everything else (mean, GELU,
 * layer norm, attention, convolution, losses) is a function that builds a graph from these.
 *
 * `undefined`-free plain attributes; axes are normalised (never negative) in a built graph.
 * Source: https://onnx.ai/onnx/operators/ (opset 18); where an op takes a tensor there (shape, axes, starts), it is a
 * static attribute here.
 */
export interface OpAttributes {
  // Element by element, with numpy broadcasting for two inputs.
  Add: NoAttributes;
  Sub: NoAttributes;
  Mul: NoAttributes;
  Div: NoAttributes;
  Neg: NoAttributes;
  Exp: NoAttributes;
  Log: NoAttributes;
  Sqrt: NoAttributes;
  Erf: NoAttributes;
  Tanh: NoAttributes;
  Sigmoid: NoAttributes;
  /** max(x, 0); its gradient at 0 is 0. */
  Relu: NoAttributes;
  /** Float or int32 inputs of one dtype, bool result. */
  Equal: NoAttributes;
  /** Float or int32 inputs of one dtype, bool result. */
  Greater: NoAttributes;
  /** `Where(condition: bool, a, b)`, all three broadcast. */
  Where: NoAttributes;
  /** From any dtype to `to`; to int32 truncates towards zero; to bool is `!= 0`. */
  Cast: { readonly to: "float" | "int32" | "bool" };
  /** `[..., M, K] × [..., K, N]`, both of one rank ≥ 2 with **equal** leading extents (no broadcasting of batches). */
  MatMul: NoAttributes;
  // Layout.
  Transpose: { readonly perm: readonly number[] };
  Reshape: { readonly shape: readonly number[] };
  /** Broadcasts to exactly `shape`. */
  Expand: { readonly shape: readonly number[] };
  /** Any number ≥ 1 of inputs, alike but for `axis`. */
  Concat: { readonly axis: number };
  /** One start and end (exclusive) an axis of the input, step 1. */
  Slice: { readonly starts: readonly number[]; readonly ends: readonly number[] };
  /** Zeros before and after, one pair an axis; float only. */
  Pad: { readonly before: readonly number[]; readonly after: readonly number[] };
  // Along axes.
  ReduceSum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  /** Over one axis; its gradient goes to the first position of the maximum, never to all ties. */
  ReduceMax: { readonly axis: number; readonly keepDims: boolean };
  /** int32 index of the first maximum along `axis`. */
  ArgMax: { readonly axis: number; readonly keepDims: boolean };
  Softmax: { readonly axis: number };
  LogSoftmax: { readonly axis: number };
}

/** An op without attributes. */
export type NoAttributes = Readonly<Record<never, never>>;

/** Name of an op, as in ai.onnx. */
export type OpName = keyof OpAttributes;

/** Every op, in the order of the table. */
export const opNames = [
  "Add",
  "Sub",
  "Mul",
  "Div",
  "Neg",
  "Exp",
  "Log",
  "Sqrt",
  "Erf",
  "Tanh",
  "Sigmoid",
  "Relu",
  "Equal",
  "Greater",
  "Where",
  "Cast",
  "MatMul",
  "Transpose",
  "Reshape",
  "Expand",
  "Concat",
  "Slice",
  "Pad",
  "ReduceSum",
  "ReduceMax",
  "ArgMax",
  "Softmax",
  "LogSoftmax",
] as const satisfies readonly OpName[];

// A name missing from the list above is a type error here.
type Missing = Exclude<OpName, (typeof opNames)[number]>;
const complete: [Missing] extends [never] ? true : Missing = true;
void complete;
