import type { Head } from "@thawline/core";
import { dropout } from "../layers/dropout.ts";
import { unitLength } from "../layers/unit-length.ts";
import { readOptions } from "../options.ts";
import { classifier } from "./classifier.ts";

/** Options of the linear head. */
export interface LinearHeadOptions {
  /** D, length of an embedding. */
  readonly dimension: number;
  /** C, number of classes. */
  readonly classes: number;
  /** Rate in [0, 1) at which components of the pooled vector are dropped in training; default 0. */
  readonly dropout?: number;
  /** Scale the mean vector to length 1 first, as Model2Vec models do whose config says so; default false. */
  readonly normalize?: boolean;
}

/**
 * Linear softmax classifier on the mean embedding (the model of fastText's text classification, without n-grams):
 * parameters `linear.weight` [C, D] and `linear.bias` [C], group `head.output`, both starting at 0.
 * Dropout mask: `dropout.embedding` [B, D].
 * @throws PolicyError INVALID_CONFIG
 * @remarks Joulin et al., "Bag of tricks for efficient text classification" (2017), https://arxiv.org/abs/1607.01759.
 * @example
 * const head = linearHead({ dimension: 100, classes: 2 });
 * const { graph, loss, logits } = head.build({ examples: 32, positions: 0 }, "train");
 */
export function linearHead(options: LinearHeadOptions): Head {
  const read = readOptions("linear", { ...options }, ["dimension", "classes", "dropout", "normalize"]);
  const dimension = read.count("dimension");
  const rate = read.rate("dropout");
  const normalize = read.flag("normalize");
  return classifier({
    type: "linear",
    form: "pooled",
    // The statistics of the mean are not those of the mean scaled to length 1.
    ...(normalize ? {} : { inputLayer: { weight: "linear.weight", bias: "linear.bias" } }),
    options: { dropout: rate, ...(normalize ? { normalize } : {}) },
    dimension,
    classes: read.count("classes"),
    features: dimension,
    parameters: [],
    featuresOf: (g, pooled, { training }) =>
      dropout(g, normalize ? unitLength(g, pooled) : pooled, { name: "dropout.embedding", rate: training ? rate : 0 }),
  });
}
