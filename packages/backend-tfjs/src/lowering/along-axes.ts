import type { Tf, TfTensor } from "../tensorflow.ts";
import type { Apply, Lowerings, Site } from "./lowering.ts";
import { select, untaped } from "./tape.ts";

/** Positions 0, 1, … along `axis`, int32, shaped to broadcast against the input. */
function positions({ tf, inputs: [x], constant }: Pick<Site<never>, "tf" | "inputs" | "constant">, axis: number) {
  const shape = x.shape.map((extent, i) => (i === axis ? extent : 1));
  return constant(`positions ${shape}`, () =>
    tf.tensor(
      Int32Array.from({ length: x.shape[axis] }, (_, i) => i),
      shape,
    ),
  );
}

/**
 * int32 index of the first maximum along `axis`, which stays with extent 1. Kernels that reduce in parallel (webgpu from
 * 32 positions on) return any of several maxima; there it is the least position where the input equals its maximum.
 */
function firstMaximum(site: Site<"ReduceMax" | "ArgMax">, x: TfTensor): TfTensor {
  const { tf, device } = site;
  const { axis } = site.attributes;
  const kept = x.shape.map((extent, i) => (i === axis ? 1 : extent));
  if (device !== "webgl" && device !== "webgpu") return tf.reshape(tf.argMax(x, axis), kept);
  const last = x.shape[axis] - 1;
  const isMaximum = tf.cast(tf.equal(x, tf.max(x, axis, true)), "float32");
  // position + (0 at a maximum, else more than any position); with NaN there is no maximum, and the last one is taken.
  const rank = tf.add(tf.cast(positions(site, axis), "float32"), tf.mul(tf.sub(1, isMaximum), last + 1));
  return tf.cast(tf.minimum(tf.min(rank, axis, true), last), "int32");
}

/** Softmaxes of TensorFlow.js work along the last axis. */
function alongLastAxis(tf: Tf, x: { readonly shape: readonly number[] }, axis: number) {
  return (apply: Apply): Apply => {
    const last = x.shape.length - 1;
    if (axis === last) return apply;
    const swap = x.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
    return (value) => tf.transpose(apply(tf.transpose(value, swap)), swap);
  };
}

/** Ops along axes. */
export const alongAxesLowerings: Lowerings<"ReduceSum" | "ReduceMax" | "ArgMax" | "Softmax" | "LogSoftmax"> = {
  ReduceSum: ({ tf, attributes: { axes, keepDims } }) => {
    if (axes.length === 0) return (x) => tf.clone(x);
    return (x) => tf.sum(x, [...axes], keepDims);
  },
  // By selection of the first maximum: the tape's gradient of a maximum goes to every position that ties.
  ReduceMax: (site) => {
    const { tf } = site;
    const { axis, keepDims } = site.attributes;
    return (x) => {
      const isChosen = untaped(tf, () => tf.equal(positions(site, axis), firstMaximum(site, x)));
      const zeros = site.constant(`zeros float32 ${x.shape}`, () => tf.zeros(x.shape));
      return tf.sum(select(tf, isChosen, [x, zeros]), axis, keepDims);
    };
  },
  ArgMax: (site) => (x) => untaped(site.tf, () => site.tf.reshape(firstMaximum(site, x), [...site.output.shape])),
  Softmax: ({ tf, inputs: [x], attributes: { axis } }) => alongLastAxis(tf, x, axis)((value) => tf.softmax(value)),
  LogSoftmax: ({ tf, inputs: [x], attributes: { axis } }) =>
    alongLastAxis(tf, x, axis)((value) => tf.logSoftmax(value)),
};
