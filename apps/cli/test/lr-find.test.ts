import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wipeOutDistance, wipeOutWarning } from "../src/lr-find/wipe-out.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const files = (): string[] => ["--vectors", world.vectors, "--train", world.train, "--dev", world.dev];
const json = async (...argv: string[]) => {
  const ran = await run(["lr-find", ...files(), ...argv, "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
};

describe("lr-find", () => {
  it("suggests rates for the head and the vectors, and writes nothing", async () => {
    const before = readdirSync(world.folder);
    const found = await json("--steps", "120");
    expect(found).toMatchObject({
      command: "lr-find",
      backend: "cpu",
      data: { train: { file: world.train, rows: 240 } },
    });
    for (const test of [found.head, found.embeddings]) {
      expect(test.points.length).toBeLessThanOrEqual(120);
      expect(test.points[0].learningRate).toBe(1e-6);
      for (const point of test.points) {
        expect(Object.keys(point).sort()).toEqual(["learningRate", "loss", "smoothedLoss"]);
      }
    }
    const { lr, embeddingLr } = found.suggestion;
    expect(lr).toBe(found.head.suggestion);
    expect(lr).toBeGreaterThan(1e-4);
    const trials: { lr: number; devLoss: number }[] = found.head.tried;
    expect(trials[0]!.lr).toBeCloseTo(Number(found.head.suggestions.minimumTenth.toPrecision(2)), 12);
    expect(trials.map((each) => each.lr)).toEqual([...trials.map((each) => each.lr)].sort((a, b) => b - a));
    expect(trials.find((each) => each.lr === lr)!.devLoss).toBe(Math.min(...trials.map((each) => each.devLoss)));
    expect(lr).toBeLessThan(1);
    expect(embeddingLr).toBe(found.drift.tried[found.drift.tried.length - 1].embeddingLr);
    expect(found.drift.limit).toBe(wipeOutDistance);
    expect(found.drift.tried.at(-1).meanCosineDistance).toBeLessThanOrEqual(wipeOutDistance);
    expect(readdirSync(world.folder)).toEqual(before);
  });

  it("says the same every time, and something else for other training", async () => {
    const short = ["--steps", "40"];
    expect(await json(...short)).toEqual(await json(...short));
    expect((await json(...short, "--optimizer", "sgd")).head.points).not.toEqual((await json(...short)).head.points);
  });

  it("tells people, with the curve on stderr and a command that runs on stdout", async () => {
    const ran = await run(["lr-find", ...files(), "--steps", "60"]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^--lr [\d.e-]+ --embedding-lr [\d.e-]+\n/);
    expect(ran.stdout).toMatch(/one epoch at --embedding-lr +mean cosine distance/);
    expect(ran.stderr).toMatch(/Loss of the head over its learning rate \(\d+ steps/);
    expect(ran.stderr).toMatch(/[▁▂▃▄▅▆▇█]{5}/);
    const [, suggested] = /Train with:\n {2}thawline (.*) --out run\n/.exec(ran.stdout)!;
    const trained = await run([
      ...suggested!.split(" "),
      "--out",
      world.path("run"),
      "--epochs",
      "1",
      "--json",
      "--no-report",
    ]);
    expect(trained.code, trained.stderr).toBe(0);
    expect((await run(["lr-find", ...files(), "--steps", "60", "--quiet"])).stderr).toBe("");
  });

  it("lowers a rate that would wipe out, and says so", async () => {
    const found = await json("--steps", "30", "--from", "1", "--to", "1000");
    expect(found.drift.wipesOut).toBe(true);
    expect(found.drift.tried.length).toBeGreaterThan(1);
    expect(found.drift.tried[0].meanCosineDistance).toBeGreaterThan(wipeOutDistance);
    expect(found.suggestion.embeddingLr).toBeLessThan(found.drift.tried[0].embeddingLr);
  });

  it("refuses what it decides itself, and a range that is none", async () => {
    for (const [flag, value] of [
      ["--lr", "0.1"],
      ["--policy", "full"],
      ["--epochs", "3"],
    ] as const) {
      expect((await run(["lr-find", ...files(), flag, value])).code, flag).toBe(2);
    }
    const ran = await run(["lr-find", ...files(), "--from", "1", "--to", "0.1"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("--from below --to");
    expect((await run(["lr-find", "--vectors", world.vectors])).code).toBe(2);
  });
});

describe("finetune", () => {
  const tune = (rate: string) =>
    run([
      "finetune",
      ...files(),
      "--out",
      world.path(`tuned-${rate}`),
      "--policy",
      "full",
      "--epochs",
      "2",
      "--embedding-lr",
      rate,
      "--no-report",
    ]);

  it("warns once where the first tuned epoch wipes out what the vectors know", async () => {
    const { stderr, code } = await tune("3");
    expect(code).toBe(0);
    expect(stderr.match(/wipes out what they were pre-trained to know/g)).toHaveLength(1);
    expect((await tune("0.001")).stderr).not.toContain("wipes out");
  });

  it("judges the first epoch that trained the vectors only", () => {
    const epoch = (n: number, embeddings: number, meanCosineDistance: number) => ({
      epoch: n,
      phase: "p",
      learningRates: { embeddings },
      trainLoss: 1,
      devLoss: 1,
      devAccuracy: 0.5,
      meanCosineDistance,
    });
    expect(wipeOutWarning([])).toBeUndefined();
    expect(wipeOutWarning([epoch(1, 0, 0), epoch(2, 0.5, wipeOutDistance * 2)])).toContain("--embedding-lr 0.5");
    expect(wipeOutWarning([epoch(1, 0, 0), epoch(2, 0.5, wipeOutDistance)])).toBeUndefined();
    expect(wipeOutWarning([epoch(1, 0.5, 0.3), epoch(2, 0.5, 0.4)])).toBeUndefined();
    expect(wipeOutWarning([epoch(1, 0, 0.4)])).toBeUndefined();
  });
});
