import type { GraphBuilder, ValueInfo } from "@thawline/core";

/**
 * Softmax cross-entropy with soft, weighted targets: Σₙ weightₙ Σ_c target[n, c] · −log softmax(logits)[n, c], a float
 * of shape []. `logits` and `target` [B, C], `weight` [B]. With core's `writeClassTargets` it equals PyTorch's mean
 * `cross_entropy` with class weights and label smoothing; examples that only pad the batch have weight 0.
 */
export function softmaxCrossEntropy(
  g: GraphBuilder,
  logits: ValueInfo,
  { target, weight, name }: { readonly target: ValueInfo; readonly weight: ValueInfo; readonly name?: string },
): ValueInfo {
  const logProbabilities = g.apply("LogSoftmax", [logits], { axis: 1 });
  const agreement = g.sum(g.mul(target, logProbabilities), [1]);
  // The sign last: one number instead of B · C.
  return g.apply("Neg", [g.sum(g.mul(agreement, weight), [0])], {}, name);
}
