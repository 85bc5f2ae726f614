import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildVocabulary } from "./build-vocabulary.ts";
import { countTokens } from "./count-tokens.ts";
import { coverage } from "./coverage.ts";
import { encodeTexts } from "./encode-texts.ts";
import { createLookup, wantedForms } from "./lookup.ts";

const oddTokens = ["__proto__", "constructor", "toString", "hasOwnProperty", "a", "b", "A", "é"];

describe("buildVocabulary", () => {
  it("orders by count, then by code units, with padding at 0", () => {
    const { words, counts, dropped } = buildVocabulary(
      countTokens([
        ["b", "a", "é"],
        ["b", "A"],
      ]),
    );
    expect(words).toEqual(["", "b", "A", "a", "é"]);
    expect(counts).toEqual([0, 2, 1, 1, 1]);
    expect(dropped).toEqual({ types: 0, tokens: 0 });
  });

  it("leaves rare words out and counts them", () => {
    const counts = countTokens([["a", "a", "a", "b", "b", "c", "d"]]);
    expect(buildVocabulary(counts, { minCount: 3 })).toEqual({
      words: ["", "a"],
      counts: [0, 3],
      dropped: { types: 3, tokens: 4 },
    });
    for (const minCount of [0, 1.5, -1]) expect(() => buildVocabulary(counts, { minCount })).toThrow(RangeError);
  });

  it("takes names of Object's members for words, and does not depend on order", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...oddTokens), { maxLength: 40 }), fc.nat(), (tokens, turn) => {
        const vocabulary = buildVocabulary(countTokens([tokens]));
        const turned = tokens.map((_, i) => tokens[(i + turn) % tokens.length]!);
        expect(buildVocabulary(countTokens([turned]))).toEqual(vocabulary);
        vocabulary.words.forEach((word, id) => {
          expect(vocabulary.counts[id]).toBe(tokens.filter((token) => token === word).length);
        });
        expect(new Set(vocabulary.words.slice(1))).toEqual(new Set(tokens));
      }),
      { seed: 20261123 },
    );
  });
});

describe("createLookup", () => {
  it("finds the first of equal words, never padding", () => {
    const { rowOf } = createLookup(["", "a", "b", "a"]);
    expect([rowOf("a"), rowOf("b"), rowOf(""), rowOf("constructor")]).toEqual([1, 2, -1, -1]);
  });

  it("tries its rules in order and says which one found a token", () => {
    const words = ["", "apple", "Apple", "pear"];
    const { rowOf, ruleOf, spec } = createLookup(words, { rules: ["exact", "lowercase"], unknownRow: 3 });
    expect(["Apple", "APPLE", "PEAR", "plum"].map(rowOf)).toEqual([2, 1, 3, 3]);
    expect(["Apple", "APPLE", "plum"].map(ruleOf)).toEqual([0, 1, -1]);
    expect(JSON.parse(JSON.stringify(spec))).toEqual({ rules: ["exact", "lowercase"], unknownRow: 3 });
  });

  it("refuses unknown rules, no rule, and rows that are not there", () => {
    expect(() => createLookup(["", "a"], { rules: ["lowercsae" as never] })).toThrow(/did you mean "lowercase"/);
    for (const rules of [[], ["lowercase"]] as const) {
      expect(() => createLookup(["", "a"], { rules })).toThrow(expect.objectContaining({ code: "INVALID_CONFIG" }));
    }
    for (const unknownRow of [0, 2, -2, 0.5]) expect(() => createLookup(["", "a"], { unknownRow })).toThrow(RangeError);
  });

  it("lists every form that its rules look up", () => {
    expect([...wantedForms(["", "Don", "x"], ["exact", "lowercase"])]).toEqual(["Don", "don", "x"]);
    expect([...wantedForms(["Don"])]).toEqual(["Don"]);
  });
});

describe("encodeTexts", () => {
  const { rowOf } = createLookup(["", "a", "b", "__proto__"]);

  it("gives rows one text after the other, and drops and counts what has none", () => {
    const encoded = encodeTexts([["a", "x", "b"], [], ["x"], ["__proto__"]], rowOf);
    expect(encoded).toEqual({
      ids: Int32Array.of(1, 2, 3),
      offsets: Int32Array.of(0, 2, 2, 2, 3),
      droppedTokens: 2,
      truncatedTokens: 0,
      truncatedTexts: 0,
      empty: [1, 2],
    });
  });

  it("cuts at maxLength and counts it", () => {
    const encoded = encodeTexts([["x", "a", "b", "a", "a"], ["b"]], rowOf, { maxLength: 2 });
    expect(encoded).toMatchObject({
      ids: Int32Array.of(1, 2, 2),
      truncatedTokens: 2,
      truncatedTexts: 1,
      droppedTokens: 1,
    });
    expect(() => encodeTexts([], rowOf, { maxLength: 0 })).toThrow(RangeError);
  });

  it("is undone by the words of its rows", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...oddTokens), { maxLength: 8 }), { maxLength: 12 }), (texts) => {
        const { words } = buildVocabulary(countTokens(texts));
        const { ids, offsets, droppedTokens } = encodeTexts(texts, createLookup(words).rowOf);
        expect(droppedTokens).toBe(0);
        const decoded = texts.map((_, i) => Array.from(ids.subarray(offsets[i], offsets[i + 1]), (id) => words[id]));
        expect(decoded).toEqual(texts);
      }),
      { seed: 20261123 },
    );
  });
});

describe("coverage", () => {
  it("counts types and tokens as fractions and lists what costs most", () => {
    const counts = countTokens([["a", "a", "a", "b", "c", "c", "__proto__", "d"]]);
    expect(coverage(counts, (token) => token === "a" || token === "b", { top: 2 })).toEqual({
      types: 2 / 5,
      tokens: 4 / 8,
      oovTypes: 3,
      topMissing: [
        { word: "c", count: 2 },
        { word: "__proto__", count: 1 },
      ],
    });
  });

  it("is 0 of nothing", () => {
    expect(coverage(new Map(), () => true)).toEqual({ types: 0, tokens: 0, oovTypes: 0, topMissing: [] });
  });
});
