import { createGraphBuilder, floatTensor, type Graph } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { createOnnxruntimeBackend, type Runtime, type RuntimeAdapter } from "../src/index.ts";
import { loadRuntime } from "../src/load-runtime.ts";
import { onnxruntimeNodeBackend } from "../src/node.ts";
import { onnxruntimeWebBackend } from "../src/web.ts";

/** A runtime that doubles its input `x`, counts its sessions, and notices calls that overlap. */
function fakeRuntime({ broken = [], refuses = false }: { broken?: string[]; refuses?: boolean } = {}) {
  const log = { created: 0, released: 0, runs: 0, overlaps: 0, models: new Set<number>() };
  let busy = false;
  const alone = async <T>(work: () => T): Promise<T> => {
    if (busy) log.overlaps++;
    busy = true;
    await new Promise((resolve) => setTimeout(resolve, 1));
    busy = false;
    return work();
  };
  const runtime: Runtime = {
    Tensor: class {
      readonly data: Float32Array;
      constructor(_: string, data: Float32Array | Int32Array | Uint8Array) {
        this.data = data as Float32Array;
      }
    },
    InferenceSession: {
      create: async (model, options) => {
        const { provider } = options as { provider: string };
        if (broken.includes(provider)) throw new Error(`${provider} is not there`);
        if (refuses && log.created > 0) throw new Error("this model is not for me");
        log.created++;
        log.models.add(model.length);
        return {
          run: (feeds, fetches) =>
            alone(() => {
              log.runs++;
              if (Number.isNaN((feeds.x.data as Float32Array)[0])) throw new Error("the device was lost");
              const data = (feeds.x.data as Float32Array).map((x) => 2 * x);
              return Object.fromEntries((fetches as string[]).map((name) => [name, { data }]));
            }),
          release: () =>
            alone(() => {
              log.released++;
            }),
        };
      },
    },
  };
  const adapter = (more: Partial<RuntimeAdapter> = {}): RuntimeAdapter => ({
    name: "fake",
    runtime,
    version: "0",
    threads: () => 1,
    providers: ["cpu"],
    sessionOptions: (provider) => ({ provider }),
    writesOutputs: false,
    oneSessionAtATime: true,
    ...more,
  });
  return { log, adapter };
}

const doubled = (size: number): Graph => {
  const g = createGraphBuilder();
  const x = g.input("x", "float", [size]);
  return g.build([g.add(x, x, "y")]);
};
const feed = (...data: number[]) => ({ x: floatTensor([data.length], Float32Array.from(data)) });

