import { referenceBackend } from "@thawline/backend-reference";
import {
  createGraphBuilder,
  type GraphBuilder,
  sizeOf,
  type Tensor,
  type ValueDType,
  type ValueInfo,
} from "@thawline/core";
import { describe, expect, it } from "vitest";
import { tensorError } from "../../backend-reference/test/agreement.ts";
import { backends, sharedBackend } from "./backends.ts";
import { float32, tolerance, widen, worstError } from "./helpers.ts";

const none: readonly number[] = [];

type Build = (g: GraphBuilder, input: (shape: readonly number[], dtype?: ValueDType) => ValueInfo) => ValueInfo;

/** Shapes with no element, no axis, or extents of 1: where kernels have their special cases. */
const shapes: Readonly<Record<string, Build>> = {
  "scalar arithmetic": (g, x) => g.add(g.mul(x([]), x([])), x([1, 1])),
  "empty arithmetic": (g, x) => g.mul(x([0, 3]), x([3])),
  "empty functions": (g, x) => g.apply("Sigmoid", [g.apply("Tanh", [x([0, 3])], {})], {}),
  "empty comparison": (g, x) => g.apply("Where", [g.apply("Greater", [x([0, 3]), x([3])], {}), x([]), x([3])], {}),
  "reshape between empty shapes": (g, x) => g.reshape(x([0, 3]), [3, 0, 2]),
  "reshape of and to a scalar": (g, x) => g.reshape(g.reshape(x([]), [1, 1]), []),
  "reshape of int32": (g, x) => g.reshape(x([2, 3], "int32"), [6]),
  "reshape of bool": (g, x) => g.reshape(x([2, 3], "bool"), [3, 2]),
  "no axes summed": (g, x) => g.sum(x([2, 2]), none),
  "no axes of a scalar summed": (g, x) => g.sum(x([]), none, true),
  "sum of nothing": (g, x) => g.sum(x([0, 3]), [0]),
  "sum of nothing to a scalar": (g, x) => g.sum(x([0, 3]), [0, 1]),
  "sum along an axis of an empty value": (g, x) => g.sum(x([0, 3]), [1], true),
  "maximum along an axis of an empty value": (g, x) => g.apply("ReduceMax", [x([0, 3])], { axis: 1, keepDims: false }),
  "argmax along an axis of an empty value": (g, x) => g.apply("ArgMax", [x([0, 3])], { axis: 1, keepDims: false }),
  "product over nothing": (g, x) => g.matMul(x([2, 0]), x([0, 3])),
  "products over nothing": (g, x) => g.matMul(x([2, 2, 0]), x([2, 0, 3])),
  "product without rows": (g, x) => g.matMul(x([0, 2]), x([2, 3])),
  "product without columns": (g, x) => g.matMul(x([2, 2]), x([2, 0])),
  "no products": (g, x) => g.matMul(x([0, 2, 2]), x([0, 2, 3])),
  "transposed scalar": (g, x) => g.transpose(x([]), none),
  "transposed empty value": (g, x) => g.transpose(x([0, 3]), [1, 0]),
  "slice of a scalar": (g, x) => g.apply("Slice", [x([])], { starts: none, ends: none }),
  "slice to nothing": (g, x) => g.apply("Slice", [x([3])], { starts: [2], ends: [2] }),
  "slice of an empty value": (g, x) => g.apply("Slice", [x([0, 3])], { starts: [0, 1], ends: [0, 2] }),
  "padded scalar": (g, x) => g.apply("Pad", [x([])], { before: none, after: none }),
  "padded empty value": (g, x) => g.apply("Pad", [x([0, 2])], { before: [1, 0], after: [1, 1] }),
  "expanded scalar": (g, x) => g.apply("Expand", [x([])], { shape: [2, 1] }),
  "expanded to nothing": (g, x) => g.apply("Expand", [x([1, 3])], { shape: [0, 3] }),
  "concatenated with nothing": (g, x) => g.apply("Concat", [x([0, 2]), x([1, 2]), x([0, 2])], { axis: 0 }),
  "softmax of an empty value": (g, x) => g.apply("Softmax", [x([0, 2])], { axis: 1 }),
  "log-softmax over nothing": (g, x) => g.apply("LogSoftmax", [x([2, 0])], { axis: 1 }),
  "softmax of one position": (g, x) => g.apply("LogSoftmax", [x([2, 1])], { axis: 1 }),
};

