import type { GraphBuilder, ValueInfo } from "@thawline/core";

/** Which windows a maximum over time is over. */
export type Pooling = "valid" | "all";

/** Every pooling. */
export const poolings = ["valid", "all"] as const satisfies readonly Pooling[];

/** `x` [B, L, …] with zeros after its last position, where it has fewer than `least` positions. */
function atLeast(g: GraphBuilder, x: ValueInfo, least: number): ValueInfo {
  const missing = least - x.shape[1]!;
  if (missing <= 0) return x;
  const none = x.shape.map(() => 0);
  return g.apply("Pad", [x], { before: none, after: none.map((_, axis) => (axis === 1 ? missing : 0)) });
}

/** Positions `start` to `end` (exclusive) of `x` [B, L, …]. */
function positions(g: GraphBuilder, x: ValueInfo, start: number, end: number): ValueInfo {
  return g.apply("Slice", [x], {
    starts: x.shape.map((_, axis) => (axis === 1 ? start : 0)),
    ends: x.shape.map((extent, axis) => (axis === 1 ? end : extent)),
  });
}

/**
 * A one-dimensional convolution over positions (PyTorch's Conv1d: cross-correlation, no padding), relu, and the maximum
 * over time: `x` [B, L, D], `weight` [maps, D, width], `bias` [maps], `mask` [B, L] with the tokens of an example first.
 * Returns [B, maps]. Where the batch is shorter than the width it is lengthened by zero vectors.
 *
 * The windows are laid side by side and multiplied once, so that all backends do it with their matrix product.
 */
export function windowMaxima(
  g: GraphBuilder,
  x: ValueInfo,
  options: { readonly weight: ValueInfo; readonly bias: ValueInfo; readonly mask: ValueInfo; readonly pool: Pooling },
): ValueInfo {
  const { weight, bias, pool } = options;
  const [maps, dimension, width] = weight.shape as [number, number, number];
  const padded = atLeast(g, x, width);
  const [examples, length] = padded.shape as [number, number];
  const windows = length - width + 1;
  const shifted = Array.from({ length: width }, (_, k) => positions(g, padded, k, k + windows));
  const columns = g.reshape(g.apply("Concat", shifted, { axis: 2 }), [examples * windows, width * dimension]);
  const filters = g.reshape(g.transpose(weight, [2, 1, 0]), [width * dimension, maps]);
  const scores = g.reshape(g.add(g.matMul(columns, filters), bias), [examples, windows, maps]);
  const activated = g.apply("Relu", [scores], {});
  if (pool === "all") return g.apply("ReduceMax", [activated], { axis: 1, keepDims: false });
  // A window is inside the example where its last position is a token. After relu 0 is the least value there is.
  const last = positions(g, atLeast(g, options.mask, width), width - 1, length);
  const inside = g.mul(activated, g.reshape(last, [examples, windows, 1]));
  return g.apply("ReduceMax", [inside], { axis: 1, keepDims: false });
}
