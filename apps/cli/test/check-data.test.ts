import { createRandom, shuffle } from "@thawline/core";
import { findingCodes } from "@thawline/text";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkFindingCodes } from "../src/commands/check-data.ts";
import { run } from "./support/run-command.ts";
import { createWorld, labelledText, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const json = async (...argv: string[]) => {
  const ran = await run(["check-data", ...argv, "--json"]);
  expect([0, 3], ran.stderr).toContain(ran.code);
  return { ...JSON.parse(ran.stdout), code: ran.code };
};
const codesOf = (check: { findings: { code: string }[] }): string[] => check.findings.map(({ code }) => code);

/** Twelve texts of their own, so that nothing repeats by chance. */
const clean = (prefix: string): string =>
  Array.from(
    { length: 12 },
    (_, i) => `${i % 2 === 0 ? "a" : "b"}\t${prefix}${i} x${prefix}${i} y${prefix}${i} z${prefix}${i}\n`,
  ).join("");

describe("check-data", () => {
  it("checks the splits together", async () => {
    const train = world.write(
      "own.tsv",
      `${clean("tree")}a\tSame text, twice over again\nb\tHouses full of birds today\n`,
    );
    const test = world.write(
      "leaky.tsv",
      `${clean("cloud")}a\tsame text twice over again!\nb\t\nb\tHouses full of cats today\n`,
    );
    const check = await json("--train", train, "--test", test);
    expect(check).toMatchObject({
      command: "check-data",
      data: {
        train: { file: train, rows: 14, skipped: 0 },
        dev: null,
        test: { file: test, rows: 14, skipped: 1, skippedRows: [{ line: 14, reason: "no text" }] },
      },
      rows: { train: 14, dev: null, test: 14 },
      learnability: null,
      noise: null,
      gates: [],
    });
    const [leak] = check.repeats.across;
    expect(leak).toMatchObject({ from: "train", into: "test", rows: 2, identical: 0, sameWords: 1, near: 1 });
    expect(leak.samples[0]).toMatchObject({ kind: "same-words", line: 13, of: { split: "train", line: 13 } });
    // Four words of five, and of five: 4 / 6.
    expect(leak.samples[1]).toMatchObject({ kind: "near", similarity: 4 / 6, line: 15, of: { line: 14 } });
    expect(codesOf(check)).toEqual(["leaks", "near-leaks", "skipped-rows"]);
  });

  it("says that shuffled labels cannot be learned, and what real ones reach", async () => {
    const rows = labelledText(400, 9)
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t") as [string, string]);
    const write = (name: string, labels: string[]): string =>
      world.write(name, rows.map(([, text], i) => `${labels[i]}\t${text}\n`).join(""));
    const labels = rows.map(([label]) => label);
    const real = await json("--train", write("real.tsv", labels));
    expect(real.learnability.isLearnable).toBe(true);
    expect(real.learnability.model.value).toBeGreaterThan(0.8);
    shuffle(labels, createRandom(3));
    const shuffled = write("shuffled.tsv", labels);
    expect((await json("--train", shuffled)).learnability.isLearnable).toBe(false);
    const ran = await run(["check-data", "--train", shuffled, "--fail-on", "unlearnable"]);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(
      /PROBLEM +these labels cannot be learned from this text: a linear model gets [\d.]+ % of them right/,
    );
    expect(ran.stdout).toMatch(/linear model on shuffled labels +[\d.]+ % +[\d.]+ % to [\d.]+ %/);
    expect(ran.stderr).toContain("--fail-on unlearnable: 1 finding: FAILED");
  });

  it("writes a report for people, the most important first", async () => {
    const ran = await run(["check-data", "--train", world.train, "--dev", world.dev, "--test", world.test]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^train 240 rows, dev 60 rows, test 60 rows; 5 words in the middle text/);
    expect(ran.stdout).toMatch(/Accuracy to compare yours with:/);
    expect(ran.stdout).toMatch(/always "(pos|neg)" +50\.0 %/);
    expect(ran.stdout).toMatch(/linear model, 10-fold cross-validation +[\d.]+ %/);
    expect(ran.stdout).toMatch(/label \(2\) +train +dev +test/);
  });

  it("gates: shares of leaked rows, findings by name and by severity", async () => {
    const train = world.write("gate.tsv", clean("tree"));
    const test = world.write("gate-test.tsv", `${clean("cloud")}a\ttree0 xtree0 ytree0 ztree0\n`);
    const gate = (...flags: string[]) => run(["check-data", "--train", train, "--test", test, "--quiet", ...flags]);
    expect((await gate()).code).toBe(0);
    expect(await gate("--max-leaked", "0")).toMatchObject({
      code: 3,
      stderr: "7.7 % of a split's rows stand in an earlier one; --max-leaked allows 0.0 %: FAILED\n",
    });
    expect((await gate("--max-leaked", "0.08")).code).toBe(0);
    expect((await gate("--fail-on", "conflicts,label-spellings")).code).toBe(0);
    expect((await gate("--fail-on", "conflicts,leaks")).code).toBe(3);
    expect((await gate("--fail-on", "problem")).code).toBe(3);
    expect((await gate("--fail-on", "warning")).code).toBe(3);
    const { gates } = await json("--train", train, "--test", test, "--max-leaked", "0.5", "--fail-on", "leaks");
    expect(gates).toEqual([
      { name: "max-leaked", limit: 0.5, value: 1 / 13, passed: true },
      { name: "fail-on", limit: "leaks", value: 1, passed: false },
    ]);
  });

  it("reads columns, lists as many samples as asked for, and can leave the model out", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 2},"the same old text"\n`).join("");
    const file = world.write("columns.csv", `stars,review\n${rows}`);
    const columns = ["--train", file, "--label-column", "stars", "--text-column", "review"];
    const check = await json(...columns, "--top", "3", "--no-model");
    expect(check.repeats.within.train).toMatchObject({ rows: 39, identical: 39 });
    expect(check.repeats.within.train.samples).toHaveLength(3);
    expect(check.conflicts).toMatchObject({ texts: 1, rows: 40, unavoidableErrors: 20 });
    expect(check.learnability).toBeNull();
  });

  it("takes wrong use as such", async () => {
    expect((await run(["check-data"])).code).toBe(2);
    expect((await run(["check-data", "--train", world.train, "--fail-on", "leak"])).stderr).toContain('"leaks"');
    expect((await run(["check-data", "--train", world.train, "--near-similarity", "0"])).code).toBe(2);
    const strict = await run(["check-data", "--train", world.write("gap.tsv", "a\tx\n\t\nb\ty\n"), "--strict"]);
    expect(strict.code).toBe(1);
    expect(strict.stderr).toContain("line 2");
  });

  it("names in --help what the checks can find", async () => {
    expect(checkFindingCodes).toEqual(findingCodes);
    expect((await run(["check-data", "--help"])).stdout).toContain("unlearnable, leaks, unknown-labels");
  });
});
