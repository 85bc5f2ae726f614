import type { OpName, ValueInfo } from "@thawline/core";
import { type GradientRule, notDifferentiable } from "../gradient-rule.ts";

type Rules<O extends OpName> = { readonly [K in O]: GradientRule<K> };

/** Rules of the arithmetic ops with two inputs: sum, product and quotient rule. Broadcasting is undone by the walk. */
export const arithmeticRules: Rules<"Add" | "Sub" | "Mul" | "Div"> = {
  Add: ({ dY }) => [() => dY, () => dY],
  Sub: ({ g, dY }) => [() => dY, () => g.apply("Neg", [dY], {})],
  Mul: ({ g, inputs: [a, b], dY }) => [() => g.mul(dY, b!), () => g.mul(dY, a!)],
  // y = a / b: ∂y/∂a = 1 / b, ∂y/∂b = −a / b² = −y / b.
  Div: ({ g, inputs: [, b], output, dY }) => [
    () => g.div(dY, b!),
    () => g.apply("Neg", [g.div(g.mul(dY, output), b!)], {}),
  ],
};

/**
 * Rules of the functions of one variable. Where the derivative is simple in the result, the result is used: it is
 * there already. Derivatives: NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov (section beside each).
 */
export const unaryRules: Rules<"Neg" | "Exp" | "Log" | "Sqrt" | "Erf" | "Tanh" | "Sigmoid" | "Relu"> = {
  Neg: ({ g, dY }) => [() => g.apply("Neg", [dY], {})],
  // exp′ = exp (DLMF 4.7.5).
  Exp: ({ g, output, dY }) => [() => g.mul(dY, output)],
  // log′ x = 1 / x (DLMF 4.7.1).
  Log: ({ g, inputs: [x], dY }) => [() => g.div(dY, x!)],
  // (√x)′ = 1 / (2 √x) (DLMF 4.7.9 with a = ½): infinite at 0, as in PyTorch.
  Sqrt: ({ g, output, dY }) => [() => g.div(dY, g.add(output, output))],
  // erf′ x = 2/√π · e^(−x²) (DLMF 7.2.1 and the fundamental theorem).
  Erf: ({ g, inputs: [x], dY }) => [
    () => {
      const bell = g.apply("Exp", [g.apply("Neg", [g.mul(x!, x!)], {})], {});
      return g.mul(dY, g.mul(bell, g.scalar(2 / Math.sqrt(Math.PI))));
    },
  ],
  // tanh′ = 1 − tanh² (DLMF 4.34.8 with 4.35.11).
  Tanh: ({ g, output, dY }) => [() => g.mul(dY, g.sub(g.scalar(1), g.mul(output, output)))],
  // σ′ = σ (1 − σ), σ(x) = 1 / (1 + e^(−x)).
  Sigmoid: ({ g, output, dY }) => [() => g.mul(dY, g.mul(output, g.sub(g.scalar(1), output)))],
  // 1 above 0, and by convention 0 at 0 (Glorot, Bordes and Bengio, 2011; PyTorch and TensorFlow agree).
  Relu: ({ g, inputs: [x], dY }) => [
    () => g.apply("Where", [g.apply("Greater", [x!, g.scalar(0)], {}), dY, g.scalar(0)], {}),
  ],
};

/** Rules of comparison, selection and conversion. */
export const selectionRules: Rules<"Equal" | "Greater" | "Where" | "Cast"> = {
  Equal: () => [notDifferentiable, notDifferentiable],
  Greater: () => [notDifferentiable, notDifferentiable],
  // The chosen side takes the gradient; zero, not 0 · dY, on the other, so that an infinity there cannot make NaN.
  Where: ({ g, inputs: [condition], dY }) => {
    const choose = (a: ValueInfo, b: ValueInfo): ValueInfo => g.apply("Where", [condition!, a, b], {});
    return [notDifferentiable, () => choose(dY, g.scalar(0)), () => choose(g.scalar(0), dY)];
  },
  Cast: ({ inputs: [x], attributes: { to }, dY }) => [
    to === "float" && x!.dtype === "float" ? () => dY : notDifferentiable,
  ],
};
