import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaults } from "../src/pipeline/defaults.ts";
import { resolvePull } from "../src/pipeline/pull.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const inputs = (out: string) => [
  ...["finetune", "--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", world.path(out)],
  ...["--policy", "full", "--embedding-lr", "0.05", "--oov", "zero"],
];

async function finetune(name: string, ...flags: string[]) {
  const ran = await run([...inputs(name), "--epochs", "3", "--json", ...flags]);
  expect(ran.code, ran.stderr).toBe(0);
  const { drift, metrics } = JSON.parse(ran.stdout);
  return { drift, metrics, record: JSON.parse(readFileSync(world.path(`${name}/run.json`), "utf8")) };
}

describe("staying near the pre-trained vectors", () => {
  it("every pull lowers the drift of a run, and is in its record", async () => {
    const free = await finetune("free");
    for (const [flags, settings] of [
      [["--l2sp", "4"], { l2sp: 4 }],
      [
        ["--recadam", "8", "--recadam-center", "100", "--recadam-slope", "0.1"],
        { recadam: 8, recadamCenter: 100, recadamSlope: 0.1 },
      ],
    ] as const) {
      const { drift, record, metrics } = await finetune(flags[0], ...flags);
      expect(drift.meanCosineDistance).toBeLessThan(free.drift.meanCosineDistance / 2);
      expect(drift.meanCosineDistance).toBeGreaterThan(0);
      expect(metrics.dev.accuracy).toBeGreaterThan(0.7);
      expect(record.config).toMatchObject(settings);
    }
    const mixed = await finetune("mixout", "--mixout", "0.9", "--embedding-dropout", "0.1");
    expect(mixed.record.config).toMatchObject({ mixout: 0.9, embeddingDropout: 0.1, l2sp: null });
    expect(mixed.drift.meanCosineDistance).not.toBe(free.drift.meanCosineDistance);
  });

  it("no row leaves the trust region", async () => {
    const free = await finetune("far");
    expect(free.drift.mostMoved[0].cosineDistance).toBeGreaterThan(0.02);
    const near = await finetune("near", "--max-row-cosine-distance", "0.02", "--max-row-l2", "0.3");
    expect(near.drift.mostMoved[0].cosineDistance).toBeLessThanOrEqual(0.02);
    expect(near.drift.maxL2).toBeLessThanOrEqual(0.3);
    // Rows lie on the border, not short of it.
    expect(Math.max(near.drift.mostMoved[0].cosineDistance / 0.02, near.drift.maxL2 / 0.3)).toBeGreaterThan(0.999);
    expect(near.record.config).toMatchObject({ maxRowCosineDistance: 0.02, maxRowL2: 0.3 });
  });

  it.each([
    ["--l2sp", "0"],
    ["--mixout", "0"],
    ["--max-row-cosine-distance", "2"],
    ["--embedding-dropout", "0"],
  ])("%s %s changes nothing", async (...flags) => {
    const free = await finetune(`without ${flags[0]}`);
    const same = await finetune(`nothing ${flags[0]}`, ...flags);
    expect(same.drift).toEqual(free.drift);
    expect(same.metrics).toEqual(free.metrics);
  });

  it("goes on to the bits of an uninterrupted run", async () => {
    const flags = ["--epochs", "4", "--batch-size", "4", "--l2sp", "2", "--embedding-dropout", "0.2"];
    expect((await run([...inputs("whole"), ...flags])).code).toBe(0);
    const controller = new AbortController();
    const stopped = await run([...inputs("stopped"), ...flags], {
      signal: controller.signal,
      onText: (text) => {
        if (/^ +2 {2}full/.test(text)) controller.abort();
      },
    });
    expect(stopped.code).toBe(130);
    const resumed = await run(["finetune", "--out", world.path("stopped"), "--resume"]);
    expect(resumed.code, resumed.stderr).toBe(0);
    for (const file of ["model/model.safetensors", "vectors.txt", "delta.safetensors"]) {
      expect(readFileSync(world.path(`stopped/${file}`)).equals(readFileSync(world.path(`whole/${file}`)))).toBe(true);
    }
  });
});

describe("flags of the pulls", () => {
  it.each([
    [["--l2sp", "1", "--mixout", "0.5"], "one pull at most, got --l2sp and --mixout"],
    [["--recadam-center", "5"], "--recadam-center belongs to --recadam"],
    [["--recadam-slope", "5"], "--recadam-slope belongs to --recadam"],
    [["--l2sp", "-1"], "a number ≥ 0"],
    [["--mixout", "1"], "below 1"],
    [["--max-row-cosine-distance", "2.5"], "from 0 to 2"],
  ])("%j: %s", async (flags, hint) => {
    const ran = await run([...inputs("wrong"), ...flags]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(hint);
  });

  it("stand in the help, under a heading of their own", async () => {
    const { stdout } = await run(["finetune", "--help"]);
    const section = stdout.slice(stdout.indexOf("Staying near the pre-trained vectors:"), stdout.indexOf("Training:"));
    for (const flag of ["--l2sp", "--recadam", "--mixout", "--max-row-cosine-distance", "--max-row-l2"]) {
      expect(section).toContain(flag);
    }
  });

  it("RecAdam has its middle after an epoch, where nothing else is asked for", () => {
    const none = { l2sp: null, recadam: null, recadamCenter: null, recadamSlope: null, mixout: null };
    expect(resolvePull(none, 10)).toBe(undefined);
    expect(resolvePull({ ...none, recadam: 3 }, 50)).toEqual({
      type: "recadam",
      strength: 3,
      annealing: { kind: "sigmoid", center: 50, slope: defaults.recadamSlope / 50 },
    });
  });
});
