import { expand } from "./expand.ts";
import type { Lowerings } from "./lowering.ts";
import { select, untaped } from "./tape.ts";

/** Comparison, selection and conversion. */
export const selectionLowerings: Lowerings<"Equal" | "Greater" | "Where" | "Cast"> = {
  Equal:
    ({ tf }) =>
    (a, b) =>
      untaped(tf, () => tf.equal(a, b)),
  Greater:
    ({ tf }) =>
    (a, b) =>
      untaped(tf, () => tf.greater(a, b)),
  Where: (site) => {
    const { shape } = site.output;
    return (condition, a, b) =>
      select(site.tf, expand(site, condition, shape), [expand(site, a, shape), expand(site, b, shape)]);
  },
  Cast: ({ tf, inputs: [from], attributes: { to } }) => {
    // Float to float is the one conversion that a gradient passes.
    if (from.dtype === to) return (x) => tf.clone(x);
    // Kernels that cast to bool truncate on some backends, so that 0.5 becomes false.
    if (to === "bool") return (x) => untaped(tf, () => tf.notEqual(x, tf.zerosLike(x)));
    return (x) => untaped(tf, () => tf.cast(x, to === "float" ? "float32" : to));
  },
};
