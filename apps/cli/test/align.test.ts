import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

/** Lower-case vectors; the text has capitals and marks, which only `words` with lower-casing undoes. */
const small = (): string[] => [
  "--vectors",
  world.write("small.txt", "take 1 0\ndaily 0 1\n. 1 1\nunused 2 2\nthe 1 2\nfilm 2 1\n"),
  "--data",
  world.write("notes.tsv", "a\tTake sertraline daily.\nb\tTake the film.\n"),
];
const json = async (...argv: string[]) => {
  const ran = await run(["align", ...argv, "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
};

describe("align", () => {
  it("measures every tokenizer and names the best", async () => {
    const audit = await json(...small());
    expect(audit.command).toBe("align");
    expect(audit.vectors).toMatchObject({ format: "glove", rows: 6, dimension: 2 });
    expect(audit.best).toBe("words-lowercase");
    expect(audit.tokenizers[0].name).toBe(audit.best);
    expect(new Set(audit.tokenizers.map((fit: { name: string }) => fit.name)).size).toBe(6);
    const fit = Object.fromEntries(audit.tokenizers.map((each: { name: string }) => [each.name, each]));
    // take sertraline daily . | take the film . : 7 of 8 tokens, 5 of 6 types.
    expect(fit["words-lowercase"]).toMatchObject({ tokens: 7 / 8, types: 5 / 6, tokenizer: "words", lowercase: true });
    // Take sertraline daily. | Take the film. : only "the".
    expect(fit.whitespace).toMatchObject({ tokens: 1 / 6, types: 1 / 5 });
  });

  it("lists missing words, labels and splits, and what would find more", async () => {
    const test = world.write("held.tsv", "a\tunused\n\nb\tnothing known here\n");
    const audit = await json(...small(), "--test", test, "--tokenizer", "words", "--no-lowercase");
    expect(audit.best).toBe("words-lowercase");
    expect(audit.measuredWith).toMatchObject({ name: "words", lowercase: false });
    // Take sertraline daily . | Take the film .
    expect(audit.splits.train).toMatchObject({ rows: 2, tokens: 5 / 8, oovTypes: 2 });
    expect(audit.splits.dev).toBeNull();
    expect(audit.splits.test).toMatchObject({ rows: 2, tokens: 1 / 4 });
    expect(audit.data.test).toMatchObject({ file: test, skipped: 1 });
    expect(audit.perClass.map((each: { label: string; tokens: number }) => [each.label, each.tokens])).toEqual([
      ["a", 2 / 4],
      ["b", 3 / 4],
    ]);
    expect(audit.missing).toMatchObject([
      { word: "Take", count: 2, recoverableBy: ["lowercase"], forms: ["take"] },
      { word: "sertraline", count: 1, recoverableBy: [] },
    ]);
    expect(audit.recoveries).toMatchObject([{ rule: "lowercase", tokens: 2, types: 1, gain: 2 / 8 }]);
    expect((await json(...small(), "--no-lowercase", "--tokenizer", "words", "--top", "1")).missing).toHaveLength(1);
  });

  it("finds the drug names of medical notes that speak for a label", async () => {
    const drugs = { psychiatry: "sertraline", endocrinology: "metformin", cardiology: "bisoprolol" };
    const rows = Object.entries(drugs).flatMap(([label, drug]) =>
      Array.from({ length: 12 }, (_, i) => `${label}\tTake ${drug} daily${i % 3 === 0 ? ", patient 7." : "."}\n`),
    );
    const data = world.write("medical.tsv", rows.join(""));
    const vectors = world.write("general.txt", "take 1 0\ndaily 0 1\n. 1 1\n, 2 1\npatient 1 3\n");
    const { labelIndicativeMissing } = await json("--vectors", vectors, "--data", data);
    const found = labelIndicativeMissing.map((each: { word: string; label: string }) => [each.label, each.word]);
    expect(Object.fromEntries(found)).toEqual(drugs);
    const { stdout } = await run(["align", "--vectors", vectors, "--data", data]);
    expect(stdout).toMatch(/missing, and speaks for a label/);
    expect(stdout).toMatch(/metformin +12 +endocrinology +100\.0 %/);
  });

  it("writes a report for people", async () => {
    const ran = await run(["align", ...small()]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/words-lowercase +87\.5 % +83\.3 % +fits best, measured below/);
    expect(ran.stdout).toContain("With --tokenizer words --lowercase:");
    expect(ran.stdout).toMatch(/train +2 +87\.5 % +83\.3 % +1\n/);
    expect(ran.stdout).toMatch(/sertraline +1 +–/);
    expect(ran.stderr).toBe("");
  });

  it("exits with 3 below --min-coverage, of the tokenizer that it names", async () => {
    const passed = await run(["align", ...small(), "--min-coverage", "0.875"]);
    expect(passed.code).toBe(0);
    expect(passed.stderr).toContain("(tokenizer words-lowercase); --min-coverage asks for 87.5 %: passed");
    const best = await run(["align", ...small(), "--min-coverage", "0.9", "--json"]);
    expect(best.code).toBe(3);
    expect(JSON.parse(best.stdout).gate).toEqual({ minCoverage: 0.9, coverage: 0.875, passed: false });
    const chosen = await run(["align", ...small(), "--min-coverage", "0.6", "--tokenizer", "whitespace", "--quiet"]);
    expect(chosen.code).toBe(3);
    expect(chosen.stderr).toContain("60.0 %: FAILED");
    expect(chosen.stderr).toMatch(/50\.0 % .*\(tokenizer whitespace-lowercase\)/);
  });

  it("is named at the end of a fine-tuning run, in words that run", async () => {
    const out = world.path("run");
    const argv = [
      "--vectors",
      world.vectors,
      "--train",
      world.train,
      "--dev",
      world.dev,
      "--out",
      out,
      "--epochs",
      "1",
    ];
    const tuned = await run(["finetune", ...argv, "--backend", "cpu"]);
    expect(tuned.code, tuned.stderr).toBe(0);
    const command = /thawline (align .*)/.exec(tuned.stdout)![1]!;
    expect(command).toContain(`--data ${world.train} --dev ${world.dev}`);
    const audit = await json(...command.split(" ").slice(1));
    expect(audit.measuredWith.tokenizer).toBe("words");
    expect(audit.missing[0].word).toMatch(/^oov\d$/);
  });

  it.each([
    [["--data", "d.tsv"], 2, "--vectors FILE"],
    [["--vectors", "v.txt"], 2, "--data FILE"],
    [["--vectors", "v.txt", "--data", "none.tsv"], 1, "no such file"],
    [["--min-coverage", "85"], 2, "a number from 0 to 1"],
  ])("%j fails with %i", async (argv, code, hint) => {
    const ran = await run(["align", ...argv]);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(hint);
  });
});
