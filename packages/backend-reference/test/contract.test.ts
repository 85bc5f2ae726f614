import { checked, createGraphBuilder, type Executable, opNames, sizeOf, type Tensor, tensor } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.ts";

const head = createHead({ type: "mlp", dimension: 6, classes: 3, hidden: 5, activation: "tanh" });
const built = head.build({ examples: 4, positions: 0 }, "train");
const wrt = ["embedding", ...head.parameters.map(({ name }) => name)];
const compile = (): Promise<Executable> =>
  checked(referenceBackend()).compile(built.graph, { loss: built.loss!, wrt, fetch: [built.logits] });

/** Feeds that differ with `k`. */
const feedsOf = (k: number): Record<string, Tensor> =>
  Object.fromEntries(
    built.graph.inputs.map(({ name, shape }, i) => {
      const data = Float64Array.from({ length: sizeOf(shape) }, (_, j) => Math.sin(k + 3 * i + 0.7 * j));
      return [name, tensor("float64", shape, data)];
    }),
  );
const copyOf = (values: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(values).map(([name, { data }]) => [name, [...data]]));

describe("referenceBackend", () => {
  it("declares every op, float64, and bits that repeat", () => {
    const { supports, name } = referenceBackend();
    expect(name).toBe("reference");
    expect(supports).toEqual({ ops: opNames, precision: "f64", bitReproducible: true, concurrentRuns: true });
  });

  it("gives the same bits again, leaves feeds alone, and results as they are", async () => {
    const executable = await compile();
    const feeds = feedsOf(1);
    const before = copyOf(feeds);
    const first = await executable.run(feeds);
    const kept = { gradients: copyOf(first.gradients), outputs: copyOf(first.outputs) };
    const other = await executable.run(feedsOf(2));
    expect(other.loss).not.toBe(first.loss);
    const again = await executable.run(feeds);
    expect(copyOf(feeds)).toEqual(before);
    expect({ gradients: copyOf(first.gradients), outputs: copyOf(first.outputs) }).toEqual(kept);
    expect({ gradients: copyOf(again.gradients), outputs: copyOf(again.outputs) }).toEqual(kept);
    expect(again.loss).toBe(first.loss);
  });

  it("writes to the caller's arrays and returns them", async () => {
    const executable = await compile();
    const fresh = await executable.run(feedsOf(1));
    const gradient = tensor("float64", [3], new Float64Array(3));
    const { gradients } = await executable.run(feedsOf(1), { into: { gradients: { "linear.bias": gradient } } });
    expect(gradients["linear.bias"]).toBe(gradient);
    expect([...gradient.data]).toEqual([...fresh.gradients["linear.bias"].data]);
  });

  it("remembers a copy of what is set, and lets a feed override it for one run", async () => {
    const executable = await compile();
    const { "linear.bias": bias, ...rest } = feedsOf(1);
    const own = { ...bias, data: bias.data.slice() } as Tensor;
    await executable.set({ "linear.bias": own });
    own.data.fill(99);
    const expected = (await executable.run(feedsOf(1))).loss;
    expect((await executable.run(rest)).loss).toBe(expected);
    const shifted = tensor("float64", [3], Float64Array.of(5, 0, 0));
    expect((await executable.run({ ...rest, "linear.bias": shifted })).loss).not.toBe(expected);
    expect((await executable.run(rest)).loss).toBe(expected);
  });

  it("gives two inputs that share one gradient an array each", async () => {
    const g = createGraphBuilder();
    const loss = g.sum(g.add(g.input("a", "float", [2]), g.input("b", "float", [2])), [0]);
    const executable = await checked(referenceBackend()).compile(g.build([loss]), { loss: loss.name, wrt: ["a", "b"] });
    const two = tensor("float64", [2], Float64Array.of(1, 2));
    const { gradients } = await executable.run({ a: two, b: two });
    expect([...gradients.a.data, ...gradients.b.data]).toEqual([1, 1, 1, 1]);
    expect(gradients.a.data).not.toBe(gradients.b.data);
  });

  it("rejects work after close, of the program or of the backend", async () => {
    const backend = referenceBackend();
    const executable = await backend.compile(built.graph);
    await backend.close();
    await backend.close();
    await expect(executable.run({})).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    await expect(backend.compile(built.graph)).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    const other = await referenceBackend().compile(built.graph);
    await other.close();
    await other.close();
    await expect(other.set({})).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
  });

  it("names a missing feed even without checked()", async () => {
    const executable = await referenceBackend().compile(built.graph);
    await expect(executable.run({})).rejects.toMatchObject({ code: "FEED_MISSING" });
  });
});
