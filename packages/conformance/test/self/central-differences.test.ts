import { referenceBackend } from "@thawline/backend-reference";
import { createRandom, floatTensor, type TensorMap } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { feedsOf } from "../../src/check/feeds.ts";
import { allCases, type GraphCase } from "../../src/index.ts";

/**
 * What the suite compares with is itself held to something that knows no gradient rule: central differences of the float64
 * forward pass along a random direction, ⟨v, ∇f⟩ = (f(x + hv) − f(x − hv)) / 2h.
 */
const h = 1e-6;

/** At a kink or a tie there is no derivative along every direction; what ours is there, an edge case states. */
const kinks = [
  "edge/max-tie-goes-to-first",
  "edge/max-tie-over-first-axis",
  "edge/max-of-zeros",
  "edge/relu-at-zero",
  "edge/where-both-sides-used",
  "edge/argmax-tie-is-first",
  // A step of 1e-6 is far across the values themselves.
  "edge/tiny-and-huge",
  "gradient/Log/small",
  "gradient/Sqrt/small",
  // The result jumps: a comparison of equals, a whole number that is truncated, a zero that becomes true.
  "gradient/Equal/floats",
  "gradient/Cast/float-to-int32-truncates",
  "gradient/Cast/float-to-bool",
];

const cases = allCases().filter(
  (item): item is GraphCase =>
    item.kind === "graph" && item.loss !== undefined && item.family !== "large" && !kinks.includes(item.id),
);

async function lossAt(item: GraphCase, feeds: TensorMap): Promise<number> {
  const executable = await referenceBackend().compile(item.graph, { fetch: [item.loss!] });
  return (await executable.run(feeds)).outputs[item.loss!]!.data[0]!;
}

describe("the expected gradient equals central differences", () => {
  it.each(cases.map((item) => [item.id, item] as const))("%s", async (_, item) => {
    const feeds = feedsOf(item.graph, item.feeds, true);
    const executable = await referenceBackend().compile(item.graph, { loss: item.loss!, wrt: item.wrt! });
    const { gradients } = await executable.run(feeds);
    const random = createRandom(17);
    let slope = 0;
    let scale = 0;
    const moved = (sign: number, directions: Readonly<Record<string, number[]>>): TensorMap =>
      Object.fromEntries(
        Object.entries(feeds).map(([name, value]) => {
          const direction = directions[name];
          if (direction === undefined) return [name, value];
          return [
            name,
            floatTensor(
              value.shape,
              Float64Array.from(value.data, (x, i) => x + sign * h * direction[i]!),
            ),
          ];
        }),
      );
    const directions: Record<string, number[]> = {};
    for (const name of item.wrt!) {
      directions[name] = Array.from(gradients[name]!.data, () => random.nextNormal());
      gradients[name]!.data.forEach((g, i) => {
        slope += g * directions[name]![i]!;
        scale += Math.abs(g * directions[name]![i]!);
      });
    }
    const difference = (await lossAt(item, moved(1, directions))) - (await lossAt(item, moved(-1, directions)));
    expect(Math.abs(difference / (2 * h) - slope)).toBeLessThan(1e-6 * Math.max(1, scale));
  });
});
