import { createGraphBuilder } from "@thawline/core";
import { createHead, softmaxCrossEntropy } from "@thawline/heads";
import type { FeedData, GraphCase } from "../case.ts";

type HeadConfig = Readonly<Record<string, unknown>> & { readonly type: string };

/** Numbers of a batch: 1 at the tokens of each example, which come first, 0 at padding. */
const maskOf = (lengths: readonly number[], positions: number): number[] =>
  lengths.flatMap((length) => Array.from({ length: positions }, (_, l) => (l < length ? 1 : 0)));

/** A dropout mask at rate ½: 0 or 2. */
const dropoutMask = (size: number): number[] => Array.from({ length: size }, (_, i) => ((i * 5) % 7 < 3 ? 0 : 2));

/** One-hot targets of labels 0, 1, … in turn. */
const targets = (examples: number, classes: number): number[] =>
  Array.from({ length: examples * classes }, (_, i) => (i % classes === Math.floor(i / classes) % classes ? 1 : 0));

/** Lengths of the examples of a batch, an empty and a full one among them. */
const lengths = [6, 3, 1, 0, 5];

function feedOf(name: string, shape: readonly number[], seed: number): FeedData {
  const size = shape.reduce((a, b) => a * b, 1);
  if (name === "target") return { data: targets(shape[0]!, shape[1]!) };
  if (name === "weight") return { data: new Array(size).fill(Math.fround(1 / size)) };
  if (name === "mask") return { data: maskOf(lengths.slice(0, shape[0]), shape[1]!) };
  if (name.startsWith("dropout.")) return { data: dropoutMask(size) };
  return { seed, low: -0.8, high: 0.8 };
}

/** Loss, logits and every gradient of a head, on a batch of 5 examples (of 6 positions). */
export function headCase(name: string, config: HeadConfig, family: GraphCase["family"] = "head"): GraphCase {
  const head = createHead(config);
  const built = head.build({ examples: lengths.length, positions: 6 }, "train");
  const feeds = Object.fromEntries(
    built.graph.inputs.map((input, i) => [input.name, feedOf(input.name, input.shape, 100 + i)]),
  );
  const wrt = [...head.embeddings.map((input) => input.input), ...head.parameters.map((spec) => spec.name)];
  return { kind: "graph", family, id: `${family}/${name}`, graph: built.graph, feeds, loss: built.loss!, wrt };
}

/** Every head, with and without dropout. */
export const headCases = (): GraphCase[] => [
  headCase("linear/plain", { type: "linear", dimension: 4, classes: 3 }),
  headCase("linear/two-classes", { type: "linear", dimension: 7, classes: 2 }),
  headCase("linear/dropout", { type: "linear", dimension: 4, classes: 3, dropout: 0.5 }),
  headCase("mlp/relu", { type: "mlp", dimension: 4, classes: 3, hidden: 6, activation: "relu" }),
  headCase("mlp/tanh", { type: "mlp", dimension: 4, classes: 3, hidden: 6, activation: "tanh" }),
  headCase("mlp/gelu", { type: "mlp", dimension: 4, classes: 3, hidden: 6, activation: "gelu" }),
  headCase("mlp/dropout", { type: "mlp", dimension: 4, classes: 3, hidden: 6, dropout: 0.5 }),
  headCase("cnn/valid", { type: "cnn", dimension: 4, classes: 3, widths: [2, 3], maps: 5, pool: "valid", dropout: 0 }),
  headCase("cnn/all", { type: "cnn", dimension: 4, classes: 3, widths: [2, 3], maps: 5, pool: "all", dropout: 0 }),
  headCase("cnn/dropout", { type: "cnn", dimension: 4, classes: 3, widths: [1, 4], maps: 4, dropout: 0.5 }),
  headCase("cnn/wider-than-batch", { type: "cnn", dimension: 3, classes: 2, widths: [7], maps: 3, dropout: 0 }),
  headCase("attention/plain", { type: "attention", dimension: 4, classes: 3, hidden: 5 }),
  headCase("gru/plain", { type: "gru", dimension: 4, classes: 3, hidden: 5 }),
  headCase("gru/bidirectional", { type: "gru", dimension: 3, classes: 2, hidden: 4, bidirectional: true }),
  headCase("lstm/plain", { type: "lstm", dimension: 4, classes: 3, hidden: 5 }),
  headCase("lstm/bidirectional", { type: "lstm", dimension: 3, classes: 2, hidden: 4, bidirectional: true }),
  headCase("transformer/post-norm", { type: "transformer", dimension: 4, classes: 3, heads: 2, feedForward: 6 }),
  headCase("transformer/pre-norm-gelu", {
    type: "transformer",
    dimension: 4,
    classes: 2,
    heads: 2,
    feedForward: 6,
    activation: "gelu",
    normFirst: true,
  }),
  headCase("transformer/two-layers", { type: "transformer", dimension: 4, classes: 3, layers: 2, feedForward: 5 }),
  headCase("attention/dropout", { type: "attention", dimension: 4, classes: 3, hidden: 5, dropout: 0.5 }),
];

/** Softmax cross-entropy alone, on logits that are fed. */
function lossCase(
  name: string,
  shape: readonly [number, number],
  feeds: { readonly logits: FeedData; readonly target: readonly number[]; readonly weight: readonly number[] },
): GraphCase {
  const g = createGraphBuilder();
  const logits = g.input("logits", "float", shape);
  const target = g.input("target", "float", shape);
  const weight = g.input("weight", "float", [shape[0]]);
  const loss = softmaxCrossEntropy(g, logits, { target, weight, name: "loss" });
  return {
    kind: "graph",
    family: "loss",
    id: `loss/softmax-cross-entropy/${name}`,
    graph: g.build([loss]),
    feeds: { logits: feeds.logits, target: { data: feeds.target }, weight: { data: feeds.weight } },
    loss: "loss",
    wrt: ["logits"],
  };
}

const random: FeedData = { seed: 71, low: -3, high: 3 };

/** The loss with hard, soft, weighted and padded targets. */
export const lossCases = (): GraphCase[] => [
  lossCase("hard", [4, 3], { logits: random, target: targets(4, 3), weight: new Array(4).fill(0.25) }),
  lossCase("two-classes", [3, 2], {
    logits: random,
    target: targets(3, 2),
    weight: new Array(3).fill(Math.fround(1 / 3)),
  }),
  lossCase("smoothed", [2, 4], {
    logits: random,
    target: [0.925, 0.025, 0.025, 0.025, 0.025, 0.025, 0.925, 0.025].map(Math.fround),
    weight: [0.5, 0.5],
  }),
  lossCase("class-weights", [3, 3], {
    logits: random,
    target: [2, 0, 0, 0, 0.5, 0, 0, 0, 1],
    weight: new Array(3).fill(Math.fround(1 / 3.5)),
  }),
  lossCase("padded-batch", [4, 3], {
    logits: random,
    target: [...targets(2, 3), 0, 0, 0, 0, 0, 0],
    weight: [0.5, 0.5, 0, 0],
  }),
  lossCase("one-example", [1, 5], { logits: random, target: targets(1, 5), weight: [1] }),
  lossCase("large-logits", [2, 3], {
    logits: { data: [500, -500, 20, -300, 300, 299] },
    target: targets(2, 3),
    weight: [0.5, 0.5],
  }),
  lossCase("saturated-and-wrong", [2, 3], {
    logits: { data: [-90, 90, 0, 60, -60, 0] },
    target: targets(2, 3),
    weight: [0.5, 0.5],
  }),
];
