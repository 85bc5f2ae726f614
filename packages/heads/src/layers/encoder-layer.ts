import type { GraphBuilder, ValueInfo } from "@thawline/core";
import { type Activation, activate } from "./activation.ts";
import { layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import { paddingPenalty } from "./padding-penalty.ts";

/** What an encoder layer is made of. */
export interface EncoderLayerOptions {
  /** Heads of the attention; divides D. */
  readonly heads: number;
  readonly activation: Activation;
  /** True: normalise before attention and feed-forward (pre-norm); false: after them, as in the paper. */
  readonly normFirst: boolean;
  readonly layerNormEpsilon: number;
  /** A parameter of the layer by PyTorch's name, such as `self_attn.in_proj_weight`. */
  parameter(name: string): ValueInfo;
}

/** Rows `start` to `end` (exclusive) of a matrix or vector. */
function rows(g: GraphBuilder, x: ValueInfo, start: number, end: number): ValueInfo {
  return g.apply("Slice", [x], {
    starts: x.shape.map((_, axis) => (axis === 0 ? start : 0)),
    ends: x.shape.map((extent, axis) => (axis === 0 ? end : extent)),
  });
}

/** Multi-head self-attention of `x` [B · L, D] with padding keys left out by `mask` [B, L]. */
function selfAttention(g: GraphBuilder, x: ValueInfo, mask: ValueInfo, options: EncoderLayerOptions): ValueInfo {
  const [B, L] = mask.shape as [number, number];
  const D = x.shape[1]!;
  const { heads, parameter } = options;
  const width = D / heads;
  const weights = parameter("self_attn.in_proj_weight");
  const biases = parameter("self_attn.in_proj_bias");
  const project = (part: number): ValueInfo => {
    const weight = rows(g, weights, part * D, (part + 1) * D);
    const bias = rows(g, biases, part * D, (part + 1) * D);
    return g.transpose(g.reshape(linear(g, x, { weight, bias }), [B, L, heads, width]), [0, 2, 1, 3]);
  };
  const [query, key, value] = [project(0), project(1), project(2)];
  const scores = g.mul(g.matMul(query, g.transpose(key, [0, 1, 3, 2])), g.scalar(1 / Math.sqrt(width)));
  const penalty = paddingPenalty(g, g.reshape(mask, [B, 1, 1, L]));
  const attention = g.apply("Softmax", [g.add(scores, penalty)], { axis: 3 });
  const mixed = g.reshape(g.transpose(g.matMul(attention, value), [0, 2, 1, 3]), [B * L, D]);
  return linear(g, mixed, {
    weight: parameter("self_attn.out_proj.weight"),
    bias: parameter("self_attn.out_proj.bias"),
  });
}

/**
 * One transformer encoder layer without dropout: `x` [B · L, D], `mask` [B, L]. Returns [B · L, D]; what it returns at
 * padding is of no meaning.
 * @remarks Vaswani et al. 2017, "Attention is all you need", section 3; parameters as PyTorch's `TransformerEncoderLayer`.
 */
export function encoderLayer(g: GraphBuilder, x: ValueInfo, mask: ValueInfo, options: EncoderLayerOptions): ValueInfo {
  const { parameter, normFirst } = options;
  const norm = (name: string, value: ValueInfo): ValueInfo =>
    layerNorm(g, value, {
      scale: parameter(`${name}.weight`),
      shift: parameter(`${name}.bias`),
      epsilon: options.layerNormEpsilon,
    });
  const layer = (name: string, value: ValueInfo): ValueInfo =>
    linear(g, value, { weight: parameter(`${name}.weight`), bias: parameter(`${name}.bias`) });
  const feedForward = (value: ValueInfo): ValueInfo =>
    layer("linear2", activate(g, layer("linear1", value), options.activation));
  if (normFirst) {
    const attended = g.add(x, selfAttention(g, norm("norm1", x), mask, options));
    return g.add(attended, feedForward(norm("norm2", attended)));
  }
  const attended = norm("norm1", g.add(x, selfAttention(g, x, mask, options)));
  return norm("norm2", g.add(attended, feedForward(attended)));
}
