import {
  createRandom,
  floatTensor,
  type Graph,
  sizeOf,
  type Tensor,
  type TensorMap,
  tensor,
  type ValueInfo,
} from "@thawline/core";
import type { FeedData } from "../case.ts";

/** The numbers of a feed. */
export function numbersOf(feed: FeedData, size: number): readonly number[] {
  if ("data" in feed) return feed.data;
  const random = createRandom(feed.seed);
  const { low, high } = feed;
  return Array.from({ length: size }, () => Math.fround(low + (high - low) * random.nextFloat()));
}

/** A feed as the tensor that a backend of the given precision takes. Fresh. */
export function tensorOf(info: ValueInfo, feed: FeedData, isDouble: boolean): Tensor {
  const numbers = numbersOf(feed, sizeOf(info.shape));
  if (info.dtype === "int32") return tensor("int32", info.shape, Int32Array.from(numbers));
  if (info.dtype === "bool") return tensor("bool", info.shape, Uint8Array.from(numbers));
  return floatTensor(info.shape, isDouble ? Float64Array.from(numbers) : Float32Array.from(numbers));
}

/** Every feed of a graph. Fresh. */
export function feedsOf(graph: Graph, feeds: Readonly<Record<string, FeedData>>, isDouble: boolean): TensorMap {
  return Object.fromEntries(
    graph.inputs.map((input) => {
      const feed = feeds[input.name];
      if (feed === undefined) throw new Error(`the case has no feed for "${input.name}"`);
      return [input.name, tensorOf(input, feed, isDouble)];
    }),
  );
}
