import type { Head, ParameterSpec } from "@thawline/core";
import { attentionPool } from "../layers/attention-pool.ts";
import { dropout } from "../layers/dropout.ts";
import { uniform } from "../layers/initialize.ts";
import { readOptions } from "../options.ts";
import { classifier } from "./classifier.ts";

/** Options of the attention-pooling head. */
export interface AttentionHeadOptions {
  /** D, length of an embedding. */
  readonly dimension: number;
  /** C, number of classes. */
  readonly classes: number;
  /** H, width of the attention; default 64. */
  readonly hidden?: number;
  /** Rate in [0, 1) at which components of the pooled vector are dropped in training; default 0. */
  readonly dropout?: number;
}

/**
 * Word attention: the embeddings' mean weighted by softmax(contextᵀ tanh(W e + b)) over the tokens. Parameters `proj.weight`
 * [H, D], `proj.bias` [H] and `context` [H] in group `head.attention`, starting uniformly in ±1/√D and ±1/√H;
 * `linear.weight` [C, D] and `linear.bias` [C] in group `head.output`, starting at 0. Dropout mask: `dropout.features`
 * [B, D]. An example without tokens is pooled to 0.
 * @throws PolicyError INVALID_CONFIG
 * @remarks Yang et al. 2016, "Hierarchical attention networks for document classification", equations 5 to 7, without the
 * recurrent encoder.
 */
export function attentionHead(options: AttentionHeadOptions): Head {
  const read = readOptions("attention", { ...options }, ["dimension", "classes", "hidden", "dropout"]);
  const dimension = read.count("dimension");
  const hidden = read.count("hidden", 64);
  const rate = read.rate("dropout");
  const group = "head.attention";
  const parameters: readonly ParameterSpec[] = [
    { name: "proj.weight", shape: [hidden, dimension], group, decay: true, initialize: uniform(dimension) },
    { name: "proj.bias", shape: [hidden], group, decay: false, initialize: uniform(dimension) },
    { name: "context", shape: [hidden], group, decay: true, initialize: uniform(hidden) },
  ];
  return classifier({
    type: "attention",
    form: "positions",
    options: { hidden, dropout: rate },
    dimension,
    classes: read.count("classes"),
    features: dimension,
    parameters,
    featuresOf: (g, embeddings, { training, parameter, mask }) => {
      const pooled = attentionPool(g, embeddings, {
        weight: parameter("proj.weight"),
        bias: parameter("proj.bias"),
        context: parameter("context"),
        mask: mask(),
      });
      return dropout(g, pooled, { name: "dropout.features", rate: training ? rate : 0 });
    },
  });
}
