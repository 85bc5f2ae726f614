import { describe, expect, it } from "vitest";
import { encodeWord, readVectors } from "../src/index.ts";
import { concat, failureOf, floats, inPieces, latin1, utf8 } from "./bytes.ts";

const fails = (bytes: Uint8Array, options = {}) => failureOf(readVectors(bytes, { file: "v.bin", ...options }));
// 0x0A0A0A0A and 0x20202020 as float32: every byte looks like a separator.
const NEWLINES = 6.646146e-33;
const SPACES = 1.35631564e-19;

/** As word2vec.c 570-580 writes it, or as gensim does, without the newline. */
function binary(
  rows: readonly (readonly [string, ...number[]])[],
  newline = "\n",
  header = `${rows.length} ${rows[0].length - 1}\n`,
): Uint8Array {
  return concat(
    utf8(header),
    ...rows.flatMap(([word, ...values]) => [utf8(`${word} `), floats(...values), utf8(newline)]),
  );
}

const rows = [
  ["</s>", 0.5, -1],
  ["in", NEWLINES, SPACES],
  ["caf\u00e9", SPACES, NEWLINES],
] as const;

describe("word2vec binary", () => {
  it.each(["\n", ""])("is read with %j after each vector, whatever its bytes are", async (newline) => {
    const table = await readVectors(binary(rows, newline));
    expect(table).toMatchObject({
      format: "word2vec-binary",
      dimension: 2,
      words: ["</s>", "in", "café"],
      report: { headerRows: 3 },
    });
    expect([...table.data]).toEqual([0.5, -1, NEWLINES, SPACES, SPACES, NEWLINES].map(Math.fround));
  });

  it("drops newlines before a word only", async () => {
    const first = concat(utf8("2 1\n\n\na "), floats(NEWLINES), utf8("\n\nb "), floats(SPACES), utf8("\n"));
    const table = await readVectors(first);
    expect(table.words).toEqual(["a", "b"]);
    expect([...table.data]).toEqual([NEWLINES, SPACES].map(Math.fround));
  });

  it("keeps words that were cut within a UTF-8 character", async () => {
    const table = await readVectors(
      concat(utf8("2 2\n"), latin1("caf\xc3 "), floats(1, 2), latin1("caf\xc4 "), floats(3, 4)),
    );
    expect(table.words.map((word) => encodeWord(word)[3])).toEqual([0xc3, 0xc4]);
    expect(table.report.lossyWords.count).toBe(2);
  });

  it("refuses a truncated file with the offset of the row, also where it is not wanted", async () => {
    const whole = binary(rows, "");
    for (const options of [{}, { wanted: new Set(["</s>"]) }]) {
      for (const cut of [1, 8, 9, 13]) {
        const error = await fails(whole.subarray(0, whole.length - cut), options);
        expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", offset: 4 + 13 + 11 });
        expect(error.message).toContain("row 3 of the 3");
      }
    }
  });

  it("refuses a header that promises too much or too little", async () => {
    expect((await fails(binary(rows, "\n", "5 2\n"))).message).toContain("row 4 of the 5");
    expect(await fails(binary(rows, "\n", "2 2\n"))).toMatchObject({ offset: 4 + 14 + 12 });
    expect(await fails(binary(rows, "\n", "3 3\n"), { format: "word2vec-binary" })).toMatchObject({
      code: "BAD_VECTOR_FILE",
    });
  });

  it("allocates nothing for a header that promises the impossible", async () => {
    const bytes = binary(rows, "\n", "4000000000 2\n");
    expect((await fails(bytes)).message).toContain("4000000000");
    expect((await failureOf(readVectors(inPieces(bytes, [5])))).message).toContain("4000000000");
  });

  it("caps the length of words", async () => {
    const bytes = concat(utf8("2 2\n"), new Uint8Array(100_000).fill(0x61), floats(1, 2));
    expect((await fails(bytes, { format: "word2vec-binary" })).message).toContain("no space within");
  });

  it("tolerates white space after the last row and refuses anything else", async () => {
    expect((await readVectors(concat(binary(rows), utf8("\n \r\n")))).words).toHaveLength(3);
    expect((await fails(concat(binary(rows), utf8("x")))).message).toContain("more bytes follow");
  });

  it("reports duplicates and non-finite rows by row, and selects", async () => {
    const bytes = binary([
      ["a", 1, 2],
      ["b", Number.NaN, 0],
      ["a", 3, 4],
      ["c", 0, 0],
    ]);
    expect(await fails(bytes)).toMatchObject({ offset: 4 + 11, line: undefined });
    const table = await readVectors(bytes, { nonFinite: "skip" });
    expect(table.words).toEqual(["a", "c"]);
    expect(table.report).toMatchObject({
      duplicates: { count: 1, first: [{ word: "a", row: 2 }] },
      nonFiniteRows: { count: 1 },
      zeroRows: { count: 1 },
    });
    expect((await readVectors(bytes, { wanted: new Set(["c"]) })).words).toEqual(["c"]);
    expect((await readVectors(bytes, { limit: 1 })).report).toMatchObject({ fileRows: 1, limited: true });
  });

  it("refuses to be read as text", async () => {
    expect(await fails(binary(rows), { format: "word2vec" })).toMatchObject({ line: 2 });
    expect(await fails(binary(rows), { format: "glove" })).toMatchObject({ code: "BAD_VECTOR_FILE" });
  });

  it("refuses text that is read as binary", async () => {
    expect(await fails(utf8("2 2\na 1 2\nb 3 4\n"), { format: "word2vec-binary" })).toMatchObject({
      code: "BAD_VECTOR_FILE",
    });
  });
});
