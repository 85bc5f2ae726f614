import { createRandom, type Graph, shuffle, sizeOf, type Tensor, type TensorMap, tensor } from "@thawline/core";
import { createHead, type HeadConfig } from "@thawline/heads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradientsOf } from "./directional.ts";

const seed = 20261129;
const configs: readonly HeadConfig[] = [
  { type: "linear", dimension: 4, classes: 3 },
  { type: "mlp", dimension: 4, classes: 3, hidden: 5, activation: "gelu", dropout: 0.5 },
];
const perExample = new Set(["embedding", "target", "weight", "dropout.hidden", "dropout.embedding"]);

/** Positive random feeds: no two examples alike. */
function feedsFor(graph: Graph, from: number): Record<string, Tensor> {
  const random = createRandom(from);
  const values = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.nextFloat() + 0.1);
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [name, tensor("float64", shape, values(sizeOf(shape)))]),
  );
}

/** The examples `rows` of everything that has one row an example; the rest as it is. */
function pick(feeds: TensorMap, rows: ArrayLike<number>): Record<string, Tensor> {
  const entries = Object.entries(feeds).map(([name, value]): [string, Tensor] => {
    if (!perExample.has(name)) return [name, value];
    const width = sizeOf(value.shape.slice(1));
    const picked = Array.from(rows, (row) => [...value.data.subarray(row * width, (row + 1) * width)]).flat();
    return [name, tensor("float64", [rows.length, ...value.shape.slice(1)], Float64Array.from(picked))];
  });
  return Object.fromEntries(entries);
}

const closeTo = (actual: ArrayLike<number>, expected: ArrayLike<number>): void => {
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(1e-13 * (1 + Math.abs(expected[i])));
  }
};

describe.each(configs.map((config) => [config.type, config] as const))("batches of the %s head", (_, config) => {
  const head = createHead(config);
  const parameters = head.parameters.map(({ name }) => name);
  const gradients = (examples: number, feeds: TensorMap): TensorMap => {
    const { graph, loss } = head.build({ examples, positions: 0 }, "train");
    return gradientsOf({ graph, loss: loss!, wrt: ["embedding", ...parameters], feeds });
  };
  const feedsOf = (examples: number, from: number) =>
    feedsFor(head.build({ examples, positions: 0 }, "train").graph, from);
  const sizes = fc.integer({ min: 2, max: 7 });

  it("permuted, permute the gradient of the embeddings and leave that of the parameters", () => {
    const property = fc.property(sizes, fc.nat(1e9), (B, from) => {
      const order = Int32Array.from({ length: B }, (__, i) => i);
      shuffle(order, createRandom(from));
      const feeds = feedsOf(B, from);
      const [whole, permuted] = [gradients(B, feeds), gradients(B, pick(feeds, order))];
      closeTo(permuted.embedding.data, pick({ embedding: whole.embedding }, order).embedding.data);
      for (const name of parameters) closeTo(permuted[name].data, whole[name].data);
    });
    fc.assert(property, { seed, numRuns: 50 });
  });

  it("split in two, have gradients that add up to that of the whole", () => {
    const cases = sizes.chain((B) => fc.tuple(fc.constant(B), fc.integer({ min: 1, max: B - 1 }), fc.nat(1e9)));
    const property = fc.property(cases, ([B, first, from]) => {
      const feeds = feedsOf(B, from);
      const rows = [...Array(B).keys()];
      const whole = gradients(B, feeds);
      const [left, right] = [rows.slice(0, first), rows.slice(first)].map((part) =>
        gradients(part.length, pick(feeds, part)),
      );
      closeTo([...left.embedding.data, ...right.embedding.data], whole.embedding.data);
      for (const name of parameters) {
        closeTo(
          [...left[name].data].map((value, i) => value + right[name].data[i]),
          whole[name].data,
        );
      }
    });
    fc.assert(property, { seed, numRuns: 50 });
  });

  it("padded with examples of weight 0, change no gradient", () => {
    const feeds = feedsOf(4, 9);
    feeds.weight.data[3] = 0;
    const [padded, real] = [gradients(4, feeds), gradients(3, pick(feeds, [0, 1, 2]))];
    for (const name of parameters) closeTo(padded[name].data, real[name].data);
    expect([...padded.embedding.data.subarray(12)]).toEqual([0, 0, 0, 0]);
  });
});
