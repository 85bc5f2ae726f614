import { FeedError, type Graph, sizeOf, type TensorMap, type ValueInfo, type ValueName } from "@thawline/core";
import { kernels } from "./kernels/index.ts";
import type { Kernel } from "./kernels/kernel.ts";
import { allocate, type Value } from "./value.ts";

/** Evaluates every node in order; `feeds` are copied to float64. */
function evaluateAll(graph: Graph, feeds: TensorMap): Map<ValueName, Value> {
  const values = new Map<ValueName, Value>();
  const store = ({ name, dtype, shape }: ValueInfo, from: ArrayLike<number>): void => {
    const data = allocate(dtype, sizeOf(shape));
    data.set(from);
    values.set(name, { dtype, shape, data });
  };
  for (const input of graph.inputs) {
    const feed = feeds[input.name];
    if (feed !== undefined) store(input, feed.data);
  }
  for (const constant of graph.constants) store(constant, constant.data);
  for (const { op, inputs, output, attributes } of graph.nodes) {
    const operands = inputs.map((name) => {
      const value = values.get(name);
      if (value === undefined) throw new FeedError("FEED_MISSING", `${op} → "${output.name}" needs "${name}": feed it`);
      return value;
    });
    const kernel = kernels[op] as Kernel<typeof op>;
    values.set(output.name, { dtype: output.dtype, shape: output.shape, data: kernel(operands, attributes, output) });
  }
  return values;
}

/**
 * Evaluates a graph with the reference kernels, in float64, and returns the values named in `fetch` (default: the
 * graph's outputs) in fresh arrays: float64, int32, or bool. `feeds` are borrowed; float32 is taken too.
 * @throws FeedError FEED_MISSING where a node needs an input that is not in `feeds`
 */
export function evaluate(graph: Graph, feeds: TensorMap, fetch: readonly ValueName[] = graph.outputs): TensorMap {
  const values = evaluateAll(graph, feeds);
  return Object.fromEntries(
    fetch.map((name) => {
      const value = values.get(name);
      if (value === undefined) throw new FeedError("FEED_MISSING", `"${name}" is no value of the graph, or is not fed`);
      const { dtype, shape, data } = value;
      // A copy: two fetched names never share an array, and constants stay what they are.
      return [name, { dtype: dtype === "float" ? "float64" : dtype, shape, data: data.slice() } as TensorMap[string]];
    }),
  );
}
