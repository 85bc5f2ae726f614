import type { Head, ParameterSpec } from "@thawline/core";
import { type Activation, activate, activations } from "../layers/activation.ts";
import { dropout } from "../layers/dropout.ts";
import { uniform } from "../layers/initialize.ts";
import { linear } from "../layers/linear.ts";
import { unitLength } from "../layers/unit-length.ts";
import { readOptions } from "../options.ts";
import { classifier } from "./classifier.ts";

/** Options of the multilayer perceptron. */
export interface MlpHeadOptions {
  /** D, length of an embedding. */
  readonly dimension: number;
  /** C, number of classes. */
  readonly classes: number;
  /** H, width of the hidden layer; default 128. */
  readonly hidden?: number;
  /** Default `relu`. */
  readonly activation?: Activation;
  /** Rate in [0, 1) at which hidden units are dropped in training; default 0. */
  readonly dropout?: number;
  /** Scale the mean vector to length 1 first, as Model2Vec models do whose config says so; default false. */
  readonly normalize?: boolean;
}

/**
 * One hidden layer on the mean embedding (a deep averaging network of depth one): `hidden.weight` [H, D] and
 * `hidden.bias` [H] in group `head.hidden`, starting uniformly in ±1/√D; `linear.weight` [C, H] and `linear.bias` [C]
 * in group `head.output`, starting at 0. Dropout mask: `dropout.hidden` [B, H].
 * @throws PolicyError INVALID_CONFIG
 * @remarks Iyyer et al., "Deep unordered composition rivals syntactic methods for text classification" (ACL 2015).
 */
export function mlpHead(options: MlpHeadOptions): Head {
  const read = readOptions("mlp", { ...options }, [
    "dimension",
    "classes",
    "hidden",
    "activation",
    "dropout",
    "normalize",
  ]);
  const dimension = read.count("dimension");
  const hidden = read.count("hidden", 128);
  const activation = read.choice("activation", activations, "relu");
  const rate = read.rate("dropout");
  const normalize = read.flag("normalize");
  const initialize = uniform(dimension);
  const group = "head.hidden";
  const parameters: readonly ParameterSpec[] = [
    { name: "hidden.weight", shape: [hidden, dimension], group, decay: true, initialize },
    { name: "hidden.bias", shape: [hidden], group, decay: false, initialize },
  ];
  return classifier({
    type: "mlp",
    form: "pooled",
    options: { hidden, activation, dropout: rate, ...(normalize ? { normalize } : {}) },
    dimension,
    classes: read.count("classes"),
    features: hidden,
    parameters,
    featuresOf: (g, pooled, { training, parameter }) => {
      const [weight, bias] = [parameter("hidden.weight"), parameter("hidden.bias")];
      const units = activate(g, linear(g, normalize ? unitLength(g, pooled) : pooled, { weight, bias }), activation);
      return dropout(g, units, { name: "dropout.hidden", rate: training ? rate : 0 });
    },
  });
}
