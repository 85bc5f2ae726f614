import type { DropoutInput, GraphBuilder, ValueInfo } from "@thawline/core";

/** A value after dropout, and the mask that the host has to feed for it. */
export interface Dropped {
  readonly value: ValueInfo;
  readonly masks: readonly DropoutInput[];
}

/**
 * Inverted dropout with a host-fed mask: multiplies `x` by a new float input `name` of `x`'s shape (0, or 1 / (1 − rate)).
 * At rate 0 it is `x` itself, and no mask.
 * @remarks Srivastava et al., "Dropout" (JMLR 15, 2014); scaled in training, so that prediction needs no change.
 */
export function dropout(
  g: GraphBuilder,
  x: ValueInfo,
  { name, rate }: { readonly name: string; readonly rate: number },
): Dropped {
  if (rate === 0) return { value: x, masks: [] };
  const mask = g.input(name, "float", x.shape);
  return { value: g.mul(x, mask), masks: [{ input: name, shape: x.shape, rate }] };
}
