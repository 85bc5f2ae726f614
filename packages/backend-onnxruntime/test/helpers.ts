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

/** A program and its float32 feeds. */
export interface Trial {
  readonly graph: Graph;
  readonly request: CompileRequest;
  readonly feeds: TensorMap;
  /** Least scale of a gradient's error, as a part of the case's largest gradient; default 1e-3. */
  readonly leastScale?: number;
}

const largestOf = (data: ArrayLike<number>): number =>
  Array.from(data).reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);

/** The gradient's error, where its scale is at least `least`: it may be 0 by symmetry. */
const gradientError = (actual: ArrayLike<number>, expected: ArrayLike<number>, least: number): number =>
  largestOf(expected) >= least
    ? tensorError(actual, expected)
    : largestOf(Array.from(expected, (x, i) => x - actual[i])) / least;

/** Runs a program here and on the reference; returns the largest error of any output or gradient. */
export async function worstError(backend: Backend, { graph, request, feeds, leastScale = 1e-3 }: Trial) {
  const executable = await checked(backend).compile(graph, request);
  const actual = await executable.run(feeds);
  await executable.close();
  const expected = await (await checked(referenceBackend()).compile(graph, request)).run(widen(feeds));
  const least = leastScale * Math.max(0, ...Object.values(expected.gradients).map(({ data }) => largestOf(data)));
  return Math.max(
    0,
    ...Object.entries(expected.outputs).map(([name, { data }]) => tensorError(actual.outputs[name].data, data)),
    ...Object.entries(expected.gradients).map(([name, { data }]) =>
      gradientError(actual.gradients[name].data, data, least),
    ),
  );
}
