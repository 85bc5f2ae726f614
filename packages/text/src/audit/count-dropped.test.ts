import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenizer, tokenizerNames } from "../tokenize/tokenizer.ts";
import { countDropped } from "./count-dropped.ts";

describe("countDropped", () => {
  it.each([
    ["cat sat", ["cat", "sat"], 0, 0],
    ["кот cat мышь", ["cat"], 2, 7],
    ["don’t", ["do", "n't"], 0, 0],
    ["a\u200B \uFEFFb\u0007", ["a", "b"], 0, 0],
    ["£5 & £6", ["5", "6"], 3, 3],
    ["all of it", [], 3, 7],
    ["x\uD800y", ["x", "\uFFFD", "y"], 0, 0],
  ] as const)("counts in %j without %j", (text, tokens, pieces, characters) => {
    expect(countDropped(text, tokens)).toEqual({ pieces, characters });
  });

  it("finds what each tokenizer keeps: tokens and dropped characters make the text", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "B", "'", "’", "n't", " ", "é", "-", "£", "5", ".", "\uD800", "😀", "\t"),
    });
    fc.assert(
      fc.property(text, fc.constantFrom(...tokenizerNames), (each, name) => {
        const tokens = createTokenizer({ name }).tokenize(each);
        const { characters, pieces } = countDropped(each, tokens);
        const visible = each.replace(/[\p{White_Space}\p{Cc}\p{Cf}]/gu, "").length;
        expect(tokens.join("").length + characters).toBe(visible);
        expect(pieces).toBeLessThanOrEqual(characters);
      }),
      { seed: 20261123, numRuns: 300 },
    );
  });

  it("is linear in the text", () => {
    const text = "\uD800’£ ".repeat(100_000);
    expect(countDropped(text, createTokenizer({ name: "words" }).tokenize(text)).pieces).toBe(0);
    expect(countDropped(text, createTokenizer({ name: "kim" }).tokenize(text)).pieces).toBe(100_000);
  });
});
