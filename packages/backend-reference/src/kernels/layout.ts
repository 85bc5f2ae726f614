import { sizeOf, type ValueInfo } from "@thawline/core";
import { allocate, type Value, type ValueData } from "../value.ts";
import { broadcastPosition, coordinatesOf, positionOf } from "./indexing.ts";
import type { Kernels } from "./kernel.ts";

/** Fills the output from one input: `source` maps output coordinates to a position in `x`, or −1 for zero. */
function gather(x: Value, output: ValueInfo, source: (coordinates: readonly number[]) => number): ValueData {
  const result = allocate(output.dtype, sizeOf(output.shape));
  for (let i = 0; i < result.length; i++) {
    const from = source(coordinatesOf(i, output.shape));
    result[i] = from < 0 ? 0 : x.data[from];
  }
  return result;
}

/** Ops that move elements. */
export const layoutKernels: Kernels<"Transpose" | "Reshape" | "Expand" | "Concat" | "Slice" | "Pad"> = {
  // Axis i of the output is axis perm[i] of the input.
  Transpose: ([x], { perm }, output) =>
    gather(x, output, (to) => {
      const from = new Array<number>(perm.length);
      perm.forEach((axis, i) => {
        from[axis] = to[i];
      });
      return positionOf(from, x.shape);
    }),
  Reshape: ([x], _, output) => gather(x, output, (to) => positionOf(to, output.shape)),
  Expand: ([x], _, output) => gather(x, output, (to) => broadcastPosition(to, x.shape)),
  Concat: (inputs, { axis }, output) => {
    const result = allocate(output.dtype, sizeOf(output.shape));
    let start = 0;
    for (const input of inputs) {
      for (let i = 0; i < input.data.length; i++) {
        const to = coordinatesOf(i, input.shape);
        to[axis] += start;
        result[positionOf(to, output.shape)] = input.data[i];
      }
      start += input.shape[axis];
    }
    return result;
  },
  Slice: ([x], { starts }, output) =>
    gather(x, output, (to) =>
      positionOf(
        to.map((coordinate, axis) => coordinate + starts[axis]),
        x.shape,
      ),
    ),
  Pad: ([x], { before }, output) =>
    gather(x, output, (to) => {
      const from = to.map((coordinate, axis) => coordinate - before[axis]);
      const inside = from.every((coordinate, axis) => coordinate >= 0 && coordinate < x.shape[axis]);
      return inside ? positionOf(from, x.shape) : -1;
    }),
};
