import {
  type BatchShape,
  createGraphBuilder,
  type GraphBuilder,
  type Head,
  type HeadGraph,
  type InputLayer,
  type ParameterSpec,
  type ValueInfo,
  type ValueName,
} from "@thawline/core";
import type { Dropped } from "../layers/dropout.ts";
import { zeros } from "../layers/initialize.ts";
import { linear } from "../layers/linear.ts";
import { softmaxCrossEntropy } from "../layers/softmax-cross-entropy.ts";

/** What differs between classifiers. */
export interface Classifier {
  readonly type: string;
  /** How the embeddings come in: one mean vector an example, or one vector a position. */
  readonly form: "pooled" | "positions";
  readonly options: Readonly<Record<string, unknown>>;
  readonly dimension: number;
  readonly classes: number;
  /** H, width of the features that the output layer reads. */
  readonly features: number;
  /** Only where it is pooled: the linear layer that alone reads the mean vector. */
  readonly inputLayer?: InputLayer;
  /** Parameters other than `linear.weight` and `linear.bias`. */
  readonly parameters: readonly ParameterSpec[];
  /** From the embeddings, [B, D] pooled or [B, L, D] by position, to the features [B, H]. */
  featuresOf(g: GraphBuilder, embeddings: ValueInfo, context: FeatureContext): Dropped;
}

/** What a classifier's features may read besides the embeddings. */
export interface FeatureContext {
  readonly training: boolean;
  /** [B, L], 1 at a token and 0 at padding. Only by position. @throws Error where the form is pooled */
  mask(): ValueInfo;
  parameter(name: ValueName): ValueInfo;
}

const outputParameters = (classes: number, features: number): readonly ParameterSpec[] => [
  {
    name: "linear.weight",
    shape: [classes, features],
    group: "head.output",
    decay: true,
    initialize: zeros,
    output: true,
  },
  { name: "linear.bias", shape: [classes], group: "head.output", decay: false, initialize: zeros },
];

/**
 * A head on an example's embeddings: input `embedding`, [B, D] (their mean) or [B, L, D] with `mask` [B, L], features, an
 * output layer `linear.weight` [C, H], `linear.bias` [C] that starts at zero, softmax cross-entropy.
 */
export function classifier(spec: Classifier): Head {
  const { type, form, options, dimension, classes, features } = spec;
  const isPooled = form === "pooled";
  const parameters = [...spec.parameters, ...outputParameters(classes, features)];
  return {
    type,
    options: { dimension, classes, ...options },
    dimension,
    classes,
    embeddings: [isPooled ? { input: "embedding", form } : { input: "embedding", form, mask: "mask" }],
    parameters,
    ...(spec.inputLayer === undefined ? {} : { inputLayer: spec.inputLayer }),
    build: ({ examples, positions }: BatchShape, mode): HeadGraph => {
      const g = createGraphBuilder();
      const shape = isPooled ? [examples, dimension] : [examples, positions, dimension];
      const embeddings = g.input("embedding", "float", shape);
      const tokens = isPooled ? undefined : g.input("mask", "float", [examples, positions]);
      const inputs = new Map(parameters.map(({ name, shape }) => [name, g.input(name, "float", shape)]));
      const parameter = (name: ValueName): ValueInfo => inputs.get(name)!;
      const mask = (): ValueInfo => {
        if (tokens === undefined) throw new Error("a pooled head has no mask");
        return tokens;
      };
      const { value, masks } = spec.featuresOf(g, embeddings, { training: mode === "train", mask, parameter });
      const [weight, bias] = [parameter("linear.weight"), parameter("linear.bias")];
      const logits = linear(g, value, { weight, bias, name: "logits" });
      if (mode === "predict") return { graph: g.build([logits]), logits: logits.name, dropout: [] };
      const loss = softmaxCrossEntropy(g, logits, {
        target: g.input("target", "float", [examples, classes]),
        weight: g.input("weight", "float", [examples]),
        name: "loss",
      });
      return { graph: g.build([logits, loss]), logits: logits.name, loss: loss.name, dropout: masks };
    },
  };
}
