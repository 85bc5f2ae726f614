import type { GraphBuilder, Head, ParameterSpec, ValueInfo } from "@thawline/core";
import { dropout } from "../layers/dropout.ts";
import { uniform } from "../layers/initialize.ts";
import { type Pooling, poolings, windowMaxima } from "../layers/window-maxima.ts";
import { readOptions } from "../options.ts";
import { classifier } from "./classifier.ts";

/** Options of the convolutional head. */
export interface CnnHeadOptions {
  /** D, length of an embedding. */
  readonly dimension: number;
  /** C, number of classes. */
  readonly classes: number;
  /** Window widths in tokens; default 3, 4, 5. */
  readonly widths?: readonly number[];
  /** Feature maps a width; default 100. */
  readonly maps?: number;
  /** Which windows the maximum is over: those inside the example (`valid`, default), or all of the padded batch. */
  readonly pool?: Pooling;
  /** Rate in [0, 1) at which features are dropped in training; default 0.5. */
  readonly dropout?: number;
}

/**
 * Kim's convolutional network: for each width a convolution over positions, relu, the maximum over time; the maxima of all
 * widths, in order, are the features. Parameters `convs.i.weight` [maps, D, width] and `convs.i.bias` [maps] in group
 * `head.convolution`, starting uniformly in ±1/√(D · width); `linear.weight` [C, H] and `linear.bias` [C] in group
 * `head.output`, starting at 0, with H = maps · widths. Dropout mask: `dropout.features` [B, H]. An example that has no
 * window of a width gets features 0 there.
 * @throws PolicyError INVALID_CONFIG
 * @remarks Kim 2014, "Convolutional neural networks for sentence classification", https://arxiv.org/abs/1408.5882. Train it
 * with `maxNorm: 3` for the paper's constraint on output weights.
 */
export function cnnHead(options: CnnHeadOptions): Head {
  const read = readOptions("cnn", { ...options }, ["dimension", "classes", "widths", "maps", "pool", "dropout"]);
  const dimension = read.count("dimension");
  const widths = read.counts("widths", [3, 4, 5]);
  const maps = read.count("maps", 100);
  const pool = read.choice("pool", poolings, "valid");
  const rate = read.rate("dropout", 0.5);
  const group = "head.convolution";
  const parameters = widths.flatMap((width, i): ParameterSpec[] => {
    const initialize = uniform(dimension * width);
    return [
      { name: `convs.${i}.weight`, shape: [maps, dimension, width], group, decay: true, initialize },
      { name: `convs.${i}.bias`, shape: [maps], group, decay: false, initialize },
    ];
  });
  const featuresOf = (
    g: GraphBuilder,
    embeddings: ValueInfo,
    parameter: (name: string) => ValueInfo,
    mask: ValueInfo,
  ) => {
    const maxima = widths.map((_, i) => {
      const [weight, bias] = [parameter(`convs.${i}.weight`), parameter(`convs.${i}.bias`)];
      return windowMaxima(g, embeddings, { weight, bias, mask, pool });
    });
    return g.apply("Concat", maxima, { axis: 1 });
  };
  return classifier({
    type: "cnn",
    form: "positions",
    options: { widths, maps, pool, dropout: rate },
    dimension,
    classes: read.count("classes"),
    features: maps * widths.length,
    parameters,
    featuresOf: (g, embeddings, { training, parameter, mask }) =>
      dropout(g, featuresOf(g, embeddings, parameter, mask()), {
        name: "dropout.features",
        rate: training ? rate : 0,
      }),
  });
}
