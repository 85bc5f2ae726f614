import { expand } from "./expand.ts";
import type { Lowerings } from "./lowering.ts";

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
    return (x) => tf.slice(x, [...starts], [...shape]);
  },
  Pad: ({ tf, attributes: { before, after } }) => {
    const paddings = before.map((count, axis): [number, number] => [count, after[axis]]);
    if (paddings.every(([first, last]) => first + last === 0)) return (x) => tf.clone(x);
    return (x) => tf.pad(x, paddings);
  },
};
