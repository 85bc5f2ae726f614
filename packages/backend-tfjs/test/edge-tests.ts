import { createGraphBuilder, type GraphBuilder, type Tensor, tensor, type ValueInfo } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { tfjsBackend } from "../src/index.ts";
import { errorOf, runOnce } from "./compare.ts";
import type { TestTarget } from "./suite.ts";

const vector = (data: readonly number[]): Tensor => tensor("float32", [data.length], Float32Array.from(data));

/** Values at the edges: of kinks, ties, ranges and shapes. Expected: the definitions, and our conventions. */
export function testEdges({ tf, device }: TestTarget): void {
  const backend = tfjsBackend(tf, { device });

  /** The result of a graph on the vector x, and the gradient of its sum weighted with `cotangent`. */
  async function runVector(
    x: readonly number[],
    cotangent: readonly number[] | undefined,
    build: (g: GraphBuilder, x: ValueInfo) => ValueInfo,
  ) {
    const g = createGraphBuilder();
    const y = build(g, g.input("x", "float", [x.length]));
    if (cotangent === undefined) {
      const { outputs } = await runOnce(backend, { graph: g.build([y]), request: {} }, { x: vector(x) });
      return { y: [...outputs[y.name].data], dX: [] };
    }
    const loss = g.sum(g.mul(y, g.constant("float", y.shape, cotangent)), [0]);
    const program = { graph: g.build([y]), request: { loss: loss.name, wrt: ["x"] } };
    const { outputs, gradients } = await runOnce(backend, program, { x: vector(x) });
    return { y: [...outputs[y.name].data], dX: [...gradients.x.data] };
  }
  const one = (op: "Relu" | "Exp" | "Log" | "Sqrt" | "Erf" | "Tanh" | "Sigmoid") => (g: GraphBuilder, x: ValueInfo) =>
    g.apply(op, [x], {});

  describe("edges", () => {
    it("gives relu the gradient 0 at 0", async () => {
      const { dX } = await runVector([0, 1, -1, 2], [1, 5, 5, 7], one("Relu"));
      expect(dX.map((value) => value + 0)).toEqual([0, 5, 0, 7]);
    });

    it("sends the gradient of a maximum to the first of ties, at any length", async () => {
      const maximum = (g: GraphBuilder, x: ValueInfo) => g.apply("ReduceMax", [x], { axis: 0, keepDims: true });
      expect((await runVector([1, 3, 3, 2, 3], [7], maximum)).dX).toEqual([0, 7, 0, 0, 0]);
      expect((await runVector([0, 0], [1], maximum)).dX).toEqual([1, 0]);
      for (const length of [33, 100, 300]) {
        // Maxima where parallel reductions meet: position 1 comes before all of them.
        const isHigh = (i: number) => i === 1 || i === 32 || i >= 64;
        const x = Array.from({ length }, (_, i) => (isHigh(i) ? 2 : -i));
        const { y, dX } = await runVector(x, [3], maximum);
        expect(y).toEqual([2]);
        expect(dX).toEqual(x.map((_, i) => (i === 1 ? 3 : 0)));
      }
    });

    it("takes the first of tied maxima along any axis", async () => {
      const g = createGraphBuilder();
      const x = g.input("x", "float", [2, 3]);
      const outputs = [0, 1].map((axis) => g.apply("ArgMax", [x], { axis, keepDims: false }));
      const feeds = { x: tensor("float32", [2, 3], Float32Array.of(5, 5, 1, 5, 6, 6)) };
      const result = await runOnce(backend, { graph: g.build(outputs), request: {} }, feeds);
      expect(outputs.map(({ name }) => [...result.outputs[name].data])).toEqual([
        [0, 1, 1],
        [0, 1],
      ]);
      expect(result.outputs[outputs[0].name].dtype).toBe("int32");
    });

    it("saturates without overflow", async () => {
      const softmax = (op: "Softmax" | "LogSoftmax") => (g: GraphBuilder, x: ValueInfo) =>
        g.apply(op, [x], { axis: 0 });
      expect((await runVector([1000, 0], undefined, softmax("Softmax"))).y).toEqual([1, 0]);
      const { y, dX } = await runVector([1e4, 0], [0, 1], softmax("LogSoftmax"));
      expect(y.map((value) => value + 0)).toEqual([0, -1e4]);
      expect(dX).toEqual([-1, 1]);
      const sigmoid = await runVector([-1000, 0, 1000], [1, 1, 1], one("Sigmoid"));
      expect(sigmoid).toEqual({ y: [0, 0.5, 1], dX: [0, 0.25, 0] });
      const tanh = await runVector([-1000, 0, 1000], [1, 1, 1], one("Tanh"));
      expect(tanh).toEqual({ y: [-1, 0, 1], dX: [0, 1, 0] });
      expect((await runVector([-7, 0, 7], undefined, one("Erf"))).y.map((value) => value + 0)).toEqual([-1, 0, 1]);
      expect((await runVector([0, 1], undefined, one("Log"))).y.map((value) => value + 0)).toEqual([-Infinity, 0]);
    });

    it("is precise in erf near zero, where kernels are not", async () => {
      // erf x = 2/√π (x − x³/3 + …); values: Python's math.erf.
      const x = [1e-6, -3e-5, 1e-3, 0.02, 0.1, 0.3, 0.49, 0.51, 1, 2];
      const expected = [
        1.1283791670951364e-6, -3.385137500270997e-5, 0.0011283787909692365, 0.022564574691844943, 0.1124629160182849,
        0.3286267594591274, 0.511668261188523, 0.5292436198411704, 0.8427007929497149, 0.9953222650189527,
      ];
      const { y } = await runVector(x, undefined, one("Erf"));
      y.forEach((value, i) => {
        // The inputs are rounded to float32, by 6e-8 each.
        expect(errorOf([value], [expected[i]]), `erf ${x[i]}`).toBeLessThanOrEqual(1e-6);
      });
    });

    it("keeps an infinite gradient on the side not taken out of a selection", async () => {
      // √(x > 0 ? x : 0): infinite slope at 0, which x = −1 never reaches.
      const { y, dX } = await runVector([4, -1], [1, 1], (g, x) => {
        const positive = g.apply("Greater", [x, g.scalar(0)], {});
        return g.apply("Sqrt", [g.apply("Where", [positive, x, g.scalar(0)], {})], {});
      });
      expect(y).toEqual([2, 0]);
      expect(dX.map((value) => value + 0)).toEqual([0.25, 0]);
    });

    it("passes no gradient through comparisons and conversions", async () => {
      const { dX } = await runVector([1.7, -0.5], [1, 1], (g, x) => {
        const steps = [g.apply("Cast", [x], { to: "int32" }), g.apply("Cast", [x], { to: "bool" })];
        const floats = steps.map((step) => g.apply("Cast", [step], { to: "float" }));
        const positive = g.apply("Cast", [g.apply("Greater", [x, g.scalar(0)], {})], { to: "float" });
        return g.add(g.mul(floats[0], positive), g.mul(floats[1], x));
      });
      // Only the last x counts, times (x ≠ 0).
      expect(dX).toEqual([1, 1]);
    });

    it("converts as ONNX does", async () => {
      const to = (dtype: "int32" | "bool") => (g: GraphBuilder, x: ValueInfo) => g.apply("Cast", [x], { to: dtype });
      const int32 = await runVector([-1.9, -0.5, 0.5, 1.9, -7], undefined, to("int32"));
      expect(int32.y.map((value) => value + 0)).toEqual([-1, 0, 0, 1, -7]);
      expect((await runVector([0.5, 0, -0.1, 3], undefined, to("bool"))).y).toEqual([1, 0, 1, 1]);
    });

    it("sums nothing to zero and joins pieces without elements", async () => {
      const g = createGraphBuilder();
      const [x, y, z] = [g.input("x", "float", [2, 0]), g.input("y", "float", [0, 3]), g.input("z", "float", [2, 3])];
      const joined = g.apply("Concat", [g.matMul(x, y), x, z], { axis: 1 }, "joined");
      const loss = g.add(g.sum(joined, [0, 1]), g.sum(x, [0, 1]), "loss");
      const graph = g.build([g.sum(x, [1], false, "sum"), joined, x]);
      const feeds = {
        x: tensor("float32", [2, 0], new Float32Array(0)),
        y: tensor("float32", [0, 3], new Float32Array(0)),
        z: tensor("float32", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
      };
      const request = { loss: loss.name, wrt: ["x", "y", "z"] };
      const { outputs, gradients, loss: value } = await runOnce(backend, { graph, request }, feeds);
      expect([...outputs.sum.data]).toEqual([0, 0]);
      expect([...outputs.joined.data]).toEqual([0, 0, 0, 1, 2, 3, 0, 0, 0, 4, 5, 6]);
      expect(value).toBe(21);
      expect([gradients.x.data.length, gradients.y.data.length, ...gradients.z.data]).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
    });

    it("computes scalars, and layouts of scalars", async () => {
      const g = createGraphBuilder();
      const x = g.input("x", "float", []);
      const same = [
        g.apply("Slice", [x], { starts: [], ends: [] }),
        g.apply("Pad", [x], { before: [], after: [] }),
        g.transpose(x, []),
        g.reshape(x, []),
        g.sum(x, []),
        g.apply("Expand", [x], { shape: [] }),
        x,
      ];
      const loss = same.reduce((sum, value) => g.add(sum, value));
      const program = { graph: g.build(same), request: { loss: loss.name, wrt: ["x"] } };
      const result = await runOnce(backend, program, { x: tensor("float32", [], Float32Array.of(3)) });
      expect(Object.values(result.outputs).map(({ data }) => data[0])).toEqual(same.map(() => 3));
      expect([result.loss, ...result.gradients.x.data]).toEqual([21, 7]);
    });

    it("gives zeros for an input that the loss does not depend on, and one for the loss itself", async () => {
      const g = createGraphBuilder();
      const x = g.input("x", "float", []);
      const y = g.input("y", "float", [2]);
      const program = { graph: g.build([y]), request: { loss: x.name, wrt: ["x", "y"] } };
      const feeds = { x: tensor("float32", [], Float32Array.of(5)), y: vector([1, 2]) };
      const { loss, gradients, outputs } = await runOnce(backend, program, feeds);
      expect([loss, ...gradients.x.data, ...gradients.y.data]).toEqual([5, 1, 0, 0]);
      expect([...outputs.y.data]).toEqual([1, 2]);
    });
  });
}
