import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { projectorFiles } from "./projector.ts";

const whole = (pieces: Iterable<string>): string => Array.from(pieces).join("");

/**
 * How projector.tensorflow.org reads the two files (tensorboard/plugins/projector, data-loader.ts): lines without
 * anything but white space are skipped, fields are parted by tabs, and metadata has a header only with two columns or more.
 */
function readAsProjector(tensors: string, metadata: string) {
  const lines = (text: string): string[] => text.split("\n").filter((line) => line.trim() !== "");
  const vectors = lines(tensors).map((line) => line.split("\t").map(Number));
  const rows = lines(metadata).map((line) => line.split("\t"));
  const hasHeader = rows[0]!.length > 1;
  return { vectors, header: hasHeader ? rows[0]! : ["label"], rows: hasHeader ? rows.slice(1) : rows };
}

describe("projectorFiles", () => {
  it("writes vectors and words line by line", () => {
    const { tensors, metadata } = projectorFiles({
      words: ["a", "b"],
      data: Float32Array.of(1, -0.5, 0.1, 1e-7),
      dimension: 2,
    });
    expect(whole(tensors)).toBe("1\t-0.5\n0.1\t1e-7\n");
    expect(whole(metadata)).toBe("a\nb\n");
  });

  it("has a header with further columns", () => {
    const columns = [
      { name: "count", values: [3, 0] },
      { name: "moved", values: ["yes", "no"] },
    ];
    const { metadata } = projectorFiles({ words: ["a", "b"], data: [1, 2], dimension: 1, columns });
    expect(whole(metadata)).toBe("word\tcount\tmoved\na\t3\tyes\nb\t0\tno\n");
  });

  it("gives the projector every row and every float32 back, whatever the words are", () => {
    const word = fc.oneof(
      fc.constantFrom("", " ", "\t", "a\tb", "a\nb", "\u00a0", "\u2028", "__proto__", "\u0085"),
      fc.string({ unit: "binary", maxLength: 8 }),
    );
    const table = fc
      .array(
        fc.tuple(word, fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 2 })),
      )
      .filter((rows) => rows.length > 0);
    fc.assert(
      fc.property(table, fc.boolean(), (rows, hasColumn) => {
        const data = Float32Array.from(rows.flatMap(([, values]) => values));
        const columns = hasColumn ? [{ name: "count", values: rows.map((_, i) => i) }] : [];
        const files = projectorFiles({ words: rows.map(([each]) => each), data, dimension: 2, columns });
        const read = readAsProjector(whole(files.tensors), whole(files.metadata));
        expect(read.rows).toHaveLength(rows.length);
        expect(Float32Array.from(read.vectors.flat())).toEqual(data.map((value) => value + 0));
        if (hasColumn) expect(read.rows.map((row) => row[1])).toEqual(rows.map((_, i) => String(i)));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("goes on in pieces, and can be read twice", () => {
    const count = 2500;
    const words = Array.from({ length: count }, (_, i) => `w${i}`);
    const { tensors, metadata } = projectorFiles({ words, data: new Float32Array(count), dimension: 1 });
    expect(Array.from(metadata)).toHaveLength(3);
    expect(whole(metadata)).toBe(whole(metadata));
    expect(whole(tensors).split("\n")).toHaveLength(count + 1);
  });

  it("refuses what does not fit together", () => {
    expect(() => projectorFiles({ words: ["a"], data: [1, 2, 3], dimension: 2 })).toThrow("3 numbers, expected 1");
    const columns = [{ name: "count", values: [1] }];
    expect(() => projectorFiles({ words: ["a", "b"], data: [1, 2], dimension: 1, columns })).toThrow('column "count"');
    expect(() => projectorFiles({ words: ["a"], data: [1, Number.NaN], dimension: 2 })).toThrow("row 0");
  });
});
