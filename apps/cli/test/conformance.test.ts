import { readFileSync } from "node:fs";
import { allCases } from "@thawline/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { selectBackends } from "../src/conformance/select-backends.ts";
import { backendNames } from "../src/pipeline/backend-names.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

/** A browser that is not there. */
const env = { CHROMIUM_PATH: "/nowhere/chromium" };

describe("conformance", { timeout: 120_000 }, () => {
  it("runs every case, and writes the report that --json prints", async () => {
    const report = world.path("report");
    const ran = await run(["conformance", "--backend", "reference", "--json", "--report", report]);
    expect(ran.code, ran.stderr).toBe(0);
    const document = JSON.parse(ran.stdout);
    const ids = allCases().map(({ id }) => id);
    expect(Object.keys(document)).toEqual(["backends", "cases"]);
    expect(document.backends).toMatchObject([
      {
        name: "reference",
        cases: ids.length,
        passed: ids.length,
        failed: 0,
        expectedFailures: 0,
        unsupported: 0,
      },
    ]);
    expect(document.backends[0].runtime).toContain(process.versions.node);
    expect(document.backends[0].worstError).toBeLessThan(1e-10);
    expect(document.cases.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(JSON.parse(readFileSync(`${report}/conformance-report.json`, "utf8"))).toEqual(document);
    expect(readFileSync(`${report}/conformance-report.md`, "utf8")).toContain(`| reference | ${ids.length} |`);
    expect(ran.stderr).toContain("reference: ");
  });

  it("fails where a backend is missing that was named or required, and runs the others", async () => {
    const named = await run(["conformance", "--backend", "reference,tfjs-wasm"], { env });
    expect(named.code).toBe(1);
    expect(named.stdout).toMatch(/MISSING +tfjs-wasm: .*\/nowhere\/chromium/);
    expect(named.stdout).toMatch(/\d+ passed, 1 failed\n$/);
    const world = { ...env, CONFORMANCE_REQUIRE: "reference, onnxruntime-web-wasm" };
    const required = await run(["conformance", "--backend", "reference", "--json"], { env: world });
    expect(required.code).toBe(1);
    expect(required.stderr).toContain("onnxruntime-web-wasm is not here");
    expect(JSON.parse(required.stdout).backends).toHaveLength(1);
  });
});

describe("which backends", () => {
  it("are all, those named, and those required", () => {
    expect(selectBackends({}, {})).toEqual({ names: backendNames, required: new Set() });
    expect(selectBackends({ backend: ["all"], require: ["cpu"] }, {})).toEqual({
      names: backendNames,
      required: new Set(["cpu"]),
    });
    expect(selectBackends({ backend: ["tfjs-cpu"] }, { CONFORMANCE_REQUIRE: "cpu" })).toEqual({
      names: ["cpu", "tfjs-cpu"],
      required: new Set(["cpu", "tfjs-cpu"]),
    });
    expect(selectBackends({}, { CONFORMANCE_REQUIRE: "all" }).required.size).toBe(10);
    expect(() => selectBackends({}, { CONFORMANCE_REQUIRE: "gpu" })).toThrow('unknown backend "gpu"');
  });
});

describe("conformance --fixtures", () => {
  // Loss of a linear head at zero weights: −log ½; gradients follow by hand from softmax − target = (−½, ½).
  const fixture = {
    cases: [
      {
        name: "by hand",
        head_config: { type: "mean-linear" },
        ids: [[1]],
        labels: [0],
        params: {
          "embedding.weight": { shape: [2, 1], data: [0, 3] },
          "linear.weight": { shape: [2, 1], data: [0, 0] },
          "linear.bias": { shape: [2], data: [0, 0] },
        },
        logits: { shape: [1, 2], data: [0, 0] },
        loss: Math.LN2,
        grads: {
          "embedding.weight": { shape: [2, 1], data: [0, 0] },
          "linear.weight": { shape: [2, 1], data: [-1.5, 1.5] },
          "linear.bias": { shape: [2], data: [-0.5, 0.5] },
        },
      },
    ],
  };
  const both = ["--backend", "cpu,reference"];

  it("passes on every backend, and fails with exit code 3 where a number is wrong", async () => {
    world.write("fixtures/good.json", JSON.stringify(fixture));
    const good = await run(["conformance", "--fixtures", world.path("fixtures"), ...both, "--json"]);
    expect(good.code, good.stderr).toBe(0);
    const results = JSON.parse(good.stdout);
    expect(results.map((each: { backend: string; status: string }) => [each.backend, each.status])).toEqual([
      ["cpu", "pass"],
      ["reference", "pass"],
    ]);
    expect(Object.keys(results[0])).toEqual(["file", "case", "backend", "status", "error", "worst"]);
    const wrong = structuredClone(fixture);
    wrong.cases[0]!.grads["linear.bias"]!.data[0] = -0.6;
    world.write("wrong/bad.json", JSON.stringify(wrong));
    const bad = await run(["conformance", "--fixtures", world.path("wrong"), "--backend", "reference", "--json"]);
    expect(bad.code).toBe(3);
    expect(JSON.parse(bad.stdout)).toMatchObject([{ file: "bad.json", backend: "reference", status: "fail" }]);
  });

  it("reads folders in the folder, and passes over JSON of another form with a word", async () => {
    world.write("mixed/deep/er/by-hand.json", JSON.stringify(fixture));
    world.write("mixed/package.json", "{}");
    const ran = await run(["conformance", "--fixtures", world.path("mixed"), "--backend", "reference", "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject([{ file: "deep/er/by-hand.json", status: "pass" }]);
    expect(ran.stderr).toContain("package.json is no fixture");
  });

  it("calls a head that is not built unsupported, and says where there is no fixture", async () => {
    const other = structuredClone(fixture) as { cases: { head_config: { type: string } }[] };
    other.cases[0]!.head_config.type = "lstm";
    world.write("other/lstm.json", JSON.stringify(other));
    const ran = await run(["conformance", "--fixtures", world.path("other"), ...both]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("0 passed, 0 failed, 2 unsupported");
    world.write("none/readme.md", "");
    expect((await run(["conformance", "--fixtures", world.path("none"), ...both])).code).toBe(1);
    world.write("strange/package.json", "{}");
    const strange = await run(["conformance", "--fixtures", world.path("strange"), ...both]);
    expect(strange.code).toBe(1);
    expect(strange.stderr).toContain("package.json");
    world.write("broken/a.json", "{");
    const broken = await run(["conformance", "--fixtures", world.path("broken"), ...both]);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain("a.json");
  });
});
