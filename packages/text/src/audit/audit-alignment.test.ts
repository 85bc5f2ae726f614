import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { datasetOf } from "../data/dataset.ts";
import { createTokenizer } from "../tokenize/tokenizer.ts";
import { type AuditOptions, auditAlignment } from "./audit-alignment.ts";
import { auditForms } from "./audit-forms.ts";

const seed = 20261123;
const whitespace = [{ name: "whitespace", lowercase: false }] as const;

/** Audits texts of one label each ("x" unless given) against a list of words. */
function audit(
  texts: readonly string[],
  words: readonly string[],
  options: Partial<AuditOptions> & { labels?: string[] } = {},
) {
  const { labels = texts.map(() => "x"), ...rest } = options;
  const has = new Set(words);
  return auditAlignment({ splits: { train: datasetOf(texts, labels) }, hasWord: (word) => has.has(word), ...rest });
}

describe("auditAlignment: coverage", () => {
  const train = datasetOf(["the cat sat", "the dog", "the the cat"], ["b", "a", "b"]);
  const splits = { train, dev: datasetOf(["a dog"], ["a"]), test: datasetOf(["the", ""], ["a", "b"]) };
  const hasWord = (word: string) => word === "the" || word === "cat";
  const result = auditAlignment({ splits, hasWord, tokenizers: whitespace });

  it("counts types and tokens on each split apart", () => {
    // By hand: the×4 cat×2 found, sat×1 dog×1 not.
    expect(result.splits.train).toEqual({
      rows: 3,
      types: 2 / 4,
      tokens: 6 / 8,
      typeCount: 4,
      tokenCount: 8,
      oovTypes: 2,
      oovTokens: 2,
    });
    expect(result.splits.dev).toMatchObject({ rows: 1, types: 0, tokens: 0, tokenCount: 2 });
    expect(result.splits.test).toMatchObject({ rows: 2, types: 1, tokens: 1, tokenCount: 1 });
    expect(auditAlignment({ splits: { train }, hasWord }).splits).toMatchObject({ dev: null, test: null });
  });

  it("counts per class, the worst first", () => {
    expect(result.perClass).toEqual([
      { label: "a", rows: 1, types: 1 / 2, tokens: 1 / 2, typeCount: 2, tokenCount: 2, oovTypes: 1, oovTokens: 1 },
      { label: "b", rows: 2, types: 2 / 3, tokens: 5 / 6, typeCount: 3, tokenCount: 6, oovTypes: 1, oovTokens: 1 },
    ]);
  });

  it("lists missing words of train by count, then by code units", () => {
    expect(audit(["b a b A", "__proto__"], [], { tokenizers: whitespace }).missing).toEqual(
      [
        ["b", 2],
        ["A", 1],
        ["__proto__", 1],
        ["a", 1],
      ].map(([word, count]) => ({ word, count, recoverableBy: [], forms: [] })),
    );
    expect(audit(["b a b A"], [], { top: 1, tokenizers: whitespace }).missing).toHaveLength(1);
  });

  it("is plain data, and nothing of nothing", () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    const empty = audit([], ["the"]);
    expect(empty.splits.train).toMatchObject({ rows: 0, types: 0, tokens: 0 });
    expect(empty).toMatchObject({ perClass: [], missing: [], anomalies: [], labelIndicativeMissing: [] });
  });

  it("refuses what cannot be", () => {
    const odd = { texts: ["a"], labels: [] };
    expect(() => auditAlignment({ splits: { train, dev: odd }, hasWord })).toThrow(
      /dev have the same length, got 1 and 0/,
    );
    for (const wrong of [{ tokenizers: [] }, { top: -1 }, { minCount: 0.5 }, { minZ: Number.NaN }]) {
      expect(() => auditAlignment({ splits: { train }, hasWord, ...wrong })).toThrow(RangeError);
    }
    expect(() => audit(["a"], [], { tokenizers: [{ name: "wrods" as never }] })).toThrow(/did you mean "words"/);
  });
});

