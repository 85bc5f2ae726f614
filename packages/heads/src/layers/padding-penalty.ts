import type { GraphBuilder, ValueInfo } from "@thawline/core";

/** Large enough that the softmax of a score less this is exactly 0, in float32 and float64. */
const excluded = 1e9;

/** What to add to attention scores so that padding gets no weight: 0 where `mask` is 1, −1e9 where it is 0. */
export function paddingPenalty(g: GraphBuilder, mask: ValueInfo): ValueInfo {
  return g.mul(g.sub(mask, g.scalar(1)), g.scalar(excluded));
}
