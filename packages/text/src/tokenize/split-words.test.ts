import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitWords } from "./split-words.ts";

const joined = (text: string): string => splitWords(text).join(" ");

describe("splitWords", () => {
  it.each([
    ["I don't know, it's fine.", "I do n't know , it 's fine ."],
    ["i'm we're they've he'll she'd can't won't", "i 'm we 're they 've he 'll she 'd ca n't wo n't"],
    ["wouldn't've", "would n't 've"],
    ["DON'T It'S", "DO N'T It 'S"],
    ["isn’t it’s", "is n't it 's"],
    ["boys' o'brien rock'n'roll", "boys ' o'brien rock'n'roll"],
    ["'quoted' text", "' quoted ' text"],
  ])("cuts English clitics off: %s", (text, expected) => expect(joined(text)).toBe(expected));

  it.each([
    ["3.5 and 1,000 at 10:30, 1/2.", "3.5 and 1,000 at 10:30 , 1/2 ."],
    ["£50, $3.50, 20%", "£ 50 , $ 3.50 , 20 %"],
    ["late-night at&t covid-19 13th", "late-night at&t covid-19 13th"],
    ["the u.s. and i.e. p.m.", "the u.s. and i.e. p.m."],
    ["Mr. Smith met Dr. No.", "Mr. Smith met Dr. No ."],
    ["my card.I lost it", "my card . I lost it"],
    ["card?Help", "card ? Help"],
    ["wait... what -- no!!", "wait ... what -- no ! !"],
    ["a_b __proto__ constructor", "a_b __proto__ constructor"],
    ["and/or (see [1])", "and / or ( see [ 1 ] )"],
  ])("splits marks, keeps numbers and compounds: %s", (text, expected) => expect(joined(text)).toBe(expected));

  it.each([
    "is n't it 's they 're i 'm we 'll 've 'd",
    "the film ( a comedy ) -lrb- 2001 -rrb- is `` good ''",
    "one . . . two ... three -- four",
    "crème brûlée late-night 'em",
  ])("leaves text that is already split as it is: %s", (text) => expect(joined(text)).toBe(text));

  it.each([
    ["Привет, мир!", "Привет , мир !"],
    ["नमस्ते दुनिया।", "नमस्ते दुनिया ।"],
    ["می\u200cخواهم", "می\u200cخواهم"],
    ["cafe\u0301 naïve", "cafe\u0301 naïve"],
    ["我喜欢猫", "我喜欢猫"],
    ["yay👍🏽!👨‍👩‍👧🇩🇪❤️1️⃣", "yay 👍🏽 ! 👨‍👩‍👧 🇩🇪 ❤️ 1️⃣"],
    ["a\u00a0b\u200bc\u0085d\ufeffe\u0000f", "a b c d e f"],
  ])("knows letters of any script and emoji: %s", (text, expected) => expect(joined(text)).toBe(expected));

  it("finds no token in text without any", () => {
    expect(splitWords("")).toEqual([]);
    expect(splitWords(" \n\t\u200b")).toEqual([]);
  });

  it("gives no empty token, none with white space, and loses no letter", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const tokens = splitWords(text);
        for (const token of tokens) expect(token).toMatch(/^\P{White_Space}+$/u);
        const letters = (value: string): string => value.replace(/[^\p{L}\p{N}]/gu, "").replace(/\u02BC/gu, "");
        expect(letters(tokens.join(""))).toBe(letters(text));
      }),
      { seed: 20261123, numRuns: 500 },
    );
  });

  it("splits its own output the same way again, for words and plain marks", () => {
    const piece = fc.constantFrom("don't", "it's", "3.5", "1,000", "u.s.", "late-night", "...", ",", "'s", "(", "café");
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const once = splitWords(pieces.join(" "));
        expect(splitWords(once.join(" "))).toEqual(once);
      }),
      { seed: 20261123 },
    );
  });
});
