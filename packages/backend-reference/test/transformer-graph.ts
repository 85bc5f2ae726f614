import {
  createGraphBuilder,
  createRandom,
  type GraphBuilder,
  sizeOf,
  type Tensor,
  tensor,
  type ValueInfo,
} from "@thawline/core";
import { gelu, linear, softmaxCrossEntropy } from "@thawline/heads";

const B = 2;
const L = 4;
const D = 6;
const heads = 2;
const width = 8;
const classes = 3;

/** Mean 0, variance 1 over the last axis, then scale and shift (Ba, Kiros and Hinton, 2016). */
function layerNorm(g: GraphBuilder, x: ValueInfo, [scale, shift]: readonly ValueInfo[]): ValueInfo {
  const axis = x.shape.length - 1;
  const extent = g.scalar(x.shape[axis]);
  const centred = g.sub(x, g.div(g.sum(x, [axis], true), extent));
  const variance = g.div(g.sum(g.mul(centred, centred), [axis], true), extent);
  const deviation = g.apply("Sqrt", [g.add(variance, g.scalar(1e-5))], {});
  return g.add(g.mul(g.div(centred, deviation), scale), shift);
}

/** Multi-head attention over [B·L, D] (Vaswani et al., 2017), keys masked by `real` [B, 1, 1, L] bool. */
function attention(
  g: GraphBuilder,
  x: ValueInfo,
  real: ValueInfo,
  input: (name: string, shape: number[]) => ValueInfo,
) {
  const split = (name: string): ValueInfo => {
    const projected = linear(g, x, { weight: input(`${name}.weight`, [D, D]), bias: input(`${name}.bias`, [D]) });
    return g.transpose(g.reshape(projected, [B, L, heads, D / heads]), [0, 2, 1, 3]);
  };
  const [q, k, v] = [split("q"), split("k"), split("v")];
  const scores = g.div(g.matMul(q, g.transpose(k, [0, 1, 3, 2])), g.scalar(Math.sqrt(D / heads)));
  const masked = g.apply("Where", [real, scores, g.scalar(-1e9)], {});
  const mixed = g.matMul(g.apply("Softmax", [masked], { axis: 3 }), v);
  const joined = g.reshape(g.transpose(mixed, [0, 2, 1, 3]), [B * L, D]);
  return linear(g, joined, { weight: input("out.weight", [D, D]), bias: input("out.bias", [D]) });
}

/**
 * A transformer encoder block with a classifier, built from the op table alone: attention with a mask, layer norms,
 * GELU, masked mean, cross-entropy. Shows that the table suffices.
 */
export function transformerGraph() {
  const g = createGraphBuilder();
  const parameters: string[] = [];
  const input = (name: string, shape: number[]): ValueInfo => {
    parameters.push(name);
    return g.input(name, "float", shape);
  };
  const norm = (name: string): ValueInfo[] => [input(`${name}.scale`, [D]), input(`${name}.shift`, [D])];
  const embedding = g.input("embedding", "float", [B, L, D]);
  const mask = g.input("mask", "float", [B, L]);
  const real = g.apply("Greater", [g.reshape(mask, [B, 1, 1, L]), g.scalar(0)], {});
  const x = g.reshape(embedding, [B * L, D]);
  const attended = layerNorm(g, g.add(x, attention(g, x, real, input)), norm("norm1"));
  const inner = linear(g, attended, { weight: input("up.weight", [width, D]), bias: input("up.bias", [width]) });
  const outer = linear(g, gelu(g, inner), { weight: input("down.weight", [D, width]), bias: input("down.bias", [D]) });
  const encoded = g.reshape(layerNorm(g, g.add(attended, outer), norm("norm2")), [B, L, D]);
  const column = g.reshape(mask, [B, L, 1]);
  const pooled = g.div(g.sum(g.mul(encoded, column), [1]), g.sum(column, [1]));
  const logits = linear(g, pooled, {
    weight: input("linear.weight", [classes, D]),
    bias: input("linear.bias", [classes]),
  });
  const target = g.constant("float", [B, classes], [0, 1, 0, 0.2, 0.1, 0.7]);
  const loss = softmaxCrossEntropy(g, logits, { target, weight: g.constant("float", [B], [0.5, 0.5]), name: "loss" });
  return { graph: g.build([logits, loss]), loss: loss.name, wrt: ["embedding", ...parameters] };
}

/** Normal feeds, and a mask with two padded positions. */
export function transformerFeeds(seed: number): Record<string, Tensor> {
  const random = createRandom(seed);
  const { graph } = transformerGraph();
  const feeds = graph.inputs.map(({ name, shape }) => {
    const data = Float64Array.from({ length: sizeOf(shape) }, () => 0.5 * random.nextNormal());
    return [name, tensor("float64", shape, data)] as const;
  });
  return { ...Object.fromEntries(feeds), mask: tensor("float64", [B, L], Float64Array.of(1, 1, 1, 1, 1, 1, 0, 0)) };
}
