import type { GraphBuilder, OpName, ValueInfo } from "@thawline/core";
import type { GradientRule, InputGradient } from "../gradient-rule.ts";

type Rules<O extends OpName> = { readonly [K in O]: GradientRule<K> };

/** Swaps the last two axes. */
const matrixTranspose = (g: GraphBuilder, x: ValueInfo): ValueInfo => {
  const rank = x.shape.length;
  const perm = x.shape.map((_, axis) => (axis < rank - 2 ? axis : axis === rank - 2 ? rank - 1 : rank - 2));
  return g.transpose(x, perm);
};

/**
 * Rule of the matrix product: Y = A B gives dA = dY Bᵀ, dB = Aᵀ dY.
 * Source: M. Giles, "An extended collection of matrix derivative results for forward and reverse mode algorithmic
 * differentiation" (2008), section 2.2.2.
 */
export const matMulRules: Rules<"MatMul"> = {
  MatMul: ({ g, inputs: [a, b], dY }) => [
    () => g.matMul(dY, matrixTranspose(g, b!)),
    () => g.matMul(matrixTranspose(g, a!), dY),
  ],
};

/** Rules of the ops that only move elements: each is linear, and its rule is its adjoint (transposed) map. */
export const layoutRules: Rules<"Transpose" | "Reshape" | "Expand" | "Concat" | "Slice" | "Pad"> = {
  Transpose: ({ g, attributes: { perm }, dY }) => [
    () =>
      g.transpose(
        dY,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
  ],
  Reshape: ({ g, inputs: [x], dY }) => [() => g.reshape(dY, x!.shape)],
  // The adjoint of broadcasting is a sum, which the reverse walk makes.
  Expand: ({ dY }) => [() => dY],
  Concat: ({ g, inputs, attributes: { axis }, dY }) => {
    let end = 0;
    return inputs.map((input): InputGradient => {
      const start = end;
      end += input.shape[axis]!;
      const starts = dY.shape.map((_, i) => (i === axis ? start : 0));
      const ends = dY.shape.map((extent, i) => (i === axis ? start + input.shape[axis]! : extent));
      return () => g.apply("Slice", [dY], { starts, ends });
    });
  },
  Slice: ({ g, inputs: [x], attributes: { starts, ends }, dY }) => [
    () => g.apply("Pad", [dY], { before: starts, after: x!.shape.map((extent, axis) => extent - ends[axis]!) }),
  ],
  Pad: ({ g, inputs: [x], attributes: { before }, dY }) => [
    () => g.apply("Slice", [dY], { starts: before, ends: x!.shape.map((extent, axis) => before[axis]! + extent) }),
  ],
};