describe("sessions", () => {
  it("are shared by equal graphs, made once even by calls that overlap, and released by the last user", async () => {
    const { log, adapter } = fakeRuntime();
    const backend = await createOnnxruntimeBackend(adapter());
    const probes = log.created;
    // The one that tried the provider stays, and keeps a graphics processor's shaders.
    expect([probes, log.released]).toEqual([1, 0]);
    const [a, b, c] = await Promise.all([
      backend.compile(doubled(3)),
      backend.compile(doubled(3)),
      backend.compile(doubled(4)),
    ]);
    expect(log.created - probes).toBe(2);
    await a.close();
    await a.close();
    expect(log.released).toBe(0);
    await b.close();
    expect(log.released).toBe(1);
    await backend.compile(doubled(3));
    expect(log.created - probes).toBe(3);
    await backend.close();
    await backend.close();
    expect(log.released).toBe(log.created);
    await expect(c.run(feed(1, 2, 3, 4))).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
  });

  it("tell graphs apart that JSON would not: 0 and −0", async () => {
    const { log, adapter } = fakeRuntime();
    const backend = await createOnnxruntimeBackend(adapter());
    const probes = log.created;
    for (const zero of [0, -0]) {
      const g = createGraphBuilder();
      await backend.compile(g.build([g.div(g.scalar(zero), g.input("x", "float", [2]))]));
    }
    expect(log.created - probes).toBe(2);
    await backend.close();
  });

  it("run one at a time where the runtime needs it, also beside each other, and while others are closed", async () => {
    const { log, adapter } = fakeRuntime();
    const backend = await createOnnxruntimeBackend(adapter());
    const [a, b] = [await backend.compile(doubled(1)), await backend.compile(doubled(2))];
    const runs = [a.run(feed(1)), b.run(feed(1, 2)), a.run(feed(3)), b.close(), backend.compile(doubled(3))] as const;
    const [first, second, third] = await Promise.all(runs);
    expect([first, second, third].map(({ outputs }) => [...outputs.y.data])).toEqual([[2], [2, 4], [6]]);
    expect(log.overlaps).toBe(0);
    await backend.close();
    expect(log.released).toBe(log.created);
  });

  it("of two backends on one runtime wait for each other, probes included", async () => {
    const { log, adapter } = fakeRuntime();
    const [a, b] = await Promise.all([createOnnxruntimeBackend(adapter()), createOnnxruntimeBackend(adapter())]);
    const [first, second] = await Promise.all([a.compile(doubled(1)), b.compile(doubled(1))]);
    await Promise.all([first.run(feed(1)), second.run(feed(2)), first.run(feed(3))]);
    expect(log.overlaps).toBe(0);
    await Promise.all([a.close(), b.close()]);
    expect(log.overlaps).toBe(0);
  });

  it("survive a run that fails", async () => {
    const { adapter } = fakeRuntime();
    const backend = await createOnnxruntimeBackend(adapter());
    const executable = await backend.compile(doubled(1));
    const [lost, next] = [executable.run(feed(Number.NaN)), executable.run(feed(4))];
    await expect(lost).rejects.toMatchObject({
      code: "BACKEND_FAILED",
      message: expect.stringMatching(/device was lost/),
    });
    expect([...(await next).outputs.y.data]).toEqual([8]);
    await backend.close();
  });

  it("that the runtime refuses name its reason, and are not kept", async () => {
    const { adapter } = fakeRuntime({ refuses: true });
    const backend = await createOnnxruntimeBackend(adapter());
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(backend.compile(doubled(1))).rejects.toMatchObject({
        code: "BACKEND_FAILED",
        message: expect.stringMatching(/not for me/),
      });
    }
    await backend.close();
  });

  it("are given back where the backend closes during compile", async () => {
    const { log, adapter } = fakeRuntime();
    const backend = await createOnnxruntimeBackend(adapter());
    const compiling = backend.compile(doubled(1));
    await backend.close();
    await expect(compiling).rejects.toMatchObject({ code: "BACKEND_CLOSED" });
    expect([log.created, log.released]).toEqual([2, 2]);
  });
});

describe("providers", () => {
  it("are tried in order; the report says which works and why others do not", async () => {
    const { adapter } = fakeRuntime({ broken: ["cuda"] });
    const backend = await createOnnxruntimeBackend(adapter({ providers: ["cuda", "cpu"] }));
    expect(backend.runtime).toMatchObject({
      provider: "cpu",
      requested: ["cuda", "cpu"],
      rejected: [{ provider: "cuda", reason: "cuda is not there" }],
    });
    expect(backend.supports.bitReproducible).toBe(true);
  });

  it("that all fail make the backend unavailable", async () => {
    const { adapter } = fakeRuntime({ broken: ["webgpu"] });
    await expect(createOnnxruntimeBackend(adapter({ providers: ["webgpu"] }))).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringMatching(/webgpu is not there/),
    });
  });

  it("of a graphics processor promise no bits", async () => {
    const { adapter } = fakeRuntime();
    const backend = await createOnnxruntimeBackend(adapter({ providers: ["webgpu"] }));
    expect(backend.supports.bitReproducible).toBe(false);
  });

  it("that this machine lacks are refused by the real runtime", async () => {
    await expect(onnxruntimeWebBackend({ provider: "webgpu" })).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      backend: "onnxruntime-web-webgpu",
    });
  });
});

describe("options and modules", () => {
  it("a module that is missing is an error with the command that installs it", async () => {
    const load = () => Promise.reject(new Error("Cannot find package"));
    await expect(loadRuntime("onnxruntime-node", "onnxruntime-node", load)).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringMatching(/npm install onnxruntime-node$/),
    });
  });

  it("wrong options are the caller's mistakes", async () => {
    await expect(onnxruntimeNodeBackend({ threads: 0 })).rejects.toThrow(RangeError);
    await expect(onnxruntimeWebBackend({ provider: "webgl" as never })).rejects.toThrow(/"wasm" or "webgpu"/);
  });
});
