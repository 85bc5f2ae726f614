import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignVocabulary } from "../vocabulary/align-vocabulary.ts";
import { createLookup } from "../vocabulary/lookup.ts";
import { extendAlignment } from "./extend-alignment.ts";

const seed = 20261123;
const table = { words: ["", "the", "cat"], dimension: 2, data: Float32Array.of(0, 0, 1, 10, 2, 20) };
const vectors = {
  words: ["cat", "dog", "The", "unused", "Dog"],
  dimension: 2,
  data: Float32Array.of(7, 70, 8, 80, 9, 90, 6, 60, 5, 50),
};
const options = { table, vectors, words: ["the", "dog", "zebra"], oov: "zero", seed: 1 } as const;
const rowsOf = (data: Float32Array): number[] => Array.from(data);

describe("extendAlignment", () => {
  it("keeps trained rows, adds those of the vectors, then what the strategy makes", () => {
    const extended = extendAlignment(options);
    expect(extended.words).toEqual(["", "the", "cat", "dog", "zebra"]);
    expect(rowsOf(extended.data)).toEqual([0, 0, 1, 10, 2, 20, 8, 80, 0, 0]);
    expect(extended).toMatchObject({ keptRows: 2, addedRows: 1, fileRows: 3, oovWords: ["zebra"] });
    expect(rowsOf(table.data)).toEqual([0, 0, 1, 10, 2, 20]);
  });

  it("takes a table without padding, and vectors with spare rows before", () => {
    const bare = { words: ["the", "cat"], dimension: 2, data: Float32Array.of(1, 10, 2, 20) };
    const later = { ...vectors, data: Float32Array.of(0, 0, ...vectors.data), firstRow: 1 };
    const extended = extendAlignment({ ...options, table: bare, vectors: later });
    expect(rowsOf(extended.data)).toEqual(rowsOf(extendAlignment(options).data));
    expect(extended.words).toEqual(["", "the", "cat", "dog", "zebra"]);
  });

  it("leaves a token that a rule found on its trained row", () => {
    const rules = ["exact", "lowercase"] as const;
    const extended = extendAlignment({ ...options, words: ["The", "the", "DOG", "Dog"], rules });
    // The vectors have The, but The was trained as the. Dog is taken for Dog, dog for DOG.
    expect(extended.words).toEqual(["", "the", "cat", "dog", "Dog"]);
    expect(["The", "DOG", "Dog"].map((word) => extended.lookup.rowOf(word))).toEqual([1, 3, 4]);
    expect(extendAlignment({ ...options, words: ["Dog"], rules }).words).toEqual(["", "the", "cat", "Dog"]);
  });

  it("fills by the mean of all rows before, and shares the unknown row", () => {
    const mean = extendAlignment({ ...options, oov: "mean" });
    const [a, b] = mean.data.subarray(8);
    expect(a).toBeCloseTo((1 + 2 + 8) / 3, 6);
    expect(b).toBeCloseTo((10 + 20 + 80) / 3, 5);
    const first = alignVocabulary({ words: ["cat", "zebra"], vectors, oov: "unk", seed: 1 });
    const again = extendAlignment({ table: first, words: ["cat", "yak"], oov: "unk", seed: 1 });
    expect(again.words).toEqual(first.words);
    expect(again.unknownRow).toBe(first.unknownRow);
    expect(again.data).toEqual(first.data);
  });

  it("refuses other dimensions and sizes, and a text that shares no word", () => {
    expect(() => extendAlignment({ ...options, vectors: { ...vectors, dimension: 3 } })).toThrow(/dimension 2.*have 3/);
    expect(() => extendAlignment({ ...options, table: { ...table, dimension: 3 } })).toThrow(RangeError);
    expect(() => extendAlignment({ table, words: ["zebra"], oov: "zero", seed: 1 })).toThrow(
      expect.objectContaining({ code: "NO_VOCABULARY_OVERLAP" }),
    );
  });

  it("keeps row, number and bits of every token that was known, and gives each new one its own", () => {
    const word = fc.constantFrom("a", "A", "b", "B", "c", "C", "__proto__", "<unk>", "Dd", "dd", "DD");
    const list = fc.uniqueArray(word, { minLength: 1, maxLength: 8 });
    const property = fc.property(
      list,
      list,
      fc.array(word, { minLength: 1 }),
      fc.constantFrom("random" as const, "mean" as const, "zero" as const, "unk" as const),
      fc.constantFrom(["exact"] as const, ["exact", "lowercase"] as const),
      (old, others, words, oov, rules) => {
        const trained = { words: ["", ...old], dimension: 1, data: Float32Array.from(["", ...old], (_, i) => i) };
        const added = { words: others, dimension: 1, data: Float32Array.from(others, (_, i) => 100 + i) };
        const before = createLookup(trained.words, { rules });
        const inOthers = createLookup(["", ...others], { rules });
        fc.pre(words.some((each) => before.ruleOf(each) >= 0 || inOthers.ruleOf(each) >= 0));
        const extended = extendAlignment({ table: trained, vectors: added, words, oov, seed: 3, rules });
        expect(extended.data.subarray(0, trained.data.length)).toEqual(trained.data);
        expect(extended.words.slice(0, trained.words.length)).toEqual(trained.words);
        for (const each of ["a", "A", "b", "B", "c", "C", "__proto__", "<unk>", "Dd", "dd", "DD"]) {
          if (before.ruleOf(each) >= 0) expect(extended.lookup.rowOf(each)).toBe(before.rowOf(each));
        }
        for (const each of words) {
          if (before.ruleOf(each) >= 0 || inOthers.ruleOf(each) < 0) continue;
          expect(extended.data[extended.lookup.rowOf(each)]).toBe(99 + inOthers.rowOf(each));
        }
      },
    );
    fc.assert(property, { seed, numRuns: 300 });
  });

  it("gives no row to words without a vector that getsRow denies one", () => {
    const table = { words: ["", "a"], dimension: 1, data: Float32Array.of(0, 5) };
    const extended = extendAlignment({
      table,
      words: ["a", "rare", "new"],
      oov: "zero",
      seed: 1,
      getsRow: (word) => word !== "rare",
    });
    expect(extended.words).toEqual(["", "a", "new"]);
    expect([...extended.rows]).toEqual([1, -1, 2]);
    expect([...extended.data]).toEqual([0, 5, 0]);
  });
});
