import { describe, expect, it } from "vitest";
import { closedFormBackend } from "../test/closed-form-backend.ts";
import { testHead } from "../test/test-head.ts";
import type { Backend, CompileRequest, StepResult } from "./backend.ts";
import { checked, isFiniteTensor } from "./checked-backend.ts";
import { createGraphBuilder } from "./graph/builder.ts";
import type { Graph } from "./graph/graph.ts";
import { type Tensor, type TensorMap, tensor } from "./tensor.ts";

const head = testHead({ dimension: 2, classes: 3 });
const { graph } = head.build({ examples: 2, positions: 0 }, "train");
const request: CompileRequest = { loss: "loss", wrt: ["embedding", "linear.bias"], fetch: ["logits"] };

const double = (shape: readonly number[], data: readonly number[]): Tensor =>
  tensor("float64", shape, Float64Array.from(data));

const feeds: TensorMap = {
  embedding: double([2, 2], [1, -2, 0.5, 3]),
  "linear.weight": double([3, 2], [0.1, 0.2, -0.3, 0.4, 0.5, -0.6]),
  "linear.bias": double([3], [0, 0.1, -0.1]),
  target: double([2, 3], [1, 0, 0, 0, 0, 1]),
  weight: double([2], [0.5, 0.5]),
};
const without = (name: string): TensorMap =>
  Object.fromEntries(Object.entries(feeds).filter(([other]) => other !== name));
const broken = (change: (result: StepResult) => object): Backend =>
  checked(closedFormBackend({ intercept: (result) => change(result) as StepResult }));

describe("checked: compile", () => {
  const compile = (of: Graph, what: CompileRequest) => checked(closedFormBackend()).compile(of, what);

  it.each<[string, CompileRequest, string]>([
    ["an unknown loss", { loss: "missing" }, "UNKNOWN_VALUE"],
    ["a loss that is no scalar", { loss: "logits" }, "SHAPE_MISMATCH"],
    ["an unknown fetch", { fetch: ["missing"] }, "UNKNOWN_VALUE"],
    ["wrt of no input", { loss: "loss", wrt: ["logits"] }, "UNKNOWN_VALUE"],
    ["wrt without loss", { wrt: ["embedding"] }, "INVALID_GRAPH"],
  ])("refuses %s", async (_, what, code) => {
    await expect(compile(graph, what)).rejects.toMatchObject({ code });
  });

  it("refuses a gradient by integers", async () => {
    const g = createGraphBuilder();
    const ids = g.input("ids", "int32", []);
    const whole = g.build([g.apply("Cast", [ids], { to: "float" }, "loss")]);
    await expect(compile(whole, { loss: "loss", wrt: ["ids"] })).rejects.toMatchObject({ code: "NOT_DIFFERENTIABLE" });
  });

  it("refuses a damaged graph", async () => {
    const damaged = { ...graph, nodes: [...graph.nodes].reverse() };
    await expect(compile(damaged, request)).rejects.toMatchObject({ code: "UNKNOWN_VALUE" });
  });

  it("refuses an op that the backend does not declare", async () => {
    const backend = closedFormBackend();
    const poor = { ...backend, supports: { ...backend.supports, ops: ["MatMul" as const] } };
    await expect(checked(poor).compile(graph, request)).rejects.toMatchObject({
      code: "UNSUPPORTED_OP",
      backend: "closed-form",
    });
  });

  it("refuses another contract version, and wraps once", () => {
    const backend = closedFormBackend();
    expect(() => checked({ ...backend, specVersion: 2 } as unknown as Backend)).toThrow(
      expect.objectContaining({ code: "BACKEND_UNAVAILABLE" }),
    );
    const wrapped = checked(backend);
    expect(checked(wrapped)).toBe(wrapped);
  });
});

