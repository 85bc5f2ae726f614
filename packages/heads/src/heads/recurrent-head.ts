import type { Head, ParameterSpec } from "@thawline/core";
import { dropout } from "../layers/dropout.ts";
import { uniform } from "../layers/initialize.ts";
import { type CellType, gatesOf, recurrentState } from "../layers/recurrent.ts";
import { readOptions } from "../options.ts";
import { classifier } from "./classifier.ts";

/** Options of the recurrent heads. */
export interface RecurrentHeadOptions {
  /** D, length of an embedding. */
  readonly dimension: number;
  /** C, number of classes. */
  readonly classes: number;
  /** H, width of the state of each direction; default 64. */
  readonly hidden?: number;
  /** Also from the last token to the first; the features are then both final states. Default false. */
  readonly bidirectional?: boolean;
  /** Rate in [0, 1) at which features are dropped in training; default 0. */
  readonly dropout?: number;
}

/**
 * A GRU or LSTM over the tokens, its final state the features: parameters `rnn.weight_ih_l0` [G·H, D], `rnn.weight_hh_l0`
 * [G·H, H], `rnn.bias_ih_l0`, `rnn.bias_hh_l0` [G·H] (and `…_reverse`) in group `head.recurrent`, named and stacked as
 * PyTorch's `nn.GRU` (r, z, n) and `nn.LSTM` (i, f, g, o) do, starting uniformly in ±1/√H; `linear.weight` and
 * `linear.bias` in group `head.output`, starting at 0. Dropout mask: `dropout.features`. The graph has one step a position,
 * so keep texts short. An example without tokens has features 0.
 * @throws PolicyError INVALID_CONFIG
 */
function recurrentHead(type: CellType, options: RecurrentHeadOptions): Head {
  const read = readOptions(type, { ...options }, ["dimension", "classes", "hidden", "bidirectional", "dropout"]);
  const dimension = read.count("dimension");
  const hidden = read.count("hidden", 64);
  const bidirectional = read.flag("bidirectional");
  const rate = read.rate("dropout");
  const stacked = gatesOf[type] * hidden;
  const directions = bidirectional ? ["", "_reverse"] : [""];
  const common = { group: "head.recurrent", initialize: uniform(hidden) };
  const parameters = directions.flatMap((suffix): ParameterSpec[] => [
    { name: `rnn.weight_ih_l0${suffix}`, shape: [stacked, dimension], decay: true, ...common },
    { name: `rnn.weight_hh_l0${suffix}`, shape: [stacked, hidden], decay: true, ...common },
    { name: `rnn.bias_ih_l0${suffix}`, shape: [stacked], decay: false, ...common },
    { name: `rnn.bias_hh_l0${suffix}`, shape: [stacked], decay: false, ...common },
  ]);
  return classifier({
    type,
    form: "positions",
    options: { hidden, bidirectional, dropout: rate },
    dimension,
    classes: read.count("classes"),
    features: hidden * directions.length,
    parameters,
    featuresOf: (g, embeddings, { training, parameter, mask }) => {
      const states = directions.map((suffix) =>
        recurrentState(g, embeddings, {
          type,
          weights: {
            input: parameter(`rnn.weight_ih_l0${suffix}`),
            hidden: parameter(`rnn.weight_hh_l0${suffix}`),
            inputBias: parameter(`rnn.bias_ih_l0${suffix}`),
            hiddenBias: parameter(`rnn.bias_hh_l0${suffix}`),
          },
          mask: mask(),
          reversed: suffix !== "",
        }),
      );
      const features = states.length === 1 ? states[0]! : g.apply("Concat", states, { axis: 1 });
      return dropout(g, features, { name: "dropout.features", rate: training ? rate : 0 });
    },
  });
}

/** A GRU over the tokens; see `RecurrentHeadOptions`. @throws PolicyError INVALID_CONFIG */
export const gruHead = (options: RecurrentHeadOptions): Head => recurrentHead("gru", options);

/** An LSTM over the tokens; see `RecurrentHeadOptions`. @throws PolicyError INVALID_CONFIG */
export const lstmHead = (options: RecurrentHeadOptions): Head => recurrentHead("lstm", options);
