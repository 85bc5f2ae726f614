import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

describe("neighbors", () => {
  // Cosines by hand: east·north-east = 1/√2, east·north = 0, east·west = −1.
  const compass = () => world.write("compass.txt", "east 1 0\nnorth-east 1 1\nnorth 0 1\nwest -1 0\nNorth 0 2\n");

  it("lists words by cosine", async () => {
    const ran = await run(["neighbors", compass(), "east", "--k", "3", "--json"]);
    expect(ran.code).toBe(0);
    const [east] = JSON.parse(ran.stdout).words;
    expect(east.neighbors.map((each: { word: string }) => each.word)).toEqual(["north-east", "north", "North"]);
    expect(east.neighbors[0].cosine).toBeCloseTo(Math.SQRT1_2, 12);
    expect(east.neighbors[1].cosine).toBe(0);
  });

  it("compares with another file", async () => {
    const other = world.write("turned.txt", "east 0 1\nnorth-east 1 1\nnorth 0 1\nwest -1 0\n");
    const ran = await run(["neighbors", compass(), "east", "--compare", other, "--json"]);
    const [east] = JSON.parse(ran.stdout).words;
    expect(east.after[0].word).toBe("north");
    expect(east.distance).toBeCloseTo(1, 12);
    const table = await run(["neighbors", compass(), "east", "--compare", other]);
    expect(table.stdout).toMatch(/east before +cosine +after +cosine/);
  });

  it("names unknown words with the nearest, and fails where none is known", async () => {
    const some = await run(["neighbors", compass(), "EAST", "west"]);
    expect(some.code).toBe(0);
    expect(some.stderr).toContain('"EAST" is not in');
    expect(some.stderr).toContain('there are "east"');
    const none = await run(["neighbors", compass(), "wets"]);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('"west"');
  });
});

describe("backends", () => {
  it("lists those that are built, and what auto picks", async () => {
    const { stdout } = await run(["backends", "--json"]);
    const { backends, auto } = JSON.parse(stdout);
    expect(backends.map((each: { name: string; works: boolean }) => [each.name, each.works])).toEqual([
      ["cpu", true],
      ["reference", true],
    ]);
    expect(auto.name).toBe("cpu");
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

  it("passes on every backend, and fails with exit code 1 where a number is wrong", async () => {
    world.write("fixtures/good.json", JSON.stringify(fixture));
    const good = await run(["conformance", "--fixtures", world.path("fixtures"), "--json"]);
    expect(good.code, good.stderr).toBe(0);
    expect(JSON.parse(good.stdout).map((each: { status: string }) => each.status)).toEqual(["pass", "pass"]);
    const wrong = structuredClone(fixture);
    wrong.cases[0]!.grads["linear.bias"]!.data[0] = -0.6;
    world.write("wrong/bad.json", JSON.stringify(wrong));
    const bad = await run(["conformance", "--fixtures", world.path("wrong"), "--backend", "reference", "--json"]);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject([{ file: "bad.json", backend: "reference", status: "fail" }]);
  });

  it("calls a head that is not built unsupported, and says where there is no fixture", async () => {
    const other = structuredClone(fixture) as { cases: { head_config: { type: string } }[] };
    other.cases[0]!.head_config.type = "lstm";
    world.write("other/lstm.json", JSON.stringify(other));
    const ran = await run(["conformance", "--fixtures", world.path("other")]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("0 passed, 0 failed, 2 unsupported");
    world.write("none/readme.md", "");
    expect((await run(["conformance", "--fixtures", world.path("none")])).code).toBe(1);
    world.write("broken/a.json", "{");
    const broken = await run(["conformance", "--fixtures", world.path("broken")]);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain("a.json");
  });
});

describe("demo", () => {
  it("fine-tunes the bundled sample, reports its stray rows, and beats the frozen vectors", {
    timeout: 120_000,
  }, async () => {
    const out = world.path("demo");
    const ran = await run(["demo", "--out", out]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain("3 rows without a class were left out");
    expect(ran.stderr).toMatch(/amazon\.json row 1001, imdb\.json row 1001, yelp\.json row 1001/);
    expect(ran.stdout).toMatch(/frozen vectors .*%/);
    expect(ran.stdout).toMatch(/tuned vectors .*%/);
    expect(ran.stdout).toContain("bit-identical");
    const record = JSON.parse(readFileSync(`${out}/run.json`, "utf8"));
    expect(record.data).toMatchObject({ train: { rows: 2400 }, dev: { rows: 300 }, test: { rows: 300 } });
    expect(record.metrics.test.accuracy).toBeGreaterThan(0.78);
    const again = await run(["demo", "--out", out, "--policy", "frozen", "--epochs", "1", "--json"]);
    expect(again.code, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ command: "demo", sample: { rows: 3000 }, policy: "frozen" });
    expect(existsSync(`${out}/data/train.tsv`)).toBe(true);
  });

  it("does not touch a folder that holds something else", async () => {
    world.write("mine/file.txt", "mine");
    const ran = await run(["demo", "--out", world.path("mine")]);
    expect(ran.code).toBe(2);
    expect(existsSync(world.path("mine/data"))).toBe(false);
  });
});
