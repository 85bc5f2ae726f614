import { createGraphBuilder } from "@thawline/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { tfjsWebBackend, type WebDevice } from "../src/index.ts";
import * as runtime from "../src/load-runtime.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** TensorFlow.js with some devices, one of them possibly a webgl in half precision. */
function fakeTf(works: readonly WebDevice[], isFloat32 = true) {
  let current = "";
  const tf = {
    version_core: "0.0.0",
    getBackend: () => current,
    setBackend: async (device: string) => {
      current = device;
      return works.includes(device as WebDevice);
    },
    engine: () => ({}),
    env: () => ({ getBool: () => isFloat32 }),
  };
  vi.spyOn(runtime, "loadTfjs").mockResolvedValue(tf as never);
}

/** A browser with WebGPU and a canvas. */
function fakeBrowser() {
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => ({}) } });
  vi.stubGlobal("OffscreenCanvas", class {});
  vi.spyOn(runtime, "loadWebgpu").mockResolvedValue();
}

describe("tfjsWebBackend", () => {
  it("takes wasm first, and says so", async () => {
    const backend = await tfjsWebBackend();
    expect(backend).toMatchObject({ name: "tfjs-wasm", chosen: "wasm", reasons: { wasm: "chosen" } });
    const g = createGraphBuilder();
    const x = g.input("x", "float", [2]);
    const executable = await backend.compile(g.build([g.add(x, x, "y")]));
    const { outputs } = await executable.run({ x: { dtype: "float32", shape: [2], data: Float32Array.of(1, 2) } });
    expect([...outputs.y.data]).toEqual([2, 4]);
    await backend.close();
  });

  it("goes on to the next where one does not work, and keeps the reasons", async () => {
    const backend = await tfjsWebBackend({ prefer: ["webgpu", "webgl", "cpu", "wasm"] });
    expect(backend).toMatchObject({ name: "tfjs-cpu", chosen: "cpu" });
    expect(backend.reasons).toEqual({
      webgpu: expect.stringContaining("no WebGPU"),
      webgl: expect.stringContaining("no canvas"),
      cpu: "chosen",
    });
  });

  it("says why a device does not start", async () => {
    fakeBrowser();
    fakeTf(["cpu"]);
    const { reasons } = await tfjsWebBackend();
    expect(reasons).toEqual({
      wasm: expect.stringContaining("wasmPaths"),
      webgpu: expect.stringContaining("could not start"),
      webgl: expect.stringContaining("could not start"),
      cpu: "chosen",
    });
  });

  it("does not expect that WebGPU has an adapter, or that packages load", async () => {
    fakeBrowser();
    fakeTf(["webgpu", "webgl"]);
    vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => null } });
    vi.spyOn(runtime, "loadWasm").mockRejectedValue(new Error("not installed"));
    const { reasons } = await tfjsWebBackend();
    expect(reasons).toEqual({ wasm: "not installed", webgpu: "WebGPU has no adapter", webgl: "chosen" });
  });

  it("refuses to train in half precision, and looks on with it if asked to", async () => {
    fakeBrowser();
    fakeTf(["webgl"], false);
    await expect(tfjsWebBackend({ prefer: ["webgl"] })).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringContaining("float32"),
    });
    const backend = await tfjsWebBackend({ prefer: ["webgl"], inferenceOnly: true });
    expect(backend.supports.precision).toBe("f16");
    const g = createGraphBuilder();
    const loss = g.sum(g.input("x", "float", [2]), [0], false, "loss");
    await expect(backend.compile(g.build([loss]), { loss: "loss", wrt: ["x"] })).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringContaining("float32"),
    });
  });

  it("throws with every reason where nothing works", async () => {
    fakeTf([]);
    await expect(tfjsWebBackend({ prefer: ["webgpu", "cpu"] })).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringMatching(/webgpu: .*cpu: /),
    });
  });
});
