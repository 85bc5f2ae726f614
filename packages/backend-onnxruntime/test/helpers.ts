import { referenceBackend } from "@thawline/backend-reference";
import {
  type Backend,
  type CompileRequest,
  checked,
  type Graph,
  type Tensor,
  type TensorMap,
  tensor,
} from "@thawline/core";
import { tensorError } from "../../backend-reference/test/agreement.ts";

/** Largest error allowed, in the measure max|actual − expected| / max|expected|. */
export const tolerance = 1e-5;

/** A float32 tensor. */
export const float32 = (shape: readonly number[], data: ArrayLike<number>): Tensor<"float32"> =>
  tensor("float32", shape, Float32Array.from(data));

const convert = (values: TensorMap, from: string, to: (value: Tensor) => Tensor): TensorMap =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.dtype === from ? to(value) : value]));

/** Float64 feeds in float32. */
export const narrow = (feeds: TensorMap): TensorMap =>
  convert(feeds, "float64", ({ shape, data }) => float32(shape, data));

/** Float32 feeds in float64. */
export const widen = (feeds: TensorMap): TensorMap =>
  convert(feeds, "float32", ({ shape, data }) => tensor("float64", shape, Float64Array.from(data)));

/**
 * Runs a program (float32 feeds) here and on the reference; returns the largest error of any output or gradient. A
 * gradient's scale is at least 1e-3 of the largest gradient.
 */
export async function worstError(backend: Backend, graph: Graph, request: CompileRequest, feeds: TensorMap) {
  const executable = await checked(backend).compile(graph, request);
  const actual = await executable.run(feeds);
  await executable.close();
  const expected = await (await checked(referenceBackend()).compile(graph, request)).run(widen(feeds));
  const largest = Math.max(0, ...Object.values(expected.gradients).flatMap(({ data }) => [...data].map(Math.abs)));
  let worst = 0;
  for (const kind of ["outputs", "gradients"] as const) {
    for (const [name, { data }] of Object.entries(expected[kind])) {
      const ours = actual[kind][name].data;
      const ownScale = Math.max(0, ...[...data].map(Math.abs));
      const isTiny = kind === "gradients" && ownScale < 1e-3 * largest;
      const error = isTiny
        ? Math.max(0, ...[...data].map((x, i) => Math.abs(x - ours[i]))) / (1e-3 * largest)
        : tensorError(ours, data);
      worst = Math.max(worst, error);
    }
  }
  return worst;
}
