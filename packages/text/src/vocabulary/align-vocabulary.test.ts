import { ThawlineError } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { type AlignedTable, type AlignOptions, alignVocabulary } from "./align-vocabulary.ts";
import { tableMoments } from "./table-moments.ts";

const fileWords = ["the", "cat", "__proto__", "sat"];
const fileData = () => Float32Array.of(1, 10, 2, 20, 3, 30, 6, 60);
const vectors = () => ({ words: fileWords, dimension: 2, data: fileData() });
const align = (options: Partial<AlignOptions> = {}): AlignedTable =>
  alignVocabulary({ words: ["", "cat", "dog", "the"], vectors: vectors(), oov: "zero", seed: 1, ...options });
const rowOf = ({ data, dimension }: AlignedTable, row: number): number[] =>
  Array.from(data.subarray(row * dimension, (row + 1) * dimension));

describe("alignVocabulary", () => {
  it("puts padding first, then the file's rows, then words without a vector", () => {
    const table = align();
    expect(table.words).toEqual(["", "the", "cat", "__proto__", "sat", "dog"]);
    expect(Array.from(table.data)).toEqual([0, 0, 1, 10, 2, 20, 3, 30, 6, 60, 0, 0]);
    expect(table).toMatchObject({ fileRows: 4, dimension: 2, unknownRow: -1, unknownWord: null, oovWords: ["dog"] });
    expect(table.found).toEqual(Uint8Array.of(0, 1, 0, 1));
    expect(table.rows).toEqual(Int32Array.of(0, 2, 5, 1));
  });

  it("gives every word the row of that word, whatever rows are kept", () => {
    const words = ["", "sat", "dog", "__proto__", "constructor", "the"];
    for (const keep of ["all", "data", 0, 1, 3, 99] as const) {
      for (const oov of ["random", "mean", "zero", "unk"] as const) {
        const table = align({ words, keep, oov });
        expect(table.data.length).toBe(table.words.length * 2);
        words.forEach((word, i) => {
          const at = fileWords.indexOf(word);
          if (at === -1) return;
          expect(table.words[table.rows[i]!]).toBe(word);
          expect(rowOf(table, table.rows[i]!)).toEqual(Array.from(fileData().subarray(at * 2, at * 2 + 2)));
        });
      }
    }
  });

  it("keeps the data's rows, or the first N and those, in file order", () => {
    expect(align({ words: ["sat", "dog", "the"], keep: "data" }).words).toEqual(["", "the", "sat", "dog"]);
    expect(align({ words: ["sat", "dog"], keep: 2 }).words).toEqual(["", "the", "cat", "sat", "dog"]);
    expect(align({ words: ["sat", "dog"], keep: 0 }).words).toEqual(["", "sat", "dog"]);
  });

  it("looks words up by its rules and shares the row found", () => {
    const table = align({ words: ["", "The", "the", "DOG"], rules: ["exact", "lowercase"] });
    expect(table.found).toEqual(Uint8Array.of(0, 2, 1, 0));
    expect(table.rows).toEqual(Int32Array.of(0, 1, 1, 5));
    expect(table.lookup.rowOf("CAT")).toBe(2);
    expect(table.lookup.spec).toEqual({ rules: ["exact", "lowercase"], unknownRow: -1 });
  });

  it("says which tokens have a vector from the file", () => {
    for (const keep of ["all", "data"] as const) {
      const { hasVector } = align({ words: ["The", "cat", "dog"], rules: ["exact", "lowercase"], oov: "random", keep });
      expect(["The", "CAT", "dog", "DOG", "new", ""].map(hasVector)).toEqual([true, true, false, false, false, false]);
    }
    expect(align({ words: ["cat", "dog"], oov: "unk" }).hasVector("dog")).toBe(false);
  });

  it("gives no row to words that may not have one, but keeps those with a vector", () => {
    const table = align({ words: ["", "cat", "dog", "bird"], getsRow: (word) => word === "dog" });
    expect(table.words).toEqual(["", ...fileWords, "dog"]);
    expect(table.oovWords).toEqual(["dog"]);
    expect(table.rows).toEqual(Int32Array.of(0, 2, 5, -1));
    expect(align({ words: ["cat", "dog"], getsRow: () => false }).words).toEqual(["", ...fileWords]);
  });

  it("gives the mean of the loaded rows, for mean", () => {
    expect(rowOf(align({ oov: "mean" }), 5)).toEqual([3, 30]);
  });

  it("shares the mean as unknown row, for unk, which new words get too", () => {
    const table = align({ words: ["cat", "dog", "bird"], oov: "unk" });
    expect(table.words).toEqual(["", ...fileWords, "<unk>"]);
    expect(table).toMatchObject({ unknownRow: 5, unknownWord: null, oovWords: ["dog", "bird"] });
    expect(table.rows).toEqual(Int32Array.of(2, 5, 5));
    expect(rowOf(table, 5)).toEqual([3, 30]);
    expect(table.lookup.rowOf("never seen")).toBe(5);
  });

  it.each(["<unk>", "[UNK]", "UNK", "unk"])("uses the file's own unknown row: %s", (word) => {
    const own = { words: ["the", word, "cat"], dimension: 1, data: Float32Array.of(1, 2, 3) };
    for (const keep of ["all", "data"] as const) {
      const table = align({ words: ["cat", "dog"], vectors: own, oov: "unk", keep });
      expect(table.unknownWord).toBe(word);
      expect(rowOf(table, table.unknownRow)).toEqual([2]);
      expect(table.words).not.toContain("dog");
    }
  });

  it("prefers <unk> to a word that is written unk", () => {
    const own = { words: ["unk", "cat", "<unk>"], dimension: 1, data: Float32Array.of(1, 2, 3) };
    expect(align({ words: ["cat"], vectors: own, oov: "unk" }).unknownWord).toBe("<unk>");
  });

  it("drops words that are new at prediction time, but for unk", () => {
    for (const oov of ["random", "mean", "zero"] as const) expect(align({ oov }).lookup.rowOf("new")).toBe(-1);
  });

  describe("random", () => {
    const many = Array.from({ length: 4000 }, (_, i) => `new${i}`);
    const random = (words: string[], seed = 7): Map<string, number[]> => {
      const table = align({ words: ["cat", ...words], oov: "random", seed });
      return new Map(words.map((word, i) => [word, rowOf(table, table.rows[i + 1]!)]));
    };

    it("depends on word and seed, not on order or on the other words", () => {
      const one = random(["dog", "bird", "__proto_"]);
      expect(random(["bird", "x", "__proto_", "dog"]).get("dog")).toEqual(one.get("dog"));
      expect(random(["dog"], 8).get("dog")).not.toEqual(one.get("dog"));
      expect(random(["dog"], 7 + 2 ** 32).get("dog")).not.toEqual(one.get("dog"));
      expect(one.get("bird")).not.toEqual(one.get("dog"));
    });

    it("has the mean and the standard deviation of the loaded rows in each dimension", () => {
      // Columns 1 2 3 6 and 10 20 30 60: mean 3 and 30, variance (4 + 1 + 0 + 9) / 4 = 3.5 and 350.
      const rows = [...random(many).values()];
      for (const [d, mean, deviation] of [
        [0, 3, Math.sqrt(3.5)],
        [1, 30, Math.sqrt(350)],
      ] as const) {
        const values = rows.map((row) => row[d]!);
        const average = values.reduce((sum, x) => sum + x, 0) / values.length;
        const spread = Math.sqrt(values.reduce((sum, x) => sum + (x - average) ** 2, 0) / values.length);
        // Four standard errors of 4,000 draws.
        expect(Math.abs(average - mean)).toBeLessThan((4 * deviation) / Math.sqrt(4000));
        expect(Math.abs(spread - deviation)).toBeLessThan((4 * deviation) / Math.sqrt(8000));
      }
      expect(new Set(rows.map(String)).size).toBe(many.length);
    });
  });

  it("makes the table of the loaded array itself where it has a first row and enough spare ones", () => {
    const data = new Float32Array(8 * 2).fill(9);
    data.set(fileData(), 2);
    const own = { words: fileWords, dimension: 2, data, firstRow: 1 };
    const table = align({ vectors: own, oov: "mean" });
    expect(table.data.buffer).toBe(data.buffer);
    expect(Array.from(table.data)).toEqual([0, 0, 1, 10, 2, 20, 3, 30, 6, 60, 3, 30]);
    const tight = align({ vectors: { ...own, data: data.slice(0, 10) }, oov: "mean" });
    expect(Array.from(tight.data)).toEqual(Array.from(table.data));
  });

  it("leaves the loaded array as it is otherwise", () => {
    const own = vectors();
    align({ vectors: own, oov: "random" });
    align({ vectors: own, keep: "data" });
    expect(own.data).toEqual(fileData());
  });

  it("refuses a vocabulary without any vector, with both sides and what would help", () => {
    const attempt = (words: string[]): ThawlineError => {
      try {
        align({ words });
      } catch (error) {
        if (ThawlineError.isInstance(error)) return error;
        throw error;
      }
      throw new Error("expected an error");
    };
    const cased = attempt(["", "The", "CAT", "Dog"]);
    expect(cased.code).toBe("NO_VOCABULARY_OVERLAP");
    expect(cased.message).toMatch(/none of the text's 3 words.*"The", "CAT", "Dog".*"the", "cat", "__proto__"/);
    expect(cased.message).toMatch(/Lower-casing would find 2 of 3/);
    expect(attempt(["chien", "chat"]).message).toMatch(/right file/);
    expect(attempt([""]).message).toMatch(/no word/);
  });

  it("refuses unknown strategies and impossible values", () => {
    expect(() => align({ oov: "randm" as never })).toThrow(/did you mean "random"/);
    expect(() => align({ seed: 0.5 })).toThrow(RangeError);
    expect(() => align({ keep: -1 })).toThrow(RangeError);
    expect(() => align({ vectors: { ...vectors(), data: new Float32Array(7) } })).toThrow(RangeError);
  });
});

describe("tableMoments", () => {
  it("gives the population's moments by dimension, without cancellation", () => {
    const { mean, standardDeviation } = tableMoments(Float32Array.of(9, 9, 4096, 1, 4098, 5), {
      rows: 2,
      dimension: 2,
      firstRow: 1,
    });
    expect([...mean, ...standardDeviation]).toEqual([4097, 3, 1, 2]);
  });

  it("is zero of no row", () => {
    expect([...tableMoments(new Float32Array(0), { rows: 0, dimension: 2 }).mean]).toEqual([0, 0]);
  });
});
