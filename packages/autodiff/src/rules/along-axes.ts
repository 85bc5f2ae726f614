import type { GraphBuilder, OpName, ValueInfo } from "@thawline/core";
import { type GradientRule, notDifferentiable } from "../gradient-rule.ts";

type Rules<O extends OpName> = { readonly [K in O]: GradientRule<K> };

/** `dY` of a reduction with its axes put back as extents of 1, so that it broadcasts against the input. */
function withAxes(g: GraphBuilder, dY: ValueInfo, x: ValueInfo, axes: readonly number[]): ValueInfo {
  // A scalar broadcasts as it is.
  if (dY.shape.length === x.shape.length || dY.shape.length === 0) return dY;
  return g.reshape(
    dY,
    x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent)),
  );
}

/** True at the first position of the maximum along `axis`, false elsewhere, ties included: `[…]` bool, `x`'s shape. */
function firstMaximum(g: GraphBuilder, x: ValueInfo, axis: number): ValueInfo {
  const extent = x.shape[axis]!;
  const shape = x.shape.map((_, i) => (i === axis ? extent : 1));
  const positions = g.constant("int32", shape, [...Array(extent).keys()]);
  return g.apply("Equal", [positions, g.apply("ArgMax", [x], { axis, keepDims: true })], {});
}

/** Rules of the ops along axes. */
export const alongAxesRules: Rules<"ReduceSum" | "ReduceMax" | "ArgMax" | "Softmax" | "LogSoftmax"> = {
  // Every summand has derivative 1.
  ReduceSum: ({ g, inputs: [x], attributes: { axes }, dY }) => [
    () => g.apply("Expand", [withAxes(g, dY, x!, axes)], { shape: x!.shape }),
  ],
  // One subgradient of the maximum: all of it to the first position that attains it. Sharing it among ties, or giving
  // each the whole, would make the gradient depend on duplicates of the maximum.
  ReduceMax: ({ g, inputs: [x], attributes: { axis }, dY }) => [
    () => g.apply("Where", [firstMaximum(g, x!, axis), withAxes(g, dY, x!, [axis]), g.scalar(0)], {}),
  ],
  ArgMax: () => [notDifferentiable],
  // ∂y_i/∂x_j = y_i (δ_ij − y_j) (Bridle, 1990): dX = y ⊙ (dY − Σ dY ⊙ y).
  Softmax: ({ g, output, attributes: { axis }, dY }) => [
    () => g.mul(output, g.sub(dY, g.sum(g.mul(dY, output), [axis], true))),
  ],
  // ∂y_i/∂x_j = δ_ij − softmax_j, softmax = e^y: dX = dY − e^y Σ dY.
  LogSoftmax: ({ g, output, attributes: { axis }, dY }) => [
    () => g.sub(dY, g.mul(g.apply("Exp", [output], {}), g.sum(dY, [axis], true))),
  ],
};
