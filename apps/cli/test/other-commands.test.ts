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
