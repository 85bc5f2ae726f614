import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { huggingFaceJsonOf } from "./hugging-face-json.ts";
import { loadHuggingFaceTokenizer } from "./hugging-face-tokenizer.ts";
import { createTokenizer, type TokenizerSpec, tokenizerNames } from "./tokenizer.ts";

const path = new URL("../../test/golden/exported-tokenizers.json", import.meta.url);

const texts = [
  "The film is a warm, funny, engaging film; it's unmissable!",
  "I can't won't shouldn't've y'all'd've don’t IT'S ROCK'N'ROLL 'tis 'em 've'",
  "Late-night TV -- the so-called 'best' of 1,000.50 at 10:30, 1/2 price... $3.50/kg; e.g. U.S. and i.e, Mr. Smith vs. Dr. No",
  "-lrb- aside -RRB- ``quoted'' \"text\" at&t snake_case #tag @user a.b.c. x",
  "Café naïve ÜBER straße İstanbul ΟΔΥΣΣΕΑ Привет МИР 東京タワー ภาษาไทย नमस्ते עברית",
  "emoji 😀👍🏽👩‍👩‍👧 🇩🇪🇫🇷 ☃️ ©®™ 1️⃣",
  "tabs\tand\nlines\r\nnbsp\u00a0here \u2003 wide\u3000space \ufeffbom \u0085 next zero\u200bwidth soft\u00adhyphen",
  "ʼmodifier ＇fullwidth ‛reversed rock’n’roll O’Neil’s",
  "combining e\u0301 a\u0308o\u0308 \u0301alone",
  "3.5.2 1,2,3 10: 30 :30 a.5 5.a ½ ² x² H₂O 100% (50/50) [a]{b}<c>",
  "__proto__ constructor toString [UNK] [PAD]",
  "",
  "   ",
  "!!! ??? ,,, ;;; .. .... --- - '' ' \" ` `` ~ ^ |",
  "n't 's 'S N'T ain'tn't's s's's",
];
const words = ["the", "film", "is", "a", "do", "n't", "'s", ",", "__proto__", "café", "東京", "[UNK]", "Café"];
const specs = tokenizerNames.flatMap((name) =>
  [true, false].map((lowercase): TokenizerSpec => ({ name, version: 1, lowercase })),
);

interface Golden {
  readonly texts: readonly string[];
  readonly cases: readonly {
    readonly spec: TokenizerSpec;
    readonly json: object;
    readonly tokens: readonly (readonly string[])[];
    readonly ids: readonly (readonly number[])[];
  }[];
}
if (process.env.THAWLINE_WRITE_GOLDEN) {
  const cases = specs.map((spec) => ({ spec, json: huggingFaceJsonOf(spec, words) }));
  writeFileSync(path, JSON.stringify({ texts, cases }));
}
const golden = (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { texts, cases: [] }) as Golden;

describe.each(golden.cases)(
  "the tokenizer.json of $spec.name, lower-cased: $spec.lowercase",
  ({ spec, json, tokens, ids }) => {
    it("is what Python's tokenizers was given, and gives the tokens that ours does", () => {
      expect(huggingFaceJsonOf(spec, words)).toEqual(json);
      const { tokenize } = createTokenizer(spec);
      golden.texts.forEach((text, i) => {
        expect(tokens[i], text).toEqual(tokenize(text));
      });
    });

    it("finds the words by their rows; the unknown token is the last id", () => {
      const { tokenize } = createTokenizer(spec);
      golden.texts.forEach((text, i) => {
        const expected = tokenize(text).map((token) => (words.includes(token) ? words.indexOf(token) : words.length));
        expect(ids[i], text).toEqual(expected);
      });
    });

    it("reads back as the same tokenizer", async () => {
      const tokenizer = await loadHuggingFaceTokenizer(JSON.stringify(json));
      const { tokenize } = createTokenizer(spec);
      for (const text of texts) {
        const known = tokenizer.tokenize(text).filter((token) => tokenizer.idOf(token) >= 0);
        expect(known, text).toEqual(tokenize(text).filter((token) => words.includes(token)));
      }
    });
  },
);

it("covers every tokenizer, with and without lower-casing", () => {
  expect(golden.cases.map(({ spec }) => spec)).toEqual(specs);
  expect(golden.texts).toEqual(texts);
});

it("carries the maximal length as truncation", () => {
  const json = huggingFaceJsonOf({ name: "words", version: 1, lowercase: true, maxLength: 5 }, words);
  expect(json.truncation).toMatchObject({ max_length: 5, direction: "Right" });
});
