import { checked, createGraphBuilder, type Executable, opNames, sizeOf, type Tensor, tensor } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TensorFlow, tfjsBackend } from "../src/index.ts";
import type { TestTarget } from "./suite.ts";

const head = createHead({ type: "mlp", dimension: 6, classes: 3, hidden: 5, activation: "gelu" });
const built = head.build({ examples: 4, positions: 0 }, "train");
const wrt = ["embedding", ...head.parameters.map(({ name }) => name)];
const request = { loss: built.loss!, wrt, fetch: [built.logits] };

const floats = (shape: readonly number[], data: ArrayLike<number>): Tensor<"float32"> =>
  tensor("float32", shape, Float32Array.from(data));

/** Feeds that differ with `k`. */
const feedsOf = (k: number): Record<string, Tensor> =>
  Object.fromEntries(
    built.graph.inputs.map(({ name, shape }, i) => [
      name,
      floats(
        shape,
        Array.from({ length: sizeOf(shape) }, (_, j) => Math.sin(k + 3 * i + 0.7 * j)),
      ),
    ]),
  );

const bytesOf = (values: Readonly<Record<string, Tensor>>): string =>
  JSON.stringify(Object.entries(values).map(([name, { data }]) => [name, [...new Uint8Array(data.buffer)]]));

