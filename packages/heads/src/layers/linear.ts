import type { GraphBuilder, ValueInfo } from "@thawline/core";

/**
 * An affine layer: `x` [B, H] · `weight`ᵀ + `bias`, `weight` [C, H] and `bias` [C] as PyTorch's `nn.Linear` keeps them.
 * Returns [B, C]; `name` names it.
 */
export function linear(
  g: GraphBuilder,
  x: ValueInfo,
  parameters: { readonly weight: ValueInfo; readonly bias: ValueInfo; readonly name?: string },
): ValueInfo {
  const product = g.matMul(x, g.transpose(parameters.weight, [1, 0]));
  return g.add(product, parameters.bias, parameters.name);
}
