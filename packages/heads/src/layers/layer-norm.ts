import type { GraphBuilder, ValueInfo } from "@thawline/core";

/**
 * Layer normalisation over the last axis of `x` [N, D]: (x − mean) / √(variance + ε) · `scale` + `shift`, both [D]; the
 * variance divides by D.
 * @remarks Ba et al. 2016, "Layer normalization", in PyTorch's form.
 */
export function layerNorm(
  g: GraphBuilder,
  x: ValueInfo,
  options: { readonly scale: ValueInfo; readonly shift: ValueInfo; readonly epsilon: number },
): ValueInfo {
  const share = g.scalar(1 / x.shape[1]!);
  const centred = g.sub(x, g.mul(g.sum(x, [1], true), share));
  const variance = g.mul(g.sum(g.mul(centred, centred), [1], true), share);
  const deviation = g.apply("Sqrt", [g.add(variance, g.scalar(options.epsilon))], {});
  return g.add(g.mul(g.div(centred, deviation), options.scale), options.shift);
}