function feedOf({ dtype, shape }: ValueInfo, i: number): Tensor {
  const numbers = Array.from({ length: sizeOf(shape) }, (_, j) => 0.3 + Math.abs(Math.sin(1 + i + j)));
  if (dtype === "int32") return { dtype, shape, data: Int32Array.from(numbers, (x) => Math.round(9 * x)) };
  return dtype === "bool"
    ? { dtype, shape, data: Uint8Array.from(numbers, (x) => +(x > 0.9)) }
    : float32(shape, numbers);
}

/** A program of the case: y, and for float results the gradients of Σ y². */
function programOf(build: Build) {
  const g = createGraphBuilder();
  const inputs: ValueInfo[] = [];
  const y = build(g, (shape, dtype = "float") => {
    inputs.push(g.input(`x${inputs.length}`, dtype, shape));
    return inputs.at(-1)!;
  });
  const feeds = Object.fromEntries(inputs.map((input, i) => [input.name, feedOf(input, i)]));
  if (y.dtype !== "float") return { graph: g.build([y]), request: {}, feeds };
  const axes = y.shape.map((_, axis) => axis);
  const loss = g.sum(g.mul(y, y), axes);
  return { graph: g.build([y]), request: { loss: loss.name, wrt: inputs.map(({ name }) => name) }, feeds };
}

/** One op on numbers, here and on the reference; both results. */
async function both(
  backend: Awaited<ReturnType<(typeof backends)[number][1]>>,
  op: "Sigmoid" | "Tanh",
  data: number[],
) {
  const g = createGraphBuilder();
  const graph = g.build([g.apply(op, [g.input("x", "float", [data.length])], {}, "y")]);
  const feeds = { x: float32([data.length], data) };
  const ours = await (await backend.compile(graph)).run(feeds);
  const theirs = await (await referenceBackend().compile(graph)).run(widen(feeds));
  return [ours.outputs.y.data, theirs.outputs.y.data] as const;
}

describe.each(backends)("%s: edges", (_, create) => {
  const backend = sharedBackend(create);

  it.each(Object.entries(shapes))("%s", async (_, build) => {
    const { graph, request, feeds } = programOf(build);
    expect(await worstError(await backend(), { graph, request, feeds })).toBeLessThanOrEqual(tolerance);
  });

  it("sigmoid keeps its small values, each by itself", async () => {
    for (const x of [-5, -17, -19, -40, -80]) {
      const [ours, theirs] = await both(await backend(), "Sigmoid", [x]);
      expect(tensorError(ours, theirs), `${x}`).toBeLessThanOrEqual(tolerance);
    }
    const [ends] = await both(await backend(), "Sigmoid", [-200, 0, 200]);
    expect([...ends]).toEqual([0, 0.5, 1]);
  });

  it("tanh keeps its small values", async () => {
    for (const x of [1e-6, -1e-3, 0.01, 30]) {
      const [ours, theirs] = await both(await backend(), "Tanh", [x]);
      expect(tensorError(ours, theirs), `${x}`).toBeLessThanOrEqual(tolerance);
    }
  });

  it("sends the gradient of tied maxima to the first", async () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2, 3]);
    const loss = g.sum(g.apply("ReduceMax", [x], { axis: 1, keepDims: false }), [0]);
    const executable = await (await backend()).compile(g.build([loss]), { loss: loss.name, wrt: ["x"] });
    const { gradients } = await executable.run({ x: float32([2, 3], [1, 3, 3, 2, 2, 2]) });
    expect([...gradients.x.data]).toEqual([0, 1, 0, 1, 0, 0]);
  });

  it("keeps log-softmax finite for large logits, and NaN a NaN", async () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2, 2]);
    const executable = await (await backend()).compile(g.build([g.apply("LogSoftmax", [x], { axis: 1 }, "y")]));
    const { outputs } = await executable.run({ x: float32([2, 2], [1000, 0, -1000, 1000]) });
    expect([...outputs.y.data]).toEqual([0, -1000, -2000, 0]);
    const broken = await executable.run({ x: float32([2, 2], [Number.NaN, 0, 1, 1]) });
    expect([...broken.outputs.y.data.subarray(0, 2)]).toEqual([Number.NaN, Number.NaN]);
  });
});
