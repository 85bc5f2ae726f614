import { checked, createGraphBuilder, type Executable, opNames, sizeOf, type Tensor } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { describe, expect, it } from "vitest";
import { backends, sharedBackend } from "./backends.ts";
import { float32 } from "./helpers.ts";

const head = createHead({ type: "mlp", dimension: 6, classes: 3, hidden: 5, activation: "gelu" });
const built = head.build({ examples: 4, positions: 0 }, "train");
const wrt = ["embedding", ...head.parameters.map(({ name }) => name)];
const request = { loss: built.loss!, wrt, fetch: [built.logits] };

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
  JSON.stringify(Object.entries(values).map(([name, { data }]) => [name, [...data]]));

describe.each(backends)("%s: the contract", (name, create) => {
  const backend = sharedBackend(create);
  const compile = async (): Promise<Executable> => checked(await backend()).compile(built.graph, request);

  it("declares every op, float32, bits that repeat, and what it runs on", async () => {
    const { supports, specVersion, runtime, ...rest } = await backend();
    expect([rest.name, specVersion]).toEqual([name, 1]);
    expect(supports).toEqual({ ops: opNames, precision: "f32", bitReproducible: true, concurrentRuns: true });
    const provider = name === "onnxruntime-node" ? "cpu" : "wasm";
    expect(runtime).toEqual({ version: "1.30.0", provider, requested: [provider], rejected: [], threads: 1 });
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

  it("writes to the caller's arrays, parts of a larger buffer too, and returns them", async () => {
    const executable = await compile();
    const fresh = await executable.run(feedsOf(1));
    const buffer = new Float32Array(40).fill(7);
    const gradient = { dtype: "float32", shape: [3, 5], data: buffer.subarray(10, 25) } as const;
    const logits = float32([4, 3], new Float32Array(12));
    const into = { gradients: { "linear.weight": gradient }, outputs: { [built.logits]: logits } };
    const result = await executable.run(feedsOf(1), { into });
    expect(result.gradients["linear.weight"]).toBe(gradient);
    expect(result.outputs[built.logits]).toBe(logits);
    expect([...gradient.data]).toEqual([...fresh.gradients["linear.weight"].data]);
    expect([...logits.data]).toEqual([...fresh.outputs[built.logits].data]);
    expect(gradient.data.some((x) => x !== 0)).toBe(true);
    expect([...buffer.subarray(0, 10), ...buffer.subarray(25)].every((x) => x === 7)).toBe(true);
  });

  it("takes arrays that other threads share, as feeds and as targets", async () => {
    const executable = await compile();
    const shared = (shape: readonly number[], data: ArrayLike<number>): Tensor<"float32"> => {
      const array = new Float32Array(new SharedArrayBuffer(4 * data.length));
      array.set(data);
      return { dtype: "float32", shape, data: array };
    };
    const feeds = feedsOf(1);
    const expected = await executable.run(feeds);
    const target = shared([3, 5], new Float32Array(15));
    const result = await executable.run(
      { ...feeds, embedding: shared([4, 6], feeds.embedding.data) },
      { into: { gradients: { "linear.weight": target } } },
    );
    expect(result.loss).toBe(expected.loss);
    expect([...target.data]).toEqual([...expected.gradients["linear.weight"].data]);
  });

  it("keeps overlapping runs apart, of one executable and of several", async () => {
    const [executable, other] = [await compile(), await compile()];
    const alone = [await executable.run(feedsOf(1)), await executable.run(feedsOf(2))];
    const jobs = [0, 1, 2, 3].map((i) => (i < 2 ? executable : other).run(feedsOf(1 + (i % 2))));
    (await Promise.all(jobs)).forEach((result, i) => {
      expect(result.loss).toBe(alone[i % 2].loss);
      expect(bytesOf(result.gradients)).toBe(bytesOf(alone[i % 2].gradients));
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
    const waiting = executable.run(rest);
    await executable.set({ "linear.bias": float32([3], [9, -9, 0]) });
    expect((await waiting).loss).toBe(expected);
    await executable.set({ "linear.bias": bias });
    const shifted = float32([3], [5, 0, 0]);
    expect((await executable.run({ ...rest, "linear.bias": shifted })).loss).not.toBe(expected);
    expect((await executable.run(rest)).loss).toBe(expected);
  });

  it("returns inputs, constants and reshaped values that are fetched, as copies, named twice or not", async () => {
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2, 2]);
    g.input("ids", "int32", [2]);
    g.input("unused", "bool", [3]);
    const flat = g.reshape(x, [4], "flat");
    const constant = g.constant("int32", [2], [7, 8]);
    const fetch = ["x", "flat", "flat", "ids", constant.name];
    const executable = await checked(await backend()).compile(g.build([flat]), { fetch });
    const feed = float32([2, 2], [1, 2, 3, 4]);
    const rest: Record<string, Tensor> = {
      ids: { dtype: "int32", shape: [2], data: Int32Array.of(-3, 5) },
      unused: { dtype: "bool", shape: [3], data: Uint8Array.of(0, 1, 0) },
    };
    const { outputs } = await executable.run({ x: feed, ...rest });
    expect(Object.keys(outputs).sort()).toEqual([constant.name, "flat", "ids", "x"]);
    expect(outputs.flat).toEqual({ dtype: "float32", shape: [4], data: Float32Array.of(1, 2, 3, 4) });
    expect(outputs.x).toEqual(feed);
    expect(outputs.x.data).not.toBe(feed.data);
    expect(outputs.ids).toEqual(rest.ids);
    expect(outputs[constant.name].data).toEqual(Int32Array.of(7, 8));
    // Each into the caller's array, too.
    const into = { outputs: { x: float32([2, 2], [0, 0, 0, 0]), flat: float32([4], [0, 0, 0, 0]) } };
    const again = await executable.run({ x: feed, ...rest }, { into });
    expect([again.outputs.x, again.outputs.flat]).toEqual([into.outputs.x, into.outputs.flat]);
    expect([...into.outputs.x.data, ...into.outputs.flat.data]).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  it("needs no session for results that need no arithmetic", async () => {
    const g = createGraphBuilder();
    const x = g.input("x", "bool", [2]);
    const constant = g.constant("float", [], [0.1]);
    const executable = await checked(await backend()).compile(g.build([x, constant]));
    const { outputs } = await executable.run({ x: { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) } });
    expect(outputs.x.data).toEqual(Uint8Array.of(1, 0));
    expect(outputs[constant.name].data).toEqual(Float32Array.of(0.1));
    await executable.close();
  });

  it("gives two inputs that share one gradient an array each", async () => {
    const g = createGraphBuilder();
    const [a, b] = [g.input("a", "float", [2]), g.input("b", "float", [2])];
    const product = g.mul(g.add(a, b), g.input("c", "float", [2]));
    const loss = g.sum(product, [0]);
    const executable = await checked(await backend()).compile(g.build([loss]), { loss: loss.name, wrt: ["a", "b"] });
    const feeds = { a: float32([2], [1, 2]), b: float32([2], [3, 4]), c: float32([2], [5, 6]) };
    const { gradients } = await executable.run(feeds);
    expect(gradients.a.data).toEqual(Float32Array.of(5, 6));
    expect(gradients.b.data).toEqual(Float32Array.of(5, 6));
    expect(gradients.a.data).not.toBe(gradients.b.data);
    const into = { gradients: { a: float32([2], [0, 0]), b: float32([2], [0, 0]) } };
    await executable.run(feeds, { into });
    expect([...into.gradients.a.data, ...into.gradients.b.data]).toEqual([5, 6, 5, 6]);
  });

  it("works on after a run that failed", async () => {
    const executable = await (await backend()).compile(built.graph, request);
    const expected = await executable.run(feedsOf(1));
    const wrong = { ...feedsOf(1), embedding: float32([4, 5], new Float32Array(20)) };
    const failing = executable.run(wrong);
    const next = executable.run(feedsOf(1));
    await expect(failing).rejects.toMatchObject({ code: "BACKEND_FAILED", backend: name });
    expect(bytesOf((await next).gradients)).toBe(bytesOf(expected.gradients));
    await expect(executable.run({})).rejects.toMatchObject({ code: "FEED_MISSING" });
    expect((await executable.run(feedsOf(1))).loss).toBe(expected.loss);
  });

  it("rejects work after close, of the program or of the backend, and closes twice in peace", async () => {
    const own = await create();
    const raw = await own.compile(built.graph, request);
    const pending = raw.run(feedsOf(1));
    await own.close();
    await own.close();
    expect((await pending).loss).toBeTypeOf("number");
    await expect(raw.run(feedsOf(1))).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    await expect(own.compile(built.graph)).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    const [first, second] = [await compile(), await compile()];
    await first.close();
    await first.close();
    await expect(first.set({})).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    // They share a session, which is still there for the other.
    expect((await second.run(feedsOf(1))).loss).toBeTypeOf("number");
    await second.close();
  });
});
