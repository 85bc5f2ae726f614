import { createGraphBuilder } from "../src/graph/builder.ts";
import type { ValueInfo } from "../src/graph/graph.ts";
import type { Head, HeadGraph } from "../src/train/head.ts";

/** Sizes and extras of the head for tests. */
export interface TestHeadOptions {
  /** D; default 3. */
  readonly dimension?: number;
  /** C; default 2. */
  readonly classes?: number;
  /** Default `pooled`. */
  readonly form?: "pooled" | "positions";
  /** Rate of a dropout mask on the pooled vector; default none. */
  readonly dropout?: number;
  /** Group of the bias; default `head.output`, the weight's. */
  readonly biasGroup?: string;
}

/** Mean, linear, softmax cross-entropy: the head that `closedFormBackend` knows. */
export function testHead(options: TestHeadOptions = {}): Head {
  const { dimension = 3, classes = 2, form = "pooled", dropout = 0, biasGroup = "head.output" } = options;
  return {
    type: "test",
    options: { ...options },
    dimension,
    classes,
    embeddings: [form === "pooled" ? { input: "embedding", form } : { input: "embedding", form, mask: "mask" }],
    parameters: [
      {
        name: "linear.weight",
        shape: [classes, dimension],
        group: "head.output",
        decay: true,
        output: true,
        initialize: (values, random) => {
          for (let i = 0; i < values.length; i++) values[i] = random.nextNormal();
        },
      },
      {
        name: "linear.bias",
        shape: [classes],
        group: biasGroup,
        decay: false,
        initialize: (values) => {
          values.fill(0);
        },
      },
    ],
    build({ examples, positions }, mode): HeadGraph {
      const g = createGraphBuilder();
      let x: ValueInfo;
      if (form === "pooled") x = g.input("embedding", "float", [examples, dimension]);
      else {
        const vectors = g.input("embedding", "float", [examples, positions, dimension]);
        const mask = g.input("mask", "float", [examples, positions]);
        const real = g.sum(mask, [1], true);
        const masked = g.mul(vectors, g.reshape(mask, [examples, positions, 1]));
        const empty = g.apply("Cast", [g.apply("Equal", [real, g.scalar(0)], {})], { to: "float" });
        x = g.div(g.sum(masked, [1]), g.add(real, empty));
      }
      const dropsOut = dropout > 0 && mode === "train";
      if (dropsOut) x = g.mul(x, g.input("dropout.mask", "float", [examples, dimension]));
      const weight = g.input("linear.weight", "float", [classes, dimension]);
      const bias = g.input("linear.bias", "float", [classes]);
      const logits = g.add(g.matMul(x, g.transpose(weight, [1, 0])), bias, "logits");
      if (mode === "predict") return { graph: g.build([logits]), logits: "logits", dropout: [] };
      const target = g.input("target", "float", [examples, classes]);
      const share = g.input("weight", "float", [examples]);
      const each = g.sum(g.mul(target, g.apply("LogSoftmax", [logits], { axis: 1 })), [1]);
      const loss = g.apply("Neg", [g.sum(g.mul(each, share), [0])], {}, "loss");
      return {
        graph: g.build([logits, loss]),
        logits: "logits",
        loss: "loss",
        dropout: dropsOut ? [{ input: "dropout.mask", shape: [examples, dimension], rate: dropout }] : [],
      };
    },
  };
}
