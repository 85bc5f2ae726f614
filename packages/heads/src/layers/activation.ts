import type { GraphBuilder, ValueInfo } from "@thawline/core";

/** Name of an activation function. */
export type Activation = "relu" | "tanh" | "gelu";

/** Every activation. */
export const activations = ["relu", "tanh", "gelu"] as const satisfies readonly Activation[];

/**
 * The Gaussian error linear unit, exact (with erf, not tanh): x · ½ (1 + erf(x / √2)).
 * @remarks Hendrycks and Gimpel, "Gaussian error linear units" (2016), https://arxiv.org/abs/1606.08415, section 2.
 */
export function gelu(g: GraphBuilder, x: ValueInfo): ValueInfo {
  const erf = g.apply("Erf", [g.mul(x, g.scalar(Math.SQRT1_2))], {});
  return g.mul(g.mul(x, g.scalar(0.5)), g.add(erf, g.scalar(1)));
}

/** Applies an activation element by element. */
export function activate(g: GraphBuilder, x: ValueInfo, activation: Activation): ValueInfo {
  switch (activation) {
    case "relu":
      return g.apply("Relu", [x], {});
    case "tanh":
      return g.apply("Tanh", [x], {});
    case "gelu":
      return gelu(g, x);
    default:
      return activation satisfies never;
  }
}
