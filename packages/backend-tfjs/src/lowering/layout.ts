import { sizeOf } from "@thawline/core";
import type { TfTensor } from "../tensorflow.ts";
import { expand } from "./expand.ts";
import type { Lowerings } from "./lowering.ts";

/** Ranks beyond this break the kernels of slice and pad on graphics processors, some of them silently. */
const safeRank = 4;

/** Calls `visit` for each axis with `x` as it is then, in the form [axes before, axis, axes after]. */
function axisByAxis(
  x: TfTensor,
  result: readonly number[],
  visit: (x: TfTensor, axis: number) => TfTensor,
  reshape: (x: TfTensor, shape: number[]) => TfTensor,
): TfTensor {
  const shape = [...x.shape];
  let value = x;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === result[axis]) continue;
    value = visit(reshape(value, [sizeOf(shape.slice(0, axis)), shape[axis], sizeOf(shape.slice(axis + 1))]), axis);
    shape[axis] = result[axis];
  }
  return reshape(value, shape);
}

/** Ops that move elements. Scalars have nothing to slice or pad, and TensorFlow.js refuses to. */
export const layoutLowerings: Lowerings<"Transpose" | "Reshape" | "Expand" | "Concat" | "Slice" | "Pad"> = {
  Transpose:
    ({ tf, attributes: { perm } }) =>
    (x) =>
      tf.transpose(x, [...perm]),
  Reshape:
    ({ tf, attributes: { shape } }) =>
    (x) =>
      tf.reshape(x, [...shape]),
  Expand: (site) => (x) => expand(site, x, site.attributes.shape),
  Concat:
    ({ tf, attributes: { axis } }) =>
    (...xs) => {
      // Some kernels do not expect pieces without elements.
      const filled = xs.filter(({ size }) => size > 0);
      return filled.length === 1 ? tf.clone(filled[0]) : tf.concat(filled, axis);
    },
  Slice: ({ tf, output: { shape }, attributes: { starts } }) => {
    if (shape.length === 0) return (x) => tf.clone(x);
    if (shape.length <= safeRank) return (x) => tf.slice(x, [...starts], [...shape]);
    return (x) =>
      axisByAxis(x, shape, (value, axis) => tf.slice(value, [0, starts[axis], 0], [-1, shape[axis], -1]), tf.reshape);
  },
  Pad: ({ tf, output: { shape }, attributes: { before, after } }) => {
    const paddings = before.map((count, axis): [number, number] => [count, after[axis]]);
    if (paddings.every(([first, last]) => first + last === 0)) return (x) => tf.clone(x);
    if (shape.length <= safeRank) return (x) => tf.pad(x, paddings);
    return (x) => axisByAxis(x, shape, (value, axis) => tf.pad(value, [[0, 0], paddings[axis], [0, 0]]), tf.reshape);
  },
};
