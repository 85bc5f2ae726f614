import { referenceBackend } from "@thawline/backend-reference";
import {
  type CompileRequest,
  checked,
  type Graph,
  type StepResult,
  type Tensor,
  type TensorMap,
  tensor,
} from "@thawline/core";
import { cpuBackend } from "../src/index.ts";

/** Largest |actual − expected| over largest |expected|; where that is 0 or not finite, 0 if equal, else ∞. */
export function tensorError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  let same = true;
  for (let i = 0; i < expected.length; i++) {
    same &&= actual[i] === expected[i] || (Number.isNaN(actual[i]) && Number.isNaN(expected[i]));
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  if (same) return 0;
  const error = difference / scale;
  return Number.isFinite(error) && Number.isFinite(scale) && scale > 0 ? error : Number.POSITIVE_INFINITY;
}

/** A float32 tensor. */
export const float32 = (shape: readonly number[], data: ArrayLike<number>): Tensor<"float32"> =>
  tensor("float32", shape, Float32Array.from(data));

const toFloat64 = (value: Tensor): Tensor =>
  value.dtype === "float32" ? tensor("float64", value.shape, Float64Array.from(value.data)) : value;

/** Runs a program on the cpu backend. */
export async function runCpu(graph: Graph, request: CompileRequest, feeds: TensorMap): Promise<StepResult> {
  return (await checked(cpuBackend()).compile(graph, request)).run(feeds);
}

/** Runs the same program and feeds on cpu and reference; returns the largest error of any output or gradient. */
export async function worstError(graph: Graph, request: CompileRequest, feeds: TensorMap): Promise<number> {
  const actual = await runCpu(graph, request, feeds);
  const wide = Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, toFloat64(value)]));
  const expected = await (await checked(referenceBackend()).compile(graph, request)).run(wide);
  const errors = [
    ...Object.keys(expected.outputs).map((name) => [actual.outputs[name], expected.outputs[name]] as const),
    ...Object.keys(expected.gradients).map((name) => [actual.gradients[name], expected.gradients[name]] as const),
  ].map(([ours, theirs]) => tensorError(ours.data, theirs.data));
  return Math.max(...errors);
}
