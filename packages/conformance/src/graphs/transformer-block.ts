import { createGraphBuilder, type Graph, type ValueInfo } from "@thawline/core";
import { gelu, layerNorm, linear, paddingPenalty } from "@thawline/heads";

/** Extents of a block: B examples, L positions, D numbers, heads that divide D, F feed-forward units. */
export interface BlockShape {
  readonly examples: number;
  readonly positions: number;
  readonly dimension: number;
  readonly heads: number;
  readonly feedForward: number;
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
  const norm = (name: string) => ({
    scale: input(`${name}.weight`, [dimension]),
    shift: input(`${name}.bias`, [dimension]),
    epsilon: 1e-5,
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
  const penalty = paddingPenalty(g, g.reshape(mask, [examples, 1, 1, positions]));
  const attention = g.apply("Softmax", [g.add(scores, penalty)], { axis: 3 });
  const mixed = g.reshape(g.transpose(g.matMul(attention, value), [0, 2, 1, 3]), [tokens, dimension]);
  const attended = g.add(flat, linear(g, mixed, layer("output", dimension, dimension)));
  const first = layerNorm(g, attended, norm("norm1"));
  const hidden = gelu(g, linear(g, first, layer("up", dimension, feedForward)));
  const second = g.add(first, linear(g, hidden, layer("down", feedForward, dimension)));
  const result = layerNorm(g, second, norm("norm2"));
  const probe = g.input("probe", "float", [tokens, dimension]);
  const masked = g.mul(g.reshape(result, [examples, positions, dimension]), g.reshape(mask, [examples, positions, 1]));
  const loss = g.sum(g.mul(g.reshape(probe, [examples, positions, dimension]), masked), [0, 1, 2], false, "loss");
  return { graph: g.build([masked, loss]), wrt };
}
