import { createGraphBuilder, type Graph, type GraphBuilder, type ValueInfo } from "@thawline/core";
import { gelu, linear } from "@thawline/heads";

/** Extents of a block: B examples, L positions, D numbers, heads that divide D, F feed-forward units. */
export interface BlockShape {
  readonly examples: number;
  readonly positions: number;
  readonly dimension: number;
  readonly heads: number;
  readonly feedForward: number;
}

/** Layer normalisation over the last axis of `x` [N, D] (Ba et al. 2016). */
function layerNorm(g: GraphBuilder, x: ValueInfo, scale: ValueInfo, shift: ValueInfo): ValueInfo {
  const share = g.scalar(1 / x.shape[1]!);
  const centred = g.sub(x, g.mul(g.sum(x, [1], true), share));
  const variance = g.mul(g.sum(g.mul(centred, centred), [1], true), share);
  const deviation = g.apply("Sqrt", [g.add(variance, g.scalar(1e-5))], {});
  return g.add(g.mul(g.div(centred, deviation), scale), shift);
}

/**
 * One encoder layer (post-norm, multi-head self-attention with a padding mask, GELU) and a loss Σ probe · result: the
 * graph that the op table was chosen for. Vaswani et al. 2017, section 3.
 */
export function transformerBlock({ examples, positions, dimension, heads, feedForward }: BlockShape): {
  readonly graph: Graph;
  readonly wrt: readonly string[];
} {
  const g = createGraphBuilder();
  const tokens = examples * positions;
  const width = dimension / heads;
  const wrt: string[] = [];
  const input = (name: string, shape: readonly number[]): ValueInfo => {
    wrt.push(name);
    return g.input(name, "float", shape);
  };
  const layer = (name: string, from: number, to: number) => ({
    weight: input(`${name}.weight`, [to, from]),
    bias: input(`${name}.bias`, [to]),
  });
  const x = input("x", [examples, positions, dimension]);
  const mask = g.input("mask", "float", [examples, positions]);
  const flat = g.reshape(x, [tokens, dimension]);
  const split = (value: ValueInfo): ValueInfo =>
    g.transpose(g.reshape(value, [examples, positions, heads, width]), [0, 2, 1, 3]);
  const query = split(linear(g, flat, layer("query", dimension, dimension)));
  const key = split(linear(g, flat, layer("key", dimension, dimension)));
  const value = split(linear(g, flat, layer("value", dimension, dimension)));
  const scores = g.mul(g.matMul(query, g.transpose(key, [0, 1, 3, 2])), g.scalar(1 / Math.sqrt(width)));
  const penalty = g.mul(g.sub(g.reshape(mask, [examples, 1, 1, positions]), g.scalar(1)), g.scalar(1e9));
  const attention = g.apply("Softmax", [g.add(scores, penalty)], { axis: 3 });
  const mixed = g.reshape(g.transpose(g.matMul(attention, value), [0, 2, 1, 3]), [tokens, dimension]);
  const attended = g.add(flat, linear(g, mixed, layer("output", dimension, dimension)));
  const first = layerNorm(g, attended, input("norm1.weight", [dimension]), input("norm1.bias", [dimension]));
  const hidden = gelu(g, linear(g, first, layer("up", dimension, feedForward)));
  const second = g.add(first, linear(g, hidden, layer("down", feedForward, dimension)));
  const result = layerNorm(g, second, input("norm2.weight", [dimension]), input("norm2.bias", [dimension]));
  const probe = g.input("probe", "float", [tokens, dimension]);
  const masked = g.mul(g.reshape(result, [examples, positions, dimension]), g.reshape(mask, [examples, positions, 1]));
  const loss = g.sum(g.mul(g.reshape(probe, [examples, positions, dimension]), masked), [0, 1, 2], false, "loss");
  return { graph: g.build([masked, loss]), wrt };
}
