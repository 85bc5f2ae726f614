import { sizeOf } from "@thawline/core";
import { allocate, type Value, type ValueData } from "../value.ts";
import { alongAxis, coordinatesOf, positionOf } from "./indexing.ts";
import type { Kernels } from "./kernel.ts";

/** Index of the first maximum of a line; the first NaN counts as the maximum, as in numpy (ONNX leaves it open). */
function firstMaximum(line: Float64Array): number {
  let best = 0;
  for (let i = 1; i < line.length; i++) {
    if (Number.isNaN(line[best])) break;
    if (line[i] > line[best] || Number.isNaN(line[i])) best = i;
  }
  return best;
}

/** Calls `visit` with each line of `x` along `axis` (a copy) and the line's number, in row-major order of the others. */
function forEachLine(
  x: Value,
  axis: number,
  visit: (line: Float64Array, at: (i: number) => number, n: number) => void,
) {
  const { outer, extent, inner } = alongAxis(x.shape, axis);
  for (let o = 0; o < outer; o++) {
    for (let n = 0; n < inner; n++) {
      const at = (i: number): number => (o * extent + i) * inner + n;
      const line = Float64Array.from({ length: extent }, (_, i) => x.data[at(i)]);
      visit(line, at, o * inner + n);
    }
  }
}

/** log Σ e^(x − m) and m, the maximum: the shift keeps every exponential ≤ 1, so that nothing overflows. */
function logSumExpShifted(line: Float64Array): { readonly maximum: number; readonly logSum: number } {
  const maximum = line[firstMaximum(line)];
  let sum = 0;
  for (const x of line) sum += Math.exp(x - maximum);
  return { maximum, logSum: Math.log(sum) };
}

/** Ops along axes. A line of −∞ only, or one with ∞ or NaN, has no softmax: NaN. */
export const alongAxesKernels: Kernels<"ReduceSum" | "ReduceMax" | "ArgMax" | "Softmax" | "LogSoftmax"> = {
  // Row-major order, one running sum an output element; no axes: the input; the empty sum is 0.
  ReduceSum: ([x], { axes }, output) => {
    const result = new Float64Array(sizeOf(output.shape));
    const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
    for (let i = 0; i < x.data.length; i++) {
      const to = coordinatesOf(i, x.shape).map((coordinate, axis) => (axes.includes(axis) ? 0 : coordinate));
      result[positionOf(to, kept)] += x.data[i];
    }
    return result;
  },
  ReduceMax: ([x], { axis }, output) => {
    const result = new Float64Array(sizeOf(output.shape));
    forEachLine(x, axis, (line, _, n) => {
      result[n] = line[firstMaximum(line)];
    });
    return result;
  },
  ArgMax: ([x], { axis }, output) => {
    const result: ValueData = allocate("int32", sizeOf(output.shape));
    forEachLine(x, axis, (line, _, n) => {
      result[n] = firstMaximum(line);
    });
    return result;
  },
  Softmax: ([x], { axis }) => {
    const result = new Float64Array(x.data.length);
    forEachLine(x, axis, (line, at) => {
      const { maximum } = logSumExpShifted(line);
      let sum = 0;
      for (const value of line) sum += Math.exp(value - maximum);
      line.forEach((value, i) => {
        result[at(i)] = Math.exp(value - maximum) / sum;
      });
    });
    return result;
  },
  LogSoftmax: ([x], { axis }) => {
    const result = new Float64Array(x.data.length);
    forEachLine(x, axis, (line, at) => {
      const { maximum, logSum } = logSumExpShifted(line);
      line.forEach((value, i) => {
        result[at(i)] = value - maximum - logSum;
      });
    });
    return result;
  },
};
