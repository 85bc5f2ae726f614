import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findNearDuplicates } from "./near-duplicates.ts";
import { groupTexts } from "./text-groups.ts";

const pairsOf = (texts: readonly string[], options = {}) => {
  const { words, frequency } = groupTexts(texts);
  return findNearDuplicates(words, frequency, options);
};

/** The definition, pair by pair, on words with their repeats numbered. */
function byDefinition(texts: readonly string[], similarity: number, oneWordFrom: number): string[] {
  const sets = texts.map((text) => {
    const seen = new Map<string, number>();
    return new Set(
      text.split(" ").map((word) => {
        seen.set(word, (seen.get(word) ?? 0) + 1);
        return `${word}#${seen.get(word)}`;
      }),
    );
  });
  const found: string[] = [];
  sets.forEach((b, j) => {
    sets.slice(0, j).forEach((a, i) => {
      const common = [...a].filter((word) => b.has(word)).length;
      const jaccard = common / (a.size + b.size - common);
      const isOneWord = Math.min(a.size, b.size) >= oneWordFrom && common >= Math.max(a.size, b.size) - 1;
      if (jaccard >= similarity - 1e-12 || isOneWord) found.push(`${i} ${j}`);
    });
  });
  return found;
}

describe("near duplicates", () => {
  it("finds exactly the pairs of the definition", () => {
    const word = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h");
    const text = fc.array(word, { minLength: 1, maxLength: 9 }).map((words) => words.join(" "));
    const texts = fc.uniqueArray(text, { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(texts, fc.constantFrom(0.5, 0.7, 0.8, 1), fc.constantFrom(3, 5, 100), (given, similarity, from) => {
        const { pairs, isTruncated } = pairsOf(given, { similarity, oneWordFrom: from });
        expect(isTruncated).toBe(false);
        expect(pairs.map(({ a, b }) => `${a} ${b}`).sort()).toEqual(byDefinition(given, similarity, from).sort());
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  it("says how similar they are, with repeats counted", () => {
    // 4 words in common of 5 and 5: 4 / 6. The second "very" is a word of its own.
    expect(pairsOf(["a very very good film", "a very odd good film"]).pairs).toEqual([
      { a: 0, b: 1, similarity: 4 / 6 },
    ]);
    expect(pairsOf(["pay my bill", "pay the bill"]).pairs).toEqual([]);
  });

  it("stops at a hundred twins of one text and says so", () => {
    const copies = Array.from({ length: 130 }, (_, i) => `your order number ${i} is on its way now`);
    const { pairs, isTruncated } = pairsOf(copies);
    expect(isTruncated).toBe(true);
    expect(pairs.filter(({ b }) => b === 100)).toHaveLength(100);
    expect(pairs.filter(({ b }) => b === 129)).toHaveLength(100);
  });

  it("refuses a similarity that is none", () => {
    expect(() => pairsOf(["a"], { similarity: 0 })).toThrow(RangeError);
    expect(() => pairsOf(["a"], { similarity: Number.NaN })).toThrow(RangeError);
  });

  it("compares tens of thousands of texts in seconds", () => {
    // A linear congruential generator: 40,000 texts of 12 words of 30,000, and a light edit of each thousandth.
    let state = 1;
    const next = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 4294967296) * limit);
    };
    const texts = Array.from({ length: 40_000 }, () => Array.from({ length: 12 }, () => `w${next(30_000)}`).join(" "));
    const edited = texts.filter((_, i) => i % 1000 === 0).map((text) => text.replace(/\S+$/, "changed"));
    const { pairs } = pairsOf([...texts, ...edited]);
    expect(pairs.filter(({ b }) => b >= texts.length).map(({ a }) => a)).toEqual(edited.map((_, i) => i * 1000));
  });
});
