import { describe, expect, it } from "vitest";
import { after, before, expectAlike, figures } from "../../test/figures.ts";
import { pairTables } from "../drift/pair-tables.ts";
import { parseAnalogies } from "./analogy-file.ts";
import { analogyRetention } from "./analogy-retention.ts";
import { parseSimilarityPairs } from "./similarity-file.ts";
import { similarityRetention, spearman } from "./similarity-retention.ts";

const pair = pairTables(before, after);

describe("word similarity", () => {
  it("is scipy's Spearman correlation before and after", () => {
    const { file, ...expected } = figures.similarity;
    const result = similarityRetention(pair, parseSimilarityPairs(file));
    expectAlike(result, { ...expected, change: expected.after - expected.before });
  });

  it("finds words lower-cased where they stand in no other case", () => {
    const tables = pairTables(
      { words: ["paris", "Rome", "rome"], data: Float64Array.of(1, 0, 0, 1, 1, 1), dimension: 2 },
      { words: ["paris", "Rome", "rome"], data: Float64Array.of(1, 0, 0, 1, 1, 1), dimension: 2 },
    );
    const pairs = parseSimilarityPairs("Paris\tRome\t1\nparis\trome\t2\nPARIS\tLondon\t9\n");
    expectAlike(similarityRetention(tables, pairs), { pairs: 3, used: 2, before: 1, after: 1, change: 0 });
  });

  it("Spearman of fewer than two numbers or a constant is null", () => {
    expect(spearman([1], [1])).toBeNull();
    expect(spearman([1, 1], [1, 2])).toBeNull();
    expect(() => spearman([1], [1, 2])).toThrow(RangeError);
  });

  it.each([
    ["WordSim-353 in columns", "Word 1\tWord 2\tHuman (mean)\nlove\tsex\t6.77\n"],
    ["WordSim-353 with commas", "Word 1,Word 2,Human (mean)\nlove,sex,6.77\n"],
    ["SimLex-999", "word1\tword2\tPOS\tSimLex999\tconc(w1)\nlove\tsex\tA\t6.77\t2.72\r\n"],
    ["MEN", "love sex 6.77\n"],
    ["RG-65", "# a comment\n\nlove;sex;6.77"],
    ["SimVerb", "\uFEFFlove\tsex\tV\t6.77\tSYNONYMS\n"],
  ])("reads the form of %s", (_, text) => {
    expect(parseSimilarityPairs(text)).toEqual([{ first: "love", second: "sex", score: 6.77 }]);
  });

  it.each([
    ["a b 1\na b c\n", /sim.txt, line 2: expected "word word score", got "a b c"/],
    ["a\tb\tN\t1\na\tb\t2\tx\n", /line 2/],
    ["word word\n", /sim.txt: expected word pairs/],
    ["", /found none/],
  ])("refuses %j", (text, message) => {
    expect(() => parseSimilarityPairs(text, "sim.txt")).toThrow(message);
  });
});

describe("analogies", () => {
  it("are solved by 3CosAdd as numpy does, section by section", () => {
    const { file, candidates, all, sections } = figures.analogies;
    const result = analogyRetention(pair, parseAnalogies(file), { candidates });
    expectAlike(result, { ...all, change: all.after - all.before, sections, candidates });
  });

  it("beyond the candidates are not used", () => {
    const result = analogyRetention(pair, parseAnalogies("w1 w2 w3 w89\n"), { candidates: 89 });
    expect(result).toMatchObject({ total: 1, used: 0, before: null, after: null, change: null });
    const all = analogyRetention(pair, parseAnalogies("w1 w2 w3 w89\n"));
    expect(all).toMatchObject({ used: 1, candidates: 90 });
  });

  it.each([
    [": s\na b c d\na b c\n", /q.txt, line 3: expected four words/],
    ["a b c d e", /line 1/],
    [": only a section\n", /found none/],
  ])("refuses %j", (text, message) => {
    expect(() => parseAnalogies(text, "q.txt")).toThrow(message);
  });
});