describe("auditAlignment: tokenizers", () => {
  const best = (texts: readonly string[], words: readonly string[]) => {
    const { name, lowercase } = audit(texts, words).best;
    return `${name}${lowercase ? " lower-cased" : ""}`;
  };

  it("names the one whose tokens are found", () => {
    expect(best(["The cat, the dog!"], ["the", "cat", "dog", ",", "!"])).toBe("words lower-cased");
    expect(best(["The cat, the dog!"], ["The", "the", "cat", "dog", ",", "!"])).toBe("words");
    expect(best(["don't :-) stop"], ["don't", ":-)", "stop"])).toBe("whitespace");
  });

  it("takes the one with fewer changes where they are equal", () => {
    expect(best(["the cat"], ["the", "cat"])).toBe("whitespace");
    expect(best(["zzz"], [])).toBe("whitespace");
  });

  it("does not let one win that drops what has no vector", () => {
    // kim keeps "cat" alone of this: 1 of 1 tokens found, and 4 pieces dropped.
    const { tokenizers, best: chosen } = audit(["кот cat мышь дом собака"], ["cat", "кот"]);
    expect(tokenizers.find(({ name }) => name === "kim")).toMatchObject({ tokens: 1, dropped: 4, fit: 1 / 5 });
    expect(tokenizers[0]).toMatchObject({ name: "words", dropped: 0, fit: 2 / 5 });
    expect(chosen.name).toBe("whitespace");
  });

  it("does not let one win that leaves a missing word whole", () => {
    // "i'm" is one missing token for kim and two for words; "£" has a vector and kim drops it. Found of tokens and
    // dropped: kim 1000 of 1004, words 1001 of 1007. Characters with a vector: kim 3000, words 3001, of 3010.
    const texts = [...Array.from({ length: 1000 }, () => "cat"), "i'm", "i'm", "i'm", "£"];
    const { tokenizers, best: chosen } = audit(texts, ["cat", "£"], {
      tokenizers: [{ name: "words" }, { name: "kim" }],
    });
    expect(tokenizers.map(({ name, fit, characters }) => [name, fit, characters])).toEqual([
      ["kim", 1000 / 1004, 3000 / 3010],
      ["words", 1001 / 1007, 3001 / 3010],
    ]);
    expect(chosen.name).toBe("words");
  });

  it("measures all of them, both ways, as counting by hand does", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom("The", "cat", "cat,", "don't", "ünder", "—", "A"), { maxLength: 6 }), {
          maxLength: 6,
        }),
        fc.subarray(["The", "the", "cat", ",", "do", "n't", "don't", "ünder", "—", "a"]),
        (parts, words) => {
          const texts = parts.map((part) => part.join(" "));
          const { tokenizers } = audit(texts, words);
          expect(tokenizers).toHaveLength(6);
          for (const { name, lowercase, tokens, tokenCount, types, typeCount, oovTypes, oovTokens } of tokenizers) {
            const all = texts.flatMap((text) => createTokenizer({ name, lowercase }).tokenize(text));
            const found = all.filter((token) => words.includes(token));
            expect([tokenCount, typeCount]).toEqual([all.length, new Set(all).size]);
            expect(oovTokens).toBe(all.length - found.length);
            expect(oovTypes).toBe(typeCount - new Set(found).size);
            expect(tokens).toBe(all.length === 0 ? 0 : found.length / all.length);
            expect(types).toBe(typeCount === 0 ? 0 : new Set(found).size / typeCount);
          }
        },
      ),
      { seed },
    );
  });
});

describe("auditAlignment: anomalies", () => {
  const kinds = (texts: readonly string[], words: readonly string[], labels?: string[]) =>
    audit(texts, words, { tokenizers: whitespace, ...(labels === undefined ? {} : { labels }) }).anomalies.map(
      ({ kind, split, count }) => [kind, split, count],
    );

  it("finds nothing odd in a plain text", () => {
    expect(kinds(["the cat"], ["the", "cat"])).toEqual([]);
  });

  it.each([
    ["texts-without-tokens", ["the", " "], 1],
    ["texts-without-vectors", ["the the the", "", "zz"], 1],
    ["mojibake", ["the cafÃ©", "the donâ€™t"], 2],
    ["mojibake", ["the caf\uFFFD"], 1],
    ["markup", ["the <br/> cat", "the &amp; the", "the a < b"], 2],
    ["invisible-characters", ["the zero\u200Bwidth"], 1],
    ["unsegmented-script", ["the 我喜欢这部电影", "the 猫"], 1],
    ["no-overlap", ["zz", "yy"], 2],
    ["frequent-missing", ["the zz", "yy"], 2],
  ] as const)("finds %s", (kind, texts, count) => {
    const found = kinds(texts, ["the"]);
    expect(found.filter(([each]) => each === kind).map(([, , number]) => number)).toEqual([count]);
  });

  it("takes accented words for what they are", () => {
    expect(kinds(["Ã the", "Ärger Âme â the"], ["the", "Ã", "Ärger", "Âme", "â"])).toEqual([]);
  });

  it("names classes and splits that are covered much worse", () => {
    const train = datasetOf(["the the the the the the the the the", "zz the"], ["good", "poor"]);
    const { anomalies } = auditAlignment({
      splits: { train, test: datasetOf(["yy the"], ["good"]) },
      hasWord: (word) => word === "the",
      tokenizers: whitespace,
    });
    expect(anomalies).toMatchObject([
      { kind: "frequent-missing" },
      { kind: "class-gap", split: "train", count: 1, examples: ["poor"] },
      { kind: "split-gap", split: "test", count: 1 },
    ]);
  });
});

describe("auditForms", () => {
  it("has every word that an audit asks for", () => {
    const piece = fc.constantFrom(
      "Top-Up",
      "e-mail",
      "1,000",
      "50",
      "don't",
      "“so”",
      "café",
      "cafe\u0301",
      "ﬁne",
      "new_york",
      "a",
      "b",
    );
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 5 }), { maxLength: 5 }), fc.nat(), (parts, salt) => {
        const texts = parts.map((part) => part.join(" "));
        const splits = { train: datasetOf(texts, texts), dev: datasetOf(["dev-only A"], ["x"]) };
        const forms = auditForms({ splits });
        auditAlignment({
          splits,
          hasWord: (word) => {
            expect(forms).toContain(word);
            // Some words are found and some are not, so that every path is taken.
            return (word.length * 31 + word.charCodeAt(0) + salt) % 3 === 0;
          },
        });
      }),
      { seed },
    );
  });
});
