import { type Backend, ThawlineError } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { afterEach, describe, expect, it, vi } from "vitest";
import { chooseBackend } from "../src/pipeline/choose-backend.ts";
import { run } from "./support/run-command.ts";

const head = (type: string) => createHead({ type, dimension: 6, classes: 2 });

/** A backend that is right but for one gradient, which is 1 % too large. */
async function wrongBackend(): Promise<Backend> {
  const { cpuBackend } = await import("@thawline/backend-cpu");
  const cpu = cpuBackend();
  return {
    ...cpu,
    compile: async (graph, request) => {
      const executable = await cpu.compile(graph, request);
      return {
        ...executable,
        run: async (feeds, options) => {
          const result = await executable.run(feeds, options);
          for (const value of Object.values(result.gradients).slice(0, 1))
            value.data.forEach((x, i) => {
              value.data[i] = x * 1.01;
            });
          return result;
        },
      };
    },
  };
}

/** A backend that computes as cpu does, and takes its time for it. */
async function slowBackend(): Promise<Backend> {
  const { cpuBackend } = await import("@thawline/backend-cpu");
  const cpu = cpuBackend();
  return {
    ...cpu,
    compile: async (graph, request) => {
      const executable = await cpu.compile(graph, request);
      return {
        ...executable,
        run: async (feeds, options) => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          return executable.run(feeds, options);
        },
      };
    },
  };
}

afterEach(() => {
  vi.doUnmock("@thawline/backend-onnxruntime/node");
  vi.doUnmock("@thawline/backend-tfjs-node");
});

const absent = (): never => {
  throw new Error("Cannot find package");
};
const runtimes = (onnxruntime: () => Promise<Backend>, tfjs: () => Promise<Backend> = absent): void => {
  vi.doMock("@thawline/backend-onnxruntime/node", () => ({ onnxruntimeNodeBackend: onnxruntime }));
  vi.doMock("@thawline/backend-tfjs-node", () => ({ tfjsNodeBackend: tfjs }));
};

async function choose(type: string, purpose: "train" | "predict" = "train") {
  const { name, reason, backend } = await chooseBackend(head(type), purpose);
  await backend.close();
  return { name, reason };
}

const unavailable = async (): Promise<never> => {
  throw new ThawlineError("BACKEND_UNAVAILABLE", "no runtime");
};

describe("auto", { timeout: 60_000 }, () => {
  it("picks cpu for pooled heads without loading a runtime", async () => {
    const loads = vi.fn(unavailable);
    runtimes(loads, loads);
    expect(await choose("linear")).toMatchObject({ name: "cpu", reason: expect.stringContaining("linear") });
    expect(await choose("mlp")).toMatchObject({ name: "cpu" });
    expect(loads).not.toHaveBeenCalled();
  });

  it("picks a runtime that is right and not slow for heads on positions, and says what it measured", async () => {
    const { cpuBackend } = await import("@thawline/backend-cpu");
    runtimes(async () => cpuBackend());
    // Two cpu backends: whichever way their race ends, none is half as fast again as the other for long.
    const { name, reason } = await choose("cnn");
    expect(["onnxruntime-node", "cpu"]).toContain(name);
    expect(reason).toMatch(/ms a step of this cnn head, cpu .* ms/);
    expect(await choose("attention", "predict")).toMatchObject({ name: "onnxruntime-node" });
  });

  it.each(["train", "predict"] as const)("never picks one with a wrong gradient (%s)", async (purpose) => {
    runtimes(wrongBackend, unavailable);
    const { name, reason } = await choose("cnn", purpose);
    expect(name).toBe("cpu");
    expect(reason).toMatch(/onnxruntime-node: it fails head\/cnn\//);
  });

  it("goes on to the next where one is slow or absent", async () => {
    runtimes(slowBackend, slowBackend);
    expect(await choose("attention")).toMatchObject({ name: "cpu", reason: expect.stringContaining("slower") });
    const { cpuBackend } = await import("@thawline/backend-cpu");
    runtimes(unavailable, async () => cpuBackend());
    expect((await choose("cnn")).reason).toMatch(/tfjs-node|ms a step/);
  });
});

describe("a backend whose package or runtime is missing", () => {
  it.each([
    ["onnxruntime-node", "npm install @thawline/backend-onnxruntime onnxruntime-node@1.30.0"],
    ["tfjs-node", "npm install @thawline/backend-tfjs-node @tensorflow/tfjs-node@4.22.0"],
  ] as const)("%s says what to install", async (name, command) => {
    vi.doMock("@thawline/backend-onnxruntime/node", absent);
    vi.doMock("@thawline/backend-tfjs-node", absent);
    vi.resetModules();
    const { openBackend } = await import("../src/pipeline/open-backend.ts");
    await expect(openBackend(name)).rejects.toMatchObject({
      code: "BACKEND_UNAVAILABLE",
      message: expect.stringContaining(command),
    });
  });
});

describe("backends", () => {
  it("says of each whether it works here, why not, and what auto picks", { timeout: 120_000 }, async () => {
    const { stdout } = await run(["backends", "--json"], { env: { CHROMIUM_PATH: "/nowhere/chromium" } });
    const { backends, auto } = JSON.parse(stdout);
    const byName = new Map(backends.map((each: { name: string }) => [each.name, each]));
    expect(byName.size).toBe(10);
    expect(byName.get("cpu")).toMatchObject({ place: "node", works: true, reason: null, precision: "f32" });
    expect(byName.get("reference")).toMatchObject({ works: true, precision: "f64" });
    expect(byName.get("tfjs-webgl")).toMatchObject({
      place: "browser",
      works: false,
      reason: expect.stringContaining("/nowhere/chromium"),
      install: expect.stringContaining("@thawline/backend-tfjs-web"),
    });
    expect(auto.pooled).toMatchObject({ head: "linear", name: "cpu" });
    expect(auto.sequence.reason).not.toBe("");
    const table = await run(["backends", "--no-browsers"]);
    expect(table.stdout).toMatch(/^cpu +works/m);
    expect(table.stdout).toContain("auto picks for sequence heads");
    expect(table.stdout).not.toContain("tfjs-webgl");
  });
});