describe("checked: run", () => {
  const compiled = () => checked(closedFormBackend()).compile(graph, request);

  it("passes feeds through unchanged, and gives what the backend gives (property 14)", async () => {
    const executable = await compiled();
    const before = JSON.stringify(feeds, (_, value) =>
      ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
    );
    const first = await executable.run(feeds);
    const kept = JSON.stringify([...first.gradients.embedding.data]);
    await executable.run({ ...feeds, embedding: double([2, 2], [9, 9, 9, 9]) });
    const after = JSON.stringify(feeds, (_, value) =>
      ArrayBuffer.isView(value) ? [...(value as Float64Array)] : value,
    );
    expect(after).toBe(before);
    expect(JSON.stringify([...first.gradients.embedding.data])).toBe(kept);
    expect(first.outputs.logits.shape).toEqual([2, 3]);
    // At equal scores the loss would be log 3.
    expect(first.loss).toBeGreaterThan(0);
  });

  it("keeps what was set, as a copy, until a feed overrides it for one run", async () => {
    const executable = await compiled();
    const weight = double([3, 2], [...feeds["linear.weight"].data]);
    await executable.set({ "linear.weight": weight });
    weight.data.fill(7);
    const { loss } = await executable.run(feeds);
    expect((await executable.run(without("linear.weight"))).loss).toBe(loss);
    const override = { ...feeds, "linear.weight": double([3, 2], [0, 0, 0, 0, 0, 0]) };
    expect((await executable.run(override)).loss).not.toBe(loss);
    expect((await executable.run(without("linear.weight"))).loss).toBe(loss);
  });

  it.each<[string, TensorMap, string]>([
    ["a missing feed", without("target"), "FEED_MISSING"],
    ["an unknown feed", { ...feeds, extra: double([], [1]) }, "FEED_UNKNOWN"],
    ["another shape", { ...feeds, weight: double([2, 1], [1, 1]) }, "FEED_MISMATCH"],
    ["another dtype", { ...feeds, weight: tensor("float32", [2], new Float32Array(2)) }, "FEED_MISMATCH"],
    [
      "too little data",
      { ...feeds, weight: { ...feeds.weight, data: new Float64Array(1) } as Tensor },
      "FEED_MISMATCH",
    ],
    ["NaN", { ...feeds, weight: double([2], [1, Number.NaN]) }, "NON_FINITE"],
    ["infinity", { ...feeds, embedding: double([2, 2], [1, 2, -Infinity, 4]) }, "NON_FINITE"],
  ])("refuses %s", async (_, wrong, code) => {
    await expect((await compiled()).run(wrong)).rejects.toMatchObject({ code });
  });

  it("checks what is set as it checks feeds", async () => {
    const executable = await compiled();
    await expect(executable.set({ extra: double([], [1]) })).rejects.toMatchObject({ code: "FEED_UNKNOWN" });
    await expect(executable.set({ weight: double([3], [1, 1, 1]) })).rejects.toMatchObject({ code: "FEED_MISMATCH" });
    await expect(executable.set({ weight: double([2], [1, Infinity]) })).rejects.toMatchObject({ code: "NON_FINITE" });
    // What was refused is not set.
    await expect(executable.run(without("weight"))).rejects.toMatchObject({ code: "FEED_MISSING" });
  });

  it("writes to the caller's arrays, and checks them", async () => {
    const executable = await compiled();
    const bias = double([3], [9, 9, 9]);
    const logits = double([2, 3], [9, 9, 9, 9, 9, 9]);
    const fresh = await executable.run(feeds);
    const result = await executable.run(feeds, { into: { gradients: { "linear.bias": bias }, outputs: { logits } } });
    expect(result.gradients["linear.bias"].data).toBe(bias.data);
    expect([...bias.data]).toEqual([...fresh.gradients["linear.bias"].data]);
    expect([...logits.data]).toEqual([...fresh.outputs.logits.data]);
    const into = (what: object) => executable.run(feeds, { into: what });
    await expect(into({ gradients: { target: double([2, 3], [1, 1, 1, 1, 1, 1]) } })).rejects.toMatchObject({
      code: "FEED_UNKNOWN",
    });
    await expect(into({ outputs: { loss: double([], [1]) } })).rejects.toMatchObject({ code: "FEED_UNKNOWN" });
    await expect(into({ gradients: { "linear.bias": double([2], [1, 1]) } })).rejects.toMatchObject({
      code: "FEED_MISMATCH",
    });
    await expect(into({ outputs: { logits: double([3, 2], [1, 1, 1, 1, 1, 1]) } })).rejects.toMatchObject({
      code: "FEED_MISMATCH",
    });
  });

  it("refuses calls after close, which may come twice", async () => {
    const executable = await compiled();
    await executable.close();
    await executable.close();
    await expect(executable.run(feeds)).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    await expect(executable.set({})).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
  });
});

describe("checked: results", () => {
  const bias = (data: readonly number[]) => double([data.length], data);
  const withBias = (value: Tensor | undefined) => (result: StepResult) => ({
    ...result,
    gradients: { embedding: result.gradients.embedding, ...(value === undefined ? {} : { "linear.bias": value }) },
  });

  it.each<[string, (result: StepResult) => object, object]>([
    ["a loss of NaN", (r) => ({ ...r, loss: Number.NaN }), { code: "NON_FINITE", where: "loss" }],
    ["an infinite loss", (r) => ({ ...r, loss: Infinity }), { code: "NON_FINITE", where: "loss" }],
    ["NaN in a gradient", withBias(bias([0, Number.NaN, 0])), { where: "gradient of linear.bias" }],
    ["infinities that cancel", withBias(bias([Infinity, -Infinity, 0])), { code: "NON_FINITE" }],
    ["no loss", ({ gradients, outputs }) => ({ gradients, outputs }), { code: "BACKEND_FAILED" }],
    ["a gradient left out", withBias(undefined), { code: "BACKEND_FAILED" }],
    ["a gradient of another shape", withBias(bias([1, 2])), { code: "BACKEND_FAILED" }],
    ["an output left out", (r) => ({ ...r, outputs: {} }), { code: "BACKEND_FAILED" }],
    [
      "an output of another dtype",
      (r) => ({ ...r, outputs: { logits: tensor("float32", [2, 3], new Float32Array(6)) } }),
      { code: "BACKEND_FAILED" },
    ],
  ])("refuses %s", async (_, change, expected) => {
    const executable = await broken(change).compile(graph, request);
    await expect(executable.run(feeds)).rejects.toMatchObject(expected);
  });
});

describe("isFiniteTensor", () => {
  it("finds NaN and infinities, also those that a sum would cancel, and takes huge numbers", () => {
    expect(isFiniteTensor(double([2], [Number.MAX_VALUE, Number.MAX_VALUE]))).toBe(true);
    expect(isFiniteTensor(double([2], [-0, Number.MIN_VALUE]))).toBe(true);
    expect(isFiniteTensor(double([2], [Infinity, -Infinity]))).toBe(false);
    expect(isFiniteTensor(double([2], [Number.NaN, 0]))).toBe(false);
    expect(isFiniteTensor(tensor("float32", [1], Float32Array.of(Number.NaN)))).toBe(false);
    expect(isFiniteTensor(tensor("int32", [1], Int32Array.of(3)))).toBe(true);
    expect(isFiniteTensor(double([0], []))).toBe(true);
  });
});
