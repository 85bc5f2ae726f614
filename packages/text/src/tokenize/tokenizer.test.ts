import { ThawlineError } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { tokenizeTexts } from "./tokenize-texts.ts";
import { createTokenizer, tokenizerNames } from "./tokenizer.ts";

const codeOf = (action: () => unknown): [string, string] => {
  try {
    action();
  } catch (error) {
    if (ThawlineError.isInstance(error)) return [error.code, error.message];
    throw error;
  }
  throw new Error("expected an error");
};

describe("createTokenizer", () => {
  it("defaults to words, case kept, and freezes its description", () => {
    const { spec, tokenize } = createTokenizer();
    expect(spec).toEqual({ name: "words", version: 1, lowercase: false });
    expect(Object.isFrozen(spec)).toBe(true);
    expect(tokenize("Don't")).toEqual(["Do", "n't"]);
  });

  it("makes the same tokenizer again from its saved description", () => {
    for (const name of tokenizerNames) {
      const first = createTokenizer({ name, lowercase: true, maxLength: 3 });
      const again = createTokenizer(JSON.parse(JSON.stringify(first.spec)));
      expect(again.spec).toEqual(first.spec);
      expect(again.tokenize("It's A Test of 3.5")).toEqual(first.tokenize("It's A Test of 3.5"));
    }
  });

  it("lower-cases without a locale and cuts at maxLength", () => {
    expect(createTokenizer({ lowercase: true }).tokenize("ÉTÉ ISTANBUL")).toEqual(["été", "istanbul"]);
    expect(createTokenizer({ maxLength: 2 }).tokenize("a b c")).toEqual(["a", "b"]);
  });

  it("splits at Unicode white space only, for whitespace", () => {
    const { tokenize } = createTokenizer({ name: "whitespace" });
    expect(tokenize("  it's\ta\u00a0b\u0085c\u3000d\u2028e, ")).toEqual(["it's", "a", "b", "c", "d", "e,"]);
    expect(tokenize("x\ufeffy\u200bz")).toEqual(["x\ufeffy\u200bz"]);
  });

  // Computed with Python's re by the steps of clean_str.
  it.each([
    ["It's a film they'd've hated, isn't it?", "it 's a film they 'd 've hated , is n't it ?"],
    ["a 50% off (today only!) -- $3.50; don't", "a 50 % off ( today only ! ) -- $ 3 . 50 ; do n't"],
    ["Crème brûlée & café", "cr me br l e caf"],
    ["the 'sign's' rock'n'roll 's 'stuff", "the 'sign 's' rock'n'roll 's 'stuff"],
    ["we'll I'm you're I've x_y `tick` 'did", "we 'll i'm you 're i 've x y ` tick ` 'did"],
    ["\u0130stanbul \u212aelvin naïve\u2019s", "i stanbul kelvin na ve s"],
    ["n't's 'll'd", "n't 's 'll 'd"],
    ["   ", ""],
  ])("follows clean_str, for kim: %s", (text, expected) => {
    expect(createTokenizer({ name: "kim", lowercase: true }).tokenize(text).join(" ")).toBe(expected);
  });

  it("turns lone surrogates into U+FFFD in every tokenizer that keeps other marks", () => {
    for (const lone of ["\ud800", "\udc00"]) {
      expect(createTokenizer({ name: "whitespace" }).tokenize(`a${lone} b`)).toEqual(["a\ufffd", "b"]);
      expect(createTokenizer({ name: "words" }).tokenize(`a${lone} b`)).toEqual(["a", "\ufffd", "b"]);
      expect(createTokenizer({ name: "kim" }).tokenize(`a${lone} b`)).toEqual(["a", "b"]);
    }
  });

  it.each([
    ["don't stop, it's 3.5 ", 50_000],
    ["a", 1_000_000],
    ["x's", 333_000],
    ["'s", 500_000],
    ["a.", 500_000],
    ["1,", 500_000],
    ["a-", 500_000],
    ["'", 1_000_000],
    ["\u{1F468}\u200d", 300_000],
    ["\ud800", 1_000_000],
  ])("takes 1 MB lines of %j in linear time", (piece, times) => {
    for (const name of tokenizerNames) {
      const { tokenize } = createTokenizer({ name, lowercase: true });
      const start = performance.now();
      tokenize(piece.repeat(times));
      // Linear takes under 0.3 s; quadratic would take many minutes.
      expect(performance.now() - start).toBeLessThan(8_000);
    }
  });

  it("names the nearest for what it does not know", () => {
    expect(codeOf(() => createTokenizer({ name: "wrods" as never }))).toEqual([
      "INVALID_CONFIG",
      expect.stringMatching(/"wrods".*did you mean "words"/),
    ]);
    expect(codeOf(() => createTokenizer({ lowercse: true } as never))).toEqual([
      "INVALID_CONFIG",
      expect.stringMatching(/"lowercse".*did you mean "lowercase"/),
    ]);
    expect(codeOf(() => createTokenizer({ name: "toString" as never }))[0]).toBe("INVALID_CONFIG");
  });

  it.each([[{ version: 2 }], [{ lowercase: "yes" }], [{ maxLength: 0 }], [{ maxLength: 1.5 }], [null]])(
    "refuses %j",
    (spec) => expect(codeOf(() => createTokenizer(spec as never))[0]).toBe("INVALID_CONFIG"),
  );
});

describe("tokenizeTexts", () => {
  it("counts texts without tokens and texts that were cut", () => {
    const result = tokenizeTexts(["a b c", "", " \u200b", "a b"], createTokenizer({ maxLength: 2 }));
    expect(result).toEqual({ tokens: [["a", "b"], [], [], ["a", "b"]], withoutTokens: [1, 2], truncatedTexts: 1 });
  });
});
