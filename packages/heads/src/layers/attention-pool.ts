import type { GraphBuilder, ValueInfo } from "@thawline/core";
import { linear } from "./linear.ts";
import { paddingPenalty } from "./padding-penalty.ts";

/**
 * Σₗ αₗ xₗ with α = softmax over tokens of context · tanh(weight x + bias): `x` [B, L, D], `weight` [H, D], `bias` [H],
 * `context` [H], `mask` [B, L]. Returns [B, D]; 0 for an example without tokens.
 */
export function attentionPool(
  g: GraphBuilder,
  x: ValueInfo,
  parameters: {
    readonly weight: ValueInfo;
    readonly bias: ValueInfo;
    readonly context: ValueInfo;
    readonly mask: ValueInfo;
  },
): ValueInfo {
  const { weight, bias, context, mask } = parameters;
  const [examples, length, dimension] = x.shape as [number, number, number];
  const hidden = weight.shape[0]!;
  const flat = g.reshape(x, [examples * length, dimension]);
  const keys = g.apply("Tanh", [linear(g, flat, { weight, bias })], {});
  const scores = g.reshape(g.matMul(keys, g.reshape(context, [hidden, 1])), [examples, length]);
  const shares = g.apply("Softmax", [g.add(scores, paddingPenalty(g, mask))], { axis: 1 });
  // Without a single token the penalties cancel: the product with the mask leaves nothing of such an example.
  const attention = g.mul(shares, mask);
  const pooled = g.matMul(g.reshape(attention, [examples, 1, length]), x);
  return g.reshape(pooled, [examples, dimension]);
}
