import { type GraphBuilder, type Head, type ParameterSpec, PolicyError, type ValueInfo } from "@thawline/core";
import { type Activation, activations } from "../layers/activation.ts";
import { dropout } from "../layers/dropout.ts";
import { encoderLayer } from "../layers/encoder-layer.ts";
import { ones, uniform, zeros } from "../layers/initialize.ts";
import { readOptions } from "../options.ts";
import { classifier } from "./classifier.ts";

/** Options of the transformer head. */
export interface TransformerHeadOptions {
  /** D, length of an embedding. */
  readonly dimension: number;
  /** C, number of classes. */
  readonly classes: number;
  /** Encoder layers; default 1. */
  readonly layers?: number;
  /** Attention heads; divides D; default 1. */
  readonly heads?: number;
  /** Width of the feed-forward layer; default 2 D. */
  readonly feedForward?: number;
  /** Of the feed-forward layer; default `relu`. */
  readonly activation?: Activation;
  /** Normalise before attention and feed-forward instead of after; default false. */
  readonly normFirst?: boolean;
  /** ε of layer normalisation; default 1e-5. */
  readonly layerNormEpsilon?: number;
  /** Rate in [0, 1) at which components of the pooled vector are dropped in training; default 0. */
  readonly dropout?: number;
}

/** Sum over tokens of `x` [B · L, D] divided by their number (1 where there is none): [B, D]. */
function maskedMean(g: GraphBuilder, x: ValueInfo, mask: ValueInfo): ValueInfo {
  const [B, L] = mask.shape as [number, number];
  const D = x.shape[1]!;
  const total = g.sum(g.mul(g.reshape(x, [B, L, D]), g.reshape(mask, [B, L, 1])), [1]);
  const count = g.sum(mask, [1], true);
  const isNone = g.apply("Cast", [g.apply("Equal", [count, g.scalar(0)], {})], { to: "float" });
  return g.div(total, g.add(count, isNone));
}

/**
 * Transformer encoder layers over the tokens, without position embeddings, then the mean over tokens. Parameters as
 * PyTorch's `nn.TransformerEncoderLayer` names them, after `block.` (`block.0.`, `block.1.`, … with several layers), in group
 * `head.block` (`head.block.0`, …); `linear.weight` and `linear.bias` in group `head.output`, starting at 0. Matrices start
 * uniformly in ±1/√fan-in, norms at 1 and 0. Dropout mask: `dropout.features` [B, D].
 * @throws PolicyError INVALID_CONFIG
 * @remarks Vaswani et al. 2017, "Attention is all you need".
 */
export function transformerHead(options: TransformerHeadOptions): Head {
  const names = [
    "dimension",
    "classes",
    "layers",
    "heads",
    "feedForward",
    "activation",
    "normFirst",
    "layerNormEpsilon",
    "dropout",
  ];
  const read = readOptions("transformer", { ...options }, names);
  const D = read.count("dimension");
  const layers = read.count("layers", 1);
  const heads = read.count("heads", 1);
  const feedForward = read.count("feedForward", 2 * D);
  const activation = read.choice("activation", activations, "relu");
  const normFirst = read.flag("normFirst");
  const layerNormEpsilon = read.positive("layerNormEpsilon", 1e-5);
  const rate = read.rate("dropout");
  if (D % heads !== 0) {
    throw new PolicyError("INVALID_CONFIG", `head "transformer": heads should divide the dimension ${D}, got ${heads}`);
  }
  const prefixes = layers === 1 ? ["block."] : Array.from({ length: layers }, (_, i) => `block.${i}.`);
  const parameters = prefixes.flatMap((prefix): ParameterSpec[] => {
    const group = `head.${prefix.slice(0, -1)}`;
    const matrix = (name: string, to: number, from: number): ParameterSpec => ({
      name: `${prefix}${name}`,
      shape: [to, from],
      group,
      decay: true,
      initialize: uniform(from),
    });
    const vector = (name: string, length: number, initialize = zeros): ParameterSpec => ({
      name: `${prefix}${name}`,
      shape: [length],
      group,
      decay: false,
      initialize,
    });
    return [
      matrix("self_attn.in_proj_weight", 3 * D, D),
      vector("self_attn.in_proj_bias", 3 * D),
      matrix("self_attn.out_proj.weight", D, D),
      vector("self_attn.out_proj.bias", D),
      matrix("linear1.weight", feedForward, D),
      vector("linear1.bias", feedForward),
      matrix("linear2.weight", D, feedForward),
      vector("linear2.bias", D),
      vector("norm1.weight", D, ones),
      vector("norm1.bias", D),
      vector("norm2.weight", D, ones),
      vector("norm2.bias", D),
    ];
  });
  return classifier({
    type: "transformer",
    form: "positions",
    options: { layers, heads, feedForward, activation, normFirst, layerNormEpsilon, dropout: rate },
    dimension: D,
    classes: read.count("classes"),
    features: D,
    parameters,
    featuresOf: (g, embeddings, { training, parameter, mask }) => {
      const [B, L] = mask().shape as [number, number];
      let x = g.reshape(embeddings, [B * L, D]);
      for (const prefix of prefixes) {
        x = encoderLayer(g, x, mask(), {
          heads,
          activation,
          normFirst,
          layerNormEpsilon,
          parameter: (name) => parameter(`${prefix}${name}`),
        });
      }
      return dropout(g, maskedMean(g, x, mask()), { name: "dropout.features", rate: training ? rate : 0 });
    },
  });
}
