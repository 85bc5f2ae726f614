import { checked, createGraphBuilder, type Executable, opNames, sizeOf, type Tensor } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { describe, expect, it } from "vitest";
import { cpuBackend } from "../src/index.ts";
import { float32 } from "./helpers.ts";

const head = createHead({ type: "mlp", dimension: 6, classes: 3, hidden: 5, activation: "gelu" });
const built = head.build({ examples: 4, positions: 0 }, "train");
const wrt = ["embedding", ...head.parameters.map(({ name }) => name)];
const compile = (): Promise<Executable> =>
  checked(cpuBackend()).compile(built.graph, { loss: built.loss!, wrt, fetch: [built.logits] });

/** Feeds that differ with `k`. */
const feedsOf = (k: number): Record<string, Tensor> =>
  Object.fromEntries(
    built.graph.inputs.map(({ name, shape }, i) => [
      name,
      float32(
        shape,
        Array.from({ length: sizeOf(shape) }, (_, j) => Math.sin(k + 3 * i + 0.7 * j)),
      ),
    ]),
  );

const bytesOf = (values: Readonly<Record<string, Tensor>>): string =>
  JSON.stringify(Object.entries(values).map(([name, { data }]) => [name, [...new Uint8Array(data.buffer)]]));

describe("cpuBackend", () => {
  it("declares every op, float32, and bits that repeat", () => {
    const { supports, name, specVersion } = cpuBackend();
    expect({ name, specVersion }).toEqual({ name: "cpu", specVersion: 1 });
    expect(supports).toEqual({ ops: opNames, precision: "f32", bitReproducible: true, concurrentRuns: true });
  });

  it("gives the same bits for the same feeds, run after run and program after program", async () => {
    const executable = await compile();
    const first = await executable.run(feedsOf(1));
    await executable.run(feedsOf(2));
    const again = await executable.run(feedsOf(1));
    const other = await (await compile()).run(feedsOf(1));
    for (const result of [again, other]) {
      expect(result.loss).toBe(first.loss);
      expect(bytesOf(result.gradients)).toBe(bytesOf(first.gradients));
      expect(bytesOf(result.outputs)).toBe(bytesOf(first.outputs));
    }
  });

  it("leaves feeds as they were, and results as they are after a second run", async () => {
    const executable = await compile();
    const feeds = feedsOf(1);
    const before = bytesOf(feeds);
    const result = await executable.run(feeds);
    const kept = bytesOf(result.gradients) + bytesOf(result.outputs);
    const second = await executable.run(feedsOf(2));
    expect(bytesOf(feeds)).toBe(before);
    expect(bytesOf(result.gradients) + bytesOf(result.outputs)).toBe(kept);
    expect(bytesOf(second.gradients)).not.toBe(bytesOf(result.gradients));
  });

  it("writes to the caller's arrays and returns them", async () => {
    const executable = await compile();
    const fresh = await executable.run(feedsOf(1));
    const gradient = float32([3, 5], new Float32Array(15));
    const logits = float32([4, 3], new Float32Array(12));
    const into = { gradients: { "linear.weight": gradient }, outputs: { [built.logits]: logits } };
    const result = await executable.run(feedsOf(1), { into });
    expect(result.gradients["linear.weight"]).toBe(gradient);
    expect(result.outputs[built.logits]).toBe(logits);
    expect([...gradient.data]).toEqual([...fresh.gradients["linear.weight"].data]);
    expect([...logits.data]).toEqual([...fresh.outputs[built.logits].data]);
    expect(gradient.data.some((x) => x !== 0)).toBe(true);
  });

  it("keeps overlapping runs apart", async () => {
    const executable = await compile();
    const alone = [await executable.run(feedsOf(1)), await executable.run(feedsOf(2))];
    const together = await Promise.all([executable.run(feedsOf(1)), executable.run(feedsOf(2))]);
    together.forEach((result, i) => {
      expect(result.loss).toBe(alone[i].loss);
      expect(bytesOf(result.gradients)).toBe(bytesOf(alone[i].gradients));
    });
  });

  it("remembers a copy of what is set, and lets a feed override it for one run", async () => {
    const executable = await compile();
    const feeds = feedsOf(1);
    const { "linear.bias": bias, ...rest } = feeds;
    const own = float32([3], bias.data);
    await executable.set({ "linear.bias": own });
    own.data.fill(99);
    const expected = (await executable.run(feeds)).loss;
    expect((await executable.run(rest)).loss).toBe(expected);
    const shifted = float32([3], [5, 0, 0]);
    expect((await executable.run({ ...rest, "linear.bias": shifted })).loss).not.toBe(expected);
    expect((await executable.run(rest)).loss).toBe(expected);
  });

  it("returns inputs, constants and reshaped values that are fetched, as copies", async () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2, 2]);
    const flat = g.reshape(x, [4], "flat");
    const constant = g.constant("int32", [2], [7, 8]);
    const executable = await checked(cpuBackend()).compile(g.build([x, flat, constant]));
    const feed = float32([2, 2], [1, 2, 3, 4]);
    const { outputs } = await executable.run({ x: feed });
    expect(outputs.flat).toEqual({ dtype: "float32", shape: [4], data: Float32Array.of(1, 2, 3, 4) });
    expect(outputs.x).toEqual(feed);
    expect(outputs.x.data).not.toBe(feed.data);
    expect(outputs[constant.name].data).toEqual(Int32Array.of(7, 8));
  });

  it("keeps a fetched value whose array other steps could take over, also under another shape", async () => {
    const g = createGraphBuilder();
    const halved = g.mul(g.input("x", "float", [2, 2]), g.scalar(0.5));
    const flat = g.reshape(halved, [4], "flat");
    // Each of these leaves an array of the same size behind.
    let chain = halved;
    for (let i = 0; i < 4; i++) chain = g.mul(chain, g.scalar(3));
    const executable = await checked(cpuBackend()).compile(g.build([flat, chain]));
    const { outputs } = await executable.run({ x: float32([2, 2], [2, 4, 6, 8]) });
    expect(outputs.flat.data).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(outputs[chain.name].data).toEqual(Float32Array.of(81, 162, 243, 324));
  });

  it("gives two inputs that share one gradient an array each", async () => {
    const g = createGraphBuilder();
    const [a, b] = [g.input("a", "float", [2]), g.input("b", "float", [2])];
    const loss = g.sum(g.add(a, b), [0]);
    const executable = await checked(cpuBackend()).compile(g.build([loss]), { loss: loss.name, wrt: ["a", "b"] });
    const { gradients } = await executable.run({ a: float32([2], [1, 2]), b: float32([2], [3, 4]) });
    expect(gradients.a.data).toEqual(Float32Array.of(1, 1));
    expect(gradients.b.data).toEqual(Float32Array.of(1, 1));
    expect(gradients.a.data).not.toBe(gradients.b.data);
  });

  it("rejects work after close, of the program or of the backend, and closes twice in peace", async () => {
    const backend = cpuBackend();
    const raw = await backend.compile(built.graph);
    await backend.close();
    await backend.close();
    await expect(raw.run({})).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    await expect(backend.compile(built.graph)).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    const executable = await cpuBackend().compile(built.graph);
    await executable.close();
    await executable.close();
    await expect(executable.set({})).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
  });

  it("names a missing feed even without checked()", async () => {
    const executable = await cpuBackend().compile(built.graph);
    await expect(executable.run({})).rejects.toMatchObject({ code: "FEED_MISSING" });
  });
});
