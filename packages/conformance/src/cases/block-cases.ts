import { createGraphBuilder } from "@thawline/core";
import { createHead } from "@thawline/heads";
import type { FeedData, GraphCase } from "../case.ts";
import { transformerBlock } from "../graphs/transformer-block.ts";

/** A transformer block, forward and every gradient. */
export function transformerCases(): GraphCase[] {
  const shape = { examples: 2, positions: 4, dimension: 6, heads: 2, feedForward: 8 };
  const { graph, wrt } = transformerBlock(shape);
  const feeds = Object.fromEntries(
    graph.inputs.map((input, i): [string, FeedData] => [
      input.name,
      input.name === "mask" ? { data: [1, 1, 1, 1, 1, 1, 0, 0] } : { seed: 200 + i, low: -0.7, high: 0.7 },
    ]),
  );
  return [{ kind: "graph", family: "transformer", id: "transformer/block", graph, feeds, loss: "loss", wrt }];
}

function productCase(): GraphCase {
  const g = createGraphBuilder();
  const a = g.input("a", "float", [128, 96]);
  const b = g.input("b", "float", [160, 96]);
  const y = g.matMul(a, g.transpose(b, [1, 0]));
  const probe = g.input("probe", "float", [128, 160]);
  const loss = g.sum(g.mul(probe, y), [0, 1], false, "loss");
  return {
    kind: "graph",
    family: "large",
    id: "large/matrix-product",
    graph: g.build([y]),
    feeds: {
      a: { seed: 301, low: -1, high: 1 },
      b: { seed: 302, low: -1, high: 1 },
      probe: { seed: 303, low: -1, high: 1 },
    },
    loss: loss.name,
    wrt: ["a", "b"],
  };
}

function headAtTrainingSize(
  name: string,
  config: Readonly<Record<string, unknown>> & { type: string },
  L: number,
): GraphCase {
  const examples = 64;
  const head = createHead(config);
  const built = head.build({ examples, positions: L }, "train");
  const feedOf = (input: { name: string; shape: readonly number[] }, i: number): FeedData => {
    const [rows = 1, columns = 1] = input.shape;
    if (input.name === "weight") return { data: new Array(rows).fill(1 / examples) };
    if (input.name === "target") {
      return {
        data: Array.from({ length: rows * columns }, (_, k) =>
          k % columns === Math.floor(k / columns) % columns ? 1 : 0,
        ),
      };
    }
    if (input.name === "mask") {
      return {
        data: Array.from({ length: rows * columns }, (_, k) =>
          k % columns < 1 + ((Math.floor(k / columns) * 5) % columns) ? 1 : 0,
        ),
      };
    }
    return { seed: 310 + i, low: -0.4, high: 0.4 };
  };
  const feeds = Object.fromEntries(built.graph.inputs.map((input, i) => [input.name, feedOf(input, i)]));
  const wrt = [...head.embeddings.map((input) => input.input), ...head.parameters.map((spec) => spec.name)];
  return { kind: "graph", family: "large", id: `large/${name}`, graph: built.graph, feeds, loss: built.loss!, wrt };
}

/** Sizes at which threads share the work and races would show. */
export const largeCases = (): GraphCase[] => [
  productCase(),
  headAtTrainingSize("linear", { type: "linear", dimension: 300, classes: 77 }, 0),
  headAtTrainingSize("cnn", { type: "cnn", dimension: 32, classes: 5, widths: [3, 4], maps: 24, dropout: 0 }, 24),
  headAtTrainingSize("attention", { type: "attention", dimension: 64, classes: 5, hidden: 32 }, 24),
];
