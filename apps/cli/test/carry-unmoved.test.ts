import { readFileSync } from "node:fs";
import { createRandom } from "@thawline/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/run-command.ts";
import { createWorld, readGlove, type World } from "./support/world.ts";

let world: World;
let vectors: string;
let train: string;
let dev: string;
beforeAll(() => {
  world = createWorld();
  vectors = world.write("leaning.txt", leaningVectors());
  train = world.write("leaning.tsv", texts(120, 1, 50));
  dev = world.write("leaning-dev.tsv", texts(40, 2, 75));
});
afterAll(() => world.remove());

/** 75 words that lean one way in the first component, 75 that lean the other; what training does follows the lean. */
function leaningVectors(): string {
  const random = createRandom(3);
  const row = (word: string, lean: number): string => {
    const rest = Array.from({ length: 3 }, () => (0.3 * random.nextNormal()).toFixed(4));
    return `${word} ${(lean * (1 + random.nextFloat())).toFixed(4)} ${rest.join(" ")}\n`;
  };
  const words = Array.from({ length: 75 }, (_, i) => [row(`good${i}`, 0.5), row(`bad${i}`, -0.5)]);
  return words.flat().join("");
}

/** Texts of the first `known` words of each kind, each word about equally often. */
function texts(rows: number, seed: number, known: number): string {
  const random = createRandom(seed);
  return Array.from({ length: rows }, (_, i) => {
    const kind = i % 2 === 0 ? "good" : "bad";
    const words = Array.from({ length: 6 }, () => `${kind}${random.nextBelow(known)}`);
    return `${kind === "good" ? "pos" : "neg"}\t${words.join(" ")}\n`;
  }).join("");
}

const argvOf = (out: string, files: readonly string[], flags: readonly string[]): string[] => [
  ...["finetune", "--out", world.path(out), "--backend", "cpu", "--policy", "full", "--epochs", "8", "--patience", "9"],
  ...["--embedding-lr", "0.05", ...files, ...flags],
];
const document = async (out: string, files: readonly string[], ...flags: string[]) => {
  const ran = await run([...argvOf(out, files, flags), "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
};
const leaning = (): string[] => ["--vectors", vectors, "--train", train, "--dev", dev, "--test", dev];

describe("finetune --carry-unmoved", () => {
  it("moves the words that training never saw, and says with what error and what effect", async () => {
    const carried = await document("carried", leaning(), "--carry-unmoved");
    const plain = await document("plain", leaning());
    expect(plain.carried).toBeNull();
    const seen = new Set(readFileSync(train, "utf8").match(/\w+\d+/g));
    expect(carried.carried.rows).toBe(150 - seen.size);
    expect(carried.carried.map.heldOutError.high).toBeLessThan(0.95);
    expect(carried.carried.map.candidates).toHaveLength(8);
    // The same training; only what is written differs.
    expect(carried.drift).toEqual(plain.drift);
    expect(carried.carried.metricsWithout).toEqual({ dev: plain.metrics.dev, test: plain.metrics.test });
    expect(carried.metrics.train).toEqual(plain.metrics.train);
    expect(carried.metrics.dev.loss).not.toBe(plain.metrics.dev.loss);

    const [before, after, without] = [vectors, carried.artifacts.vectors, plain.artifacts.vectors].map(readGlove);
    for (const [word, row] of before!) {
      if (seen.has(word)) expect(after!.get(word)).toEqual(without!.get(word));
      else {
        expect(without!.get(word)).toEqual(row);
        // Along the lean of the words like it, as training moved those.
        expect(Math.sign(after!.get(word)![0]! - row[0]!)).toBe(word.startsWith("good") ? 1 : -1);
      }
    }
    const record = JSON.parse(readFileSync(carried.artifacts.run, "utf8"));
    expect(record.carried).toEqual(carried.carried);
    expect(record.config.carryUnmoved).toBe(true);
    expect(carried.drift.frozenRowsBitIdentical).toBe(true);
    // Of rows that had to stay none is left: training saw the others, and these were carried.
    expect(record.frozenRows.count).toBe(0);
  });

  it("writes a model of which its metrics are true, and a delta that gives the vectors", async () => {
    const { artifacts, metrics, carried } = await document("model", leaning(), "--carry-unmoved");
    const ran = await run(["evaluate", "--model", artifacts.model, "--data", dev, "--backend", "cpu", "--json"]);
    const evaluated = JSON.parse(ran.stdout).metrics;
    expect(evaluated.accuracy).toBe(metrics.dev.accuracy);
    expect(Math.abs(evaluated.loss - metrics.dev.loss)).toBeLessThan(1e-6);
    const measured = JSON.parse((await run(["drift", vectors, artifacts.vectors, "--data", train, "--json"])).stdout);
    expect(measured.drift.movedRows).toBe(150);
    expect(measured.drift.bands[0]).toMatchObject({ from: 0, rows: carried.rows, movedRows: carried.rows });
  });

  it("leaves them where held-out words do not follow the map, or too few words moved, and says so", async () => {
    const files = ["--vectors", world.vectors, "--train", world.train, "--dev", world.dev];
    const ran = await run([...argvOf("refused", files, ["--carry-unmoved"])]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/Carried {2}nothing: on moved rows held out, .*not reliably better by 5 %/);
    const frozen = await document("frozen", leaning(), "--carry-unmoved", "--policy", "frozen");
    expect(frozen.carried).toMatchObject({ rows: 0, map: null, metricsWithout: null });
    expect(frozen.carried.reason).toMatch(/training moved 0 pre-trained rows/);
    const { vectors: written } = frozen.artifacts;
    expect(readGlove(written)).toEqual(readGlove(vectors));
  });

  it("needs the whole table", async () => {
    const ran = await run(argvOf("part", leaning(), ["--carry-unmoved", "--model-rows", "data"]));
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("needs --model-rows all");
  });
});