/** Life cycle, ownership, errors; and after every test there are as many tensors as before it. */
export function testContract({ tf, device }: TestTarget): void {
  const backend = tfjsBackend(tf, { device });
  const opened: Executable[] = [];
  const compile = async (): Promise<Executable> => {
    const executable = await checked(backend).compile(built.graph, request);
    opened.push(executable);
    return executable;
  };

  describe("contract", () => {
    let before = 0;
    beforeEach(() => {
      before = tf.memory().numTensors;
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((executable) => executable.close()));
      expect(tf.memory().numTensors).toBe(before);
    });

    it("declares every op and float32", () => {
      expect(backend).toMatchObject({ specVersion: 1, name: `tfjs-${device}` });
      expect(backend.supports).toMatchObject({ ops: opNames, precision: "f32", concurrentRuns: true });
      expect(tfjsBackend(tf, { device, name: "mine" }).name).toBe("mine");
    });

    it("gives the same bits for the same feeds where it says so", async () => {
      if (!backend.supports.bitReproducible) return;
      const executable = await compile();
      const first = await executable.run(feedsOf(1));
      await executable.run(feedsOf(2));
      for (const other of [executable, await compile()]) {
        const again = await other.run(feedsOf(1));
        expect(again.loss).toBe(first.loss);
        expect(bytesOf(again.gradients)).toBe(bytesOf(first.gradients));
        expect(bytesOf(again.outputs)).toBe(bytesOf(first.outputs));
      }
    });

    it("leaves feeds as they were, and results as they are after a second run", async () => {
      const executable = await compile();
      const feeds = feedsOf(1);
      const fed = bytesOf(feeds);
      const result = await executable.run(feeds);
      const kept = bytesOf(result.gradients) + bytesOf(result.outputs);
      const second = await executable.run(feedsOf(2));
      expect(bytesOf(feeds)).toBe(fed);
      expect(bytesOf(result.gradients) + bytesOf(result.outputs)).toBe(kept);
      expect(bytesOf(second.gradients)).not.toBe(bytesOf(result.gradients));
    });

    it("holds no tensor between runs but its constants", async () => {
      const executable = await compile();
      await executable.run(feedsOf(1));
      const after = tf.memory().numTensors;
      for (let k = 2; k < 6; k++) await executable.run(feedsOf(k));
      expect(tf.memory().numTensors).toBe(after);
    });

    it("writes to the caller's arrays and returns them", async () => {
      const executable = await compile();
      const fresh = await executable.run(feedsOf(1));
      const gradient = floats([3, 5], new Float32Array(15));
      const logits = floats([4, 3], new Float32Array(12));
      const into = { gradients: { "linear.weight": gradient }, outputs: { [built.logits]: logits } };
      const result = await executable.run(feedsOf(1), { into });
      expect(result.gradients["linear.weight"]).toBe(gradient);
      expect(result.outputs[built.logits]).toBe(logits);
      expect([...gradient.data]).toEqual([...fresh.gradients["linear.weight"].data]);
      expect([...logits.data]).toEqual([...fresh.outputs[built.logits].data]);
      expect(gradient.data.some((x) => x !== 0)).toBe(true);
    });

    it("keeps overlapping runs apart, also of two programs", async () => {
      const [one, other] = [await compile(), await compile()];
      const alone = [await one.run(feedsOf(1)), await one.run(feedsOf(2)), await one.run(feedsOf(3))];
      const together = await Promise.all([one.run(feedsOf(1)), one.run(feedsOf(2)), other.run(feedsOf(3))]);
      together.forEach((result, i) => {
        expect(result.loss).toBeCloseTo(alone[i].loss!, 6);
        expect([...result.gradients.embedding.data].map(Math.fround)).toEqual([...alone[i].gradients.embedding.data]);
      });
    });

    it("remembers a copy of what is set, and lets a feed override it for one run", async () => {
      const executable = await compile();
      const feeds = feedsOf(1);
      const { "linear.bias": bias, ...rest } = feeds;
      const own = floats([3], bias.data);
      const setting = executable.set({ "linear.bias": own });
      own.data.fill(99);
      await setting;
      const expected = (await executable.run(feeds)).loss;
      expect((await executable.run(rest)).loss).toBe(expected);
      expect((await executable.run({ ...rest, "linear.bias": floats([3], [5, 0, 0]) })).loss).not.toBe(expected);
      expect((await executable.run(rest)).loss).toBe(expected);
      await executable.set({ "linear.bias": floats([3], [5, 0, 0]) });
      expect((await executable.run(rest)).loss).not.toBe(expected);
    });

    it("returns inputs, constants, reshaped and repeated values that are fetched, as copies", async () => {
      const g = createGraphBuilder();
      const x = g.input("x", "float", [2, 2]);
      const flat = g.reshape(x, [4], "flat");
      const constants = [g.constant("int32", [2], [7, -8]), g.constant("bool", [2], [1, 0])];
      const executable = await checked(backend).compile(g.build([x, flat, ...constants]));
      opened.push(executable);
      const feed = floats([2, 2], [1, 2, 3, 4]);
      const { outputs } = await executable.run({ x: feed });
      expect(outputs.flat).toEqual({ dtype: "float32", shape: [4], data: Float32Array.of(1, 2, 3, 4) });
      expect(outputs.x).toEqual(feed);
      expect(new Set([feed.data, outputs.x.data, outputs.flat.data]).size).toBe(3);
      expect(outputs[constants[0].name].data).toEqual(Int32Array.of(7, -8));
      expect(outputs[constants[1].name]).toEqual({ dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) });
    });

    it("gives two inputs that share one gradient an array each", async () => {
      const g = createGraphBuilder();
      const [a, b] = [g.input("a", "float", [2]), g.input("b", "float", [2])];
      const loss = g.sum(g.add(a, b), [0]);
      const executable = await checked(backend).compile(g.build([loss]), { loss: loss.name, wrt: ["a", "b"] });
      opened.push(executable);
      const { gradients } = await executable.run({ a: floats([2], [1, 2]), b: floats([2], [3, 4]) });
      expect(gradients.a.data).toEqual(Float32Array.of(1, 1));
      expect(gradients.b.data).toEqual(Float32Array.of(1, 1));
      expect(gradients.a.data).not.toBe(gradients.b.data);
    });

    // With the tape on, TensorFlow.js keeps copies that nobody frees after an error in either pass.
    it.each([
      ["forward", { tanh: "in the forward pass" }],
      ["backward", { zerosLike: "in the backward pass" }],
    ])("leaves nothing behind after an error %s, and runs again", async (_, faults) => {
      let isBroken = true;
      const wrapped = Object.entries(faults).map(([name, message]) => [
        name,
        (...args: unknown[]) => {
          if (isBroken) throw new Error(message);
          return (tf as unknown as Record<string, (...args: unknown[]) => unknown>)[name](...args);
        },
      ]);
      const broken = { ...tf, ...Object.fromEntries(wrapped) } as TensorFlow;
      const g = createGraphBuilder();
      const x = g.input("x", "float", [3]);
      const chosen = g.apply("Where", [g.apply("Greater", [x, g.scalar(0)], {}), g.mul(x, x), x], {});
      const loss = g.sum(g.apply("Tanh", [g.apply("Exp", [chosen], {})], {}), [0]);
      const executable = await checked(tfjsBackend(broken, { device })).compile(g.build([chosen]), {
        loss: loss.name,
        wrt: ["x"],
      });
      opened.push(executable);
      const feeds = { x: floats([3], [1, -2, 0.5]) };
      const held = tf.memory().numTensors;
      const expected = { code: "BACKEND_FAILED", message: expect.stringContaining(Object.values(faults)[0]) };
      await expect(executable.run(feeds)).rejects.toMatchObject(expected);
      // At most the constants that it keeps until it is closed.
      expect(tf.memory().numTensors - held).toBeLessThanOrEqual(1);
      isBroken = false;
      const { gradients } = await executable.run(feeds);
      expect([...gradients.x.data].every((value) => Number.isFinite(value) && value !== 0)).toBe(true);
    });

    it("names the op, its result and its operands' shapes where a kernel fails", async () => {
      const broken = {
        ...tf,
        matMul: () => {
          throw new Error("no such kernel");
        },
      } as unknown as TensorFlow;
      const executable = await checked(tfjsBackend(broken, { device })).compile(built.graph, request);
      opened.push(executable);
      await expect(executable.run(feedsOf(1))).rejects.toMatchObject({
        code: "BACKEND_FAILED",
        backend: `tfjs-${device}`,
        message: expect.stringMatching(/MatMul → ".+" of \[4,6\], \[6,5\]: no such kernel/),
      });
    });

    it("refuses to work after close, and closes twice", async () => {
      const executable = await compile();
      const running = executable.run(feedsOf(1));
      await executable.close();
      await executable.close();
      expect((await running).loss).toBeTypeOf("number");
      await expect(executable.run(feedsOf(1))).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
      await expect(executable.set({})).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
      const other = tfjsBackend(tf, { device });
      const open = await other.compile(built.graph, request);
      await other.close();
      await other.close();
      await expect(open.run(feedsOf(1))).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
      await expect(other.compile(built.graph)).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    });

    it("goes back to its device where another user of the module left it", async () => {
      const executable = await compile();
      const expected = (await executable.run(feedsOf(1))).loss;
      await tf.setBackend("cpu");
      expect((await executable.run(feedsOf(1))).loss).toBe(expected);
      expect(tf.getBackend()).toBe(device);
    });

    it("says which device cannot start", async () => {
      const backend = tfjsBackend(tf, { device: "abacus" });
      await expect(backend.compile(built.graph)).rejects.toMatchObject({
        code: "BACKEND_UNAVAILABLE",
        message: expect.stringContaining('"abacus"'),
      });
    });
  });
}
