import type { GraphBuilder, ValueInfo } from "@thawline/core";

/**
 * Rows of `x` [B, D] scaled to length 1 in the Euclidean norm; a zero vector (a text without a known word) stays zero,
 * and its gradient is that of the identity.
 */
export function unitLength(g: GraphBuilder, x: ValueInfo): ValueInfo {
  const squares = g.sum(g.mul(x, x), [1], true);
  const isZero = g.apply("Equal", [squares, g.scalar(0)], {});
  // Chosen before the root: the root's gradient at 0 is not finite.
  const safe = g.apply("Where", [isZero, g.scalar(1), squares], {});
  return g.div(x, g.apply("Sqrt", [safe], {}));
}
