import {
  type BatchShape,
  createGraphBuilder,
  type GraphBuilder,
  type Head,
  type HeadGraph,
  type ParameterSpec,
  type ValueInfo,
  type ValueName,
} from "@thawline/core";
import type { Dropped } from "../layers/dropout.ts";
import { zeros } from "../layers/initialize.ts";
import { linear } from "../layers/linear.ts";
import { softmaxCrossEntropy } from "../layers/softmax-cross-entropy.ts";

/** What differs between classifiers on a pooled vector. */
export interface PooledClassifier {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly dimension: number;
  readonly classes: number;
  /** H, width of the features that the output layer reads. */
  readonly features: number;
  /** Parameters other than `linear.weight` and `linear.bias`. */
  readonly parameters: readonly ParameterSpec[];
  /** From the pooled vector [B, D] to the features [B, H]. */
  featuresOf(g: GraphBuilder, pooled: ValueInfo, context: FeatureContext): Dropped;
}

/** What a classifier's features may read besides the pooled vector. */
export interface FeatureContext {
  readonly training: boolean;
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
 * A head on the mean of an example's embeddings: input `embedding` [B, D], features, an output layer `linear.weight`
 * [C, H], `linear.bias` [C] that starts at zero, softmax cross-entropy.
 */
export function pooledClassifier(spec: PooledClassifier): Head {
  const { type, options, dimension, classes, features } = spec;
  const parameters = [...spec.parameters, ...outputParameters(classes, features)];
  return {
    type,
    options: { dimension, classes, ...options },
    dimension,
    classes,
    embeddings: [{ input: "embedding", form: "pooled" }],
    parameters,
    build: ({ examples }: BatchShape, mode): HeadGraph => {
      const g = createGraphBuilder();
      const pooled = g.input("embedding", "float", [examples, dimension]);
      const inputs = new Map(parameters.map(({ name, shape }) => [name, g.input(name, "float", shape)]));
      const parameter = (name: ValueName): ValueInfo => inputs.get(name)!;
      const { value, masks } = spec.featuresOf(g, pooled, { training: mode === "train", parameter });
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
