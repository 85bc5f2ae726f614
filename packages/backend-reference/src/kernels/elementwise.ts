import { type OpName, sizeOf, type ValueInfo } from "@thawline/core";
import { erf } from "../erf.ts";
import { allocate, type Value, type ValueData } from "../value.ts";
import { broadcastPosition, coordinatesOf } from "./indexing.ts";
import type { Kernel, Kernels } from "./kernel.ts";

/** Applies `f` to every element. */
const unary =
  <O extends OpName>(f: (x: number) => number): Kernel<O> =>
  ([x], _, output) => {
    const result = allocate(output.dtype, x.data.length);
    for (let i = 0; i < result.length; i++) result[i] = f(x.data[i]);
    return result;
  };

/** Applies `f` to the elements that broadcasting brings together. */
function broadcast(f: (...xs: number[]) => number, inputs: readonly Value[], output: ValueInfo): ValueData {
  const result = allocate(output.dtype, sizeOf(output.shape));
  for (let i = 0; i < result.length; i++) {
    const coordinates = coordinatesOf(i, output.shape);
    result[i] = f(...inputs.map((input) => input.data[broadcastPosition(coordinates, input.shape)]));
  }
  return result;
}

const binary =
  <O extends OpName>(f: (a: number, b: number) => number): Kernel<O> =>
  (inputs, _, output) =>
    broadcast(f as (...xs: number[]) => number, inputs, output);

/**
 * Arithmetic with IEEE 754 at the edges: x / 0 is ±∞, 0 / 0 and ∞ − ∞ are NaN, and NaN in gives NaN out.
 * https://onnx.ai/onnx/operators/onnx__Add.html and its siblings.
 */
export const arithmeticKernels: Kernels<"Add" | "Sub" | "Mul" | "Div"> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: binary((a, b) => a / b),
};

/**
 * Functions of one variable: log 0 = −∞, log and √ of a negative number are NaN, e^x overflows to ∞. NaN in gives NaN
 * out, also for Relu (`max(x, 0)` keeps it in numpy and PyTorch; ONNX leaves it open).
 */
export const unaryKernels: Kernels<"Neg" | "Exp" | "Log" | "Sqrt" | "Erf" | "Tanh" | "Sigmoid" | "Relu"> = {
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Erf: unary(erf),
  Tanh: unary(Math.tanh),
  // With e^(−|x|), which cannot overflow: 1 / (1 + e^(−x)) for x ≥ 0, e^x / (1 + e^x) below.
  Sigmoid: unary((x) => (x >= 0 ? 1 : Math.exp(x)) / (1 + Math.exp(-Math.abs(x)))),
  Relu: unary((x) => Math.max(x, 0)),
};

/** Comparison, selection and conversion. Comparisons with NaN are false; −0 equals 0. */
export const selectionKernels: Kernels<"Equal" | "Greater" | "Where" | "Cast"> = {
  Equal: binary((a, b) => (a === b ? 1 : 0)),
  Greater: binary((a, b) => (a > b ? 1 : 0)),
  // The side not taken has no effect, NaN or not.
  Where: (inputs, _, output) => broadcast((condition, a, b) => (condition !== 0 ? a : b), inputs, output),
  // To int32 truncates towards zero (undefined in ONNX beyond ±2³¹ and for NaN; here wrapped, and 0). NaN is true as bool.
  Cast: (inputs, { to }, output) =>
    broadcast((x) => (to === "bool" ? (x !== 0 ? 1 : 0) : to === "int32" ? Math.trunc(x) : x), inputs, output),
};
