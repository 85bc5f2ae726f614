import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datasetOf } from "../data/dataset.ts";
import { auditAlignment } from "./audit-alignment.ts";
import { measureRecoveries } from "./measure-recoveries.ts";

const seed = 20261123;

function measure(texts: readonly (readonly string[])[], words: readonly string[]) {
  const has = new Set(words);
  const missing = new Map<string, number>();
  for (const token of texts.flat()) if (!has.has(token)) missing.set(token, (missing.get(token) ?? 0) + 1);
  return measureRecoveries(texts, missing, (word) => has.has(word));
}

describe("measureRecoveries", () => {
  // Each line: a token, what the vectors have, the rule that leads there, and how the form is shown.
  it.each([
    ["Cat", ["cat"], "lowercase", "cat"],
    ["london", ["London"], "capitalize", "London"],
    ["cafe\u0301", ["café"], "nfc", "café"],
    ["ﬁlm", ["film"], "nfkc", "film"],
    ["ｎｅｗ", ["new"], "nfkc", "new"],
    ["rock’n’roll", ["rock'n'roll"], "quotes", "rock'n'roll"],
    ["o'clock", ["o’clock"], "quotes", "o’clock"],
    ['"', ["``"], "quotes", "``"],
    ["n't", ["not"], "clitics", "not"],
    ["1987", ["0", "0000"], "digits-to-0", "0000"],
    ["mp3", ["0", "mp0"], "digits-to-0", "mp0"],
    ["1,250", ["##", "#,###"], "digits-to-#", "#,###"],
    ["3.5", ["<number>"], "number-token", "<number>"],
    ["3.5", ["number"], "number-word", "number"],
    ["1,250", ["1250"], "thousands", "1250"],
    ["late-night", ["late", "night"], "hyphens-split", "late night"],
    ["e‑mail", ["email"], "hyphens-joined", "email"],
    ["new-york", ["new_york"], "hyphens-to-_", "new_york"],
    ["new_york", ["new", "york"], "underscores-split", "new york"],
    ["clichés", ["cliches"], "diacritics", "cliches"],
  ])("%s is found as %s by %s", (token, words, rule, form) => {
    const { rules, byWord, any } = measure([[token, token]], words);
    const { recoverableBy, forms } = byWord.get(token)!;
    expect(forms[recoverableBy.indexOf(rule)]).toBe(form);
    expect(rules.find((each) => each.rule === rule)).toMatchObject({ tokens: 2, types: 1, gain: 1 });
    expect(any).toEqual({ tokens: 2, types: 1, gain: 1 });
  });

  it.each([
    ["7", ["0", "1"], "vectors that write digits have no convention of 0"],
    ["7", ["#"], "a number sign alone is no convention"],
    ["mp3", ["number", "<number>"], "no number"],
    ["late-night", ["late"], "a part is missing"],
    ["--", ["_", "-"], "no parts"],
    ["_", [], "nothing"],
    ["plain", ["other"], "another word"],
  ])("%s is not found in %s: %s", (token, words) => {
    expect(measure([[token]], words)).toMatchObject({ rules: [], any: { tokens: 0, types: 0, gain: 0 } });
  });

  it("counts those occurrences of a word that make a phrase with a neighbour", () => {
    const { rules, any, byWord } = measure(
      [
        ["new", "york", "is", "big"],
        ["in", "york"],
        ["york", "new"],
      ],
      ["new_york", "new", "is", "big", "in"],
    );
    expect(rules).toMatchObject([{ rule: "phrases", tokens: 1, types: 1, gain: 1 / 8 }]);
    expect(any).toMatchObject({ tokens: 1, types: 1 });
    expect(byWord.get("york")).toEqual({ recoverableBy: ["phrases"], forms: ["new_york"] });
  });

  it("agrees with writing the text anew and counting, for rules that do not look at neighbours", () => {
    const rewrites: Record<string, (token: string) => string[]> = {
      lowercase: (token) => [token.toLowerCase()],
      nfkc: (token) => [token.normalize("NFKC")],
      "hyphens-split": (token) => token.split("-"),
      "hyphens-joined": (token) => [token.replaceAll("-", "")],
      diacritics: (token) => [
        token
          .normalize("NFD")
          .replace(/[\u0300-\u036F]/g, "")
          .normalize("NFC"),
      ],
    };
    const token = fc.constantFrom("Top-Up", "top-up", "Café", "café", "ﬁne", "Fine", "up", "e-mail", "naïve", "x-");
    const word = ["top", "up", "cafe", "café", "fine", "email", "mail", "e", "naive", "topup", "x", "Top", "Up"];
    fc.assert(
      fc.property(fc.array(fc.array(token, { maxLength: 6 }), { maxLength: 8 }), fc.subarray(word), (texts, words) => {
        const { rules } = measure(texts, words);
        const missing = texts.flat().filter((each) => !words.includes(each));
        for (const [rule, rewrite] of Object.entries(rewrites)) {
          const found = missing.filter((each) => {
            const pieces = rewrite(each).filter((piece) => piece !== "");
            const isHyphenRule = rule.startsWith("hyphens");
            const isWhole = isHyphenRule && each.split("-").filter((piece) => piece !== "").length < 2;
            return !isWhole && pieces.every((piece) => words.includes(piece));
          });
          const measured = rules.find((each) => each.rule === rule);
          expect([rule, measured?.tokens ?? 0, measured?.types ?? 0]).toEqual([
            rule,
            found.length,
            new Set(found).size,
          ]);
        }
      }),
      { seed, numRuns: 200 },
    );
  });

  it("orders rules by what they recover, and any counts each token once", () => {
    const { rules, any } = measure([["Café", "Top", "Top"]], ["café", "cafe", "top", "Cafe"]);
    expect(rules.map(({ rule, tokens }) => [rule, tokens])).toEqual([
      ["lowercase", 3],
      ["diacritics", 1],
    ]);
    expect(any).toEqual({ tokens: 3, types: 2, gain: 1 });
  });

  it("comes with the audit, beside the file's own unknown word", () => {
    const has = new Set(["e", "mail", "[UNK]"]);
    const result = auditAlignment({
      splits: { train: datasetOf(["e-mail zz"], ["x"]) },
      hasWord: (word) => has.has(word),
      tokenizers: [{ name: "words" }],
    });
    expect(result.unknownWord).toBe("[UNK]");
    expect(result.missing).toEqual([
      { word: "e-mail", count: 1, recoverableBy: ["hyphens-split"], forms: ["e mail"] },
      { word: "zz", count: 1, recoverableBy: [], forms: [] },
    ]);
    expect(result.recoverable).toEqual({ tokens: 1, types: 1, gain: 0.5 });
  });
});
