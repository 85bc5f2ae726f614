import { describe, expect, it } from "vitest";
import { rowChecksums, verifyRowChecksums } from "./row-checksums.ts";

const words = ["the", "film", "good", "bad", "café", "東京"];
const dimension = 3;
const data = Float32Array.from({ length: words.length * dimension }, (_, i) => Math.sin(i + 1));
const rows = (values: Float32Array, names: readonly string[] = words) => ({
  words: names,
  dimension,
  rowOf: (row: number) => values.subarray(row * dimension, (row + 1) * dimension),
});
const checksums = rowChecksums(rows(data));

const failure = (values: Float32Array, names: readonly string[] = words): { code: string; message: string } => {
  try {
    verifyRowChecksums({ ...rows(values, names), checksums, where: "model.safetensors" });
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error("nothing was thrown");
};

/** The table with its rows in another order. */
const reordered = (order: readonly number[]): Float32Array =>
  Float32Array.from(order.flatMap((row) => [...data.subarray(row * dimension, (row + 1) * dimension)]));

describe("rowChecksums", () => {
  it("are the same for the same rows, wherever they stand in memory", () => {
    const shifted = new Float32Array(data.length + 1);
    shifted.set(data, 1);
    expect(rowChecksums(rows(shifted.subarray(1)))).toEqual(checksums);
    expect(() => verifyRowChecksums({ ...rows(data), checksums })).not.toThrow();
  });

  it("tell words, bits and signs of zero apart", () => {
    const of = (word: string, ...values: number[]) =>
      rowChecksums({ words: [word], dimension: values.length, rowOf: () => Float32Array.from(values) })[0];
    const distinct = [
      of("a", 1, 2),
      of("b", 1, 2),
      of("a", 2, 1),
      of("a", 1, 2 + 2 ** -22),
      of("a", 0),
      of("a", -0),
      of("", 0),
    ];
    expect(new Set(distinct).size).toBe(distinct.length);
  });

  it("spread evenly: no two alike among 20,000 rows of nearly equal words", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `w${i}`);
    const seen = new Set(rowChecksums({ words: many, dimension: 1, rowOf: () => Float32Array.of(0.5) }));
    // 20,000² / 2³³: one pair in twenty runs by chance, and the rows are fixed.
    expect(seen.size).toBe(many.length);
  });
});

describe("verifyRowChecksums refuses with ALIGNMENT_MISMATCH", () => {
  it("two words swapped", () => {
    const swapped = ["the", "good", "film", "bad", "café", "東京"];
    const error = failure(data, swapped);
    expect(error).toMatchObject({ code: "ALIGNMENT_MISMATCH" });
    expect(error.message).toContain(
      'model.safetensors: words and rows do not belong together: row 1 does not hold the vector of its word "good": it holds that of "film", which the vocabulary now has in row 2: words were moved (2 rows are wrong)',
    );
  });

  it("two rows swapped, and says which", () => {
    const { code, message } = failure(reordered([0, 4, 2, 3, 1, 5]));
    expect(code).toBe("ALIGNMENT_MISMATCH");
    expect(message).toContain('row 1 does not hold the vector of its word "film": rows 1 and 4 ("café") are swapped');
  });

  it("a table shifted by one row, in either direction", () => {
    expect(failure(reordered([5, 0, 1, 2, 3, 4])).message).toContain(
      'row 0 does not hold the vector of its word "the": that is in row 1, the row of "film": the table is shifted by one row',
    );
    expect(failure(reordered([0, 2, 3, 4, 5, 1])).message).toContain("row 1 does not hold");
  });

  it("one bit changed, rows of another run, and a vocabulary of another size", () => {
    const changed = data.slice();
    new Uint32Array(changed.buffer)[7]! ^= 1;
    expect(failure(changed).message).toContain("it was changed, or comes from another file or run");
    expect(failure(data.map((x) => x + 1)).code).toBe("ALIGNMENT_MISMATCH");
    expect(failure(data, words.slice(1)).message).toContain("there are 5 words, but 6 rows were recorded");
  });
});
