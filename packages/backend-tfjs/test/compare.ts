import { referenceBackend } from "@thawline/backend-reference";
import {
  type Backend,
  type CompileRequest,
  checked,
  type Graph,
  type StepResult,
  type Tensor,
  type TensorMap,
  tensor,
} from "@thawline/core";
import { expect } from "vitest";

/** Of architecture section 8, for float32. */
export const tolerance = 1e-5;

const toFloat32 = (value: Tensor): Tensor =>
  value.dtype === "float64" ? tensor("float32", value.shape, Float32Array.from(value.data)) : value;
const toFloat64 = (value: Tensor): Tensor =>
  value.dtype === "float32" ? tensor("float64", value.shape, Float64Array.from(value.data)) : value;
const mapTensors = (values: TensorMap, f: (value: Tensor) => Tensor): TensorMap =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, f(value)]));

/** Largest |actual − expected| over the larger of max |expected| and `leastScale`; not finite must be equal. */
export function errorOf(actual: ArrayLike<number>, expected: ArrayLike<number>, leastScale = 0): number {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  let scale = leastScale;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i])) continue;
    if (!Number.isFinite(actual[i]) || !Number.isFinite(expected[i])) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  }
  for (let i = 0; i < expected.length; i++) {
    if (Number.isFinite(expected[i])) scale = Math.max(scale, Math.abs(expected[i]));
  }
  return worst === 0 ? 0 : worst / scale;
}

/** Compiles, runs once and closes. */
export async function runOnce(
  backend: Backend,
  program: { readonly graph: Graph; readonly request: CompileRequest },
  feeds: TensorMap,
): Promise<StepResult> {
  const executable = await checked(backend).compile(program.graph, program.request);
  try {
    return await executable.run(feeds);
  } finally {
    await executable.close();
  }
}

/** Asserts that a program gives what the float64 reference gives for the same float32 numbers. */
export async function expectAgreement(
  backend: Backend,
  program: { readonly graph: Graph; readonly request: CompileRequest; readonly leastScale?: number },
  feeds: TensorMap,
): Promise<void> {
  const { leastScale = 0 } = program;
  const rounded = mapTensors(feeds, toFloat32);
  const actual = await runOnce(backend, program, rounded);
  const expected = await runOnce(referenceBackend(), program, mapTensors(rounded, toFloat64));
  if (expected.loss !== undefined) {
    expect(errorOf([actual.loss!], [expected.loss], leastScale), "loss").toBeLessThanOrEqual(tolerance);
  }
  for (const [name, { data, shape }] of Object.entries(expected.outputs)) {
    expect(actual.outputs[name].shape).toEqual(shape);
    expect(errorOf(actual.outputs[name].data, data, leastScale), name).toBeLessThanOrEqual(tolerance);
  }
  // A gradient that is zero by symmetry has no scale of its own.
  const largest = Math.max(0, ...Object.values(expected.gradients).flatMap(({ data }) => [...data].map(Math.abs)));
  for (const [name, { data, shape }] of Object.entries(expected.gradients)) {
    expect(actual.gradients[name].shape).toEqual(shape);
    const error = errorOf(actual.gradients[name].data, data, Math.max(1e-3 * largest, leastScale));
    expect(error, `gradient of ${name}`).toBeLessThanOrEqual(tolerance);
  }
}
