import { describe, expect, it } from "vitest";
import { encodeWord, readVectors } from "../src/index.ts";
import { concat, failureOf, inPieces, latin1, utf8 } from "./bytes.ts";

const read = (text: string | Uint8Array, options = {}) =>
  readVectors(typeof text === "string" ? utf8(text) : text, options);
const fails = (text: string | Uint8Array, options = {}) => failureOf(read(text, { file: "v.txt", ...options }));
const rounded = (...values: number[]) => values.map(Math.fround);

describe("GloVe text", () => {
  it("is read without a header, numbers as float32", async () => {
    const table = await read("the 0.1 -0.2 3\nof 1e-05 -0 .5\n");
    expect(table).toMatchObject({ format: "glove", compression: "none", dimension: 3, words: ["the", "of"] });
    expect([...table.data]).toEqual(rounded(0.1, -0.2, 3, 1e-5, -0, 0.5));
    expect(table.report).toMatchObject({ fileRows: 2, loadedRows: 2, limited: false, warnings: [] });
    expect(table.report).not.toHaveProperty("headerRows");
  });

  it("keeps spaces in tokens: the last D fields are the numbers", async () => {
    const table = await read("the 0.1 0.2\n. . . 0.3 0.4\nat name@domain.com 0.5 0.6\n  0.7 0.8\n 0.9 1\n");
    expect(table.words).toEqual(["the", ". . .", "at name@domain.com", " ", ""]);
    expect([...table.data]).toEqual(rounded(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1));
    expect(table.report.oddWords.count).toBe(4);
  });

  it("keeps NBSP, U+0085 and other white space as tokens or parts of them", async () => {
    const words = ["\u00a0", "a\u00a0b", "\u0085", "\u2028", "\t", "\u3000x", "\v"];
    const table = await read(words.map((word) => `${word} 0.5 1.5\n`).join(""));
    expect(table.words).toEqual(words);
    expect(table.report.oddWords).toMatchObject({ count: 7 });
  });

  it("keeps words that are property names of objects", async () => {
    expect((await read("__proto__ 1 2\nconstructor 3 4\n")).words).toEqual(["__proto__", "constructor"]);
  });

  it("strips one CR from each line where all lines have it", async () => {
    const table = await read("a 1 2\r\nb 3 4\r\nc\r 5 6");
    expect(table.words).toEqual(["a", "b", "c\r"]);
    expect([...table.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("refuses CR LF on some lines only, naming the line", async () => {
    expect(await fails("a 1 2\r\nb 3 4\nc 5 6\r\n")).toMatchObject({ code: "BAD_VECTOR_FILE", line: 2, file: "v.txt" });
    expect(await fails("a 1 2\nb 3 4\r\n")).toMatchObject({ line: 2 });
  });

  it("tolerates a missing newline at the end, spaces at line ends and empty lines at the end", async () => {
    expect([...(await read("a 1 2\nb 3 4")).data]).toEqual([1, 2, 3, 4]);
    expect([...(await read("a 1 2 \nb 3 4  \n")).data]).toEqual([1, 2, 3, 4]);
    expect([...(await read("a 1 2\nb 3 4\n\n\n")).data]).toEqual([1, 2, 3, 4]);
    expect(await fails("a 1 2\n\nb 3 4\n")).toMatchObject({ line: 2 });
  });

  it("takes a numeric first word as a word, not as a header", async () => {
    const table = await read("100 0.1 0.2\n200 0.3 0.4\n");
    expect(table).toMatchObject({ format: "glove", dimension: 2, words: ["100", "200"] });
  });

  it("reads dimension 1, by format where its first row looks like a header", async () => {
    expect(await read("a 0.5\nb 1.5\n")).toMatchObject({ format: "glove", dimension: 1 });
    expect(await read("5 7\nb 1.5\n", { format: "glove" })).toMatchObject({
      format: "glove",
      dimension: 1,
      words: ["5", "b"],
    });
    expect((await fails("5 7\nb 1.5\n")).message).toContain("7 numbers");
  });

  it("refuses a row of another dimension in the middle, shorter or longer", async () => {
    const rows = Array.from({ length: 500 }, (_, row) => `w${row} 0.1 0.2 0.3`);
    for (const bad of ["bad 0.1 0.2", "bad 0.1 0.2 0.3 0.4", "bad", "0.1 0.2 0.3"]) {
      const error = await fails([...rows, bad, ...rows].join("\n"));
      expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", line: 501 });
      expect(error.message).toContain("3 numbers");
    }
  });

  it("refuses a row of another dimension among two", async () => {
    expect(await fails("a 1 2 3\nb 1 2\n")).toMatchObject({ line: 2 });
    expect(await fails("a 1 2\nb 1 2 3\n")).toMatchObject({ line: 1 });
    expect(await fails("a 1 2\nb 1 2 3\n", { dimension: 2 })).toMatchObject({ line: 2 });
  });

  it("refuses a component that is not a number", async () => {
    expect(await fails("a 1 2\nb 1 x2\nc 1 2\n")).toMatchObject({ line: 2 });
    expect(await fails("a 1 2\nb 1  2\n", { dimension: 3 })).toMatchObject({ line: 1 });
  });

  it("refuses a file cut within a row, saying so", async () => {
    const error = await fails("a 0.1 0.2 0.3\nb 0.1 0.2 0.3\nc 0.1");
    expect(error).toMatchObject({ line: 3 });
    expect(error.message).toContain("truncated");
  });

  it("finds a cut last row even where it is not wanted", async () => {
    expect(await fails("a 0.1 0.2 0.3\nb 0.1 0.2 0.3\nc 0.1", { wanted: new Set(["a"]) })).toMatchObject({ line: 3 });
  });

  it("refuses NaN and infinity with the line, or leaves the row out", async () => {
    const text = "a 1 2\nb nan 2\nc 1 -inf\nd 1e39 0\ne 3 4\n";
    expect(await fails(text)).toMatchObject({ code: "BAD_VECTOR_FILE", line: 2 });
    const table = await read(text, { nonFinite: "skip" });
    expect(table.words).toEqual(["a", "e"]);
    expect(table.report.nonFiniteRows).toEqual({
      count: 3,
      first: [
        { word: "b", row: 1, line: 2 },
        { word: "c", row: 2, line: 3 },
        { word: "d", row: 3, line: 4 },
      ],
    });
  });

  it("keeps the first of duplicates and reports the others", async () => {
    const table = await read("a 1 2\nb 3 4\na 5 6\na 7 8\n");
    expect(table.words).toEqual(["a", "b"]);
    expect([...table.data]).toEqual([1, 2, 3, 4]);
    expect(table.report.duplicates).toEqual({
      count: 2,
      first: [
        { word: "a", row: 2, line: 3 },
        { word: "a", row: 3, line: 4 },
      ],
    });
  });

  it("keeps invalid UTF-8 apart, and its bytes", async () => {
    const table = await read(
      concat(latin1("caf\xe9 1 2\ncaf\xea 3 4\n"), utf8("caf\ufffd 5 6\n"), latin1("caf\xe9 7 8\n")),
    );
    expect(new Set(table.words).size).toBe(3);
    expect(table.words.map((word) => [...encodeWord(word)].slice(3))).toEqual([[0xe9], [0xea], [0xef, 0xbf, 0xbd]]);
    expect(table.report.lossyWords.count).toBe(2);
    expect(table.report.duplicates).toMatchObject({ count: 1, first: [{ row: 3, line: 4 }] });
  });

  it("drops a byte order mark from the first word, but keeps the word U+FEFF", async () => {
    const table = await read("\ufeffthe 1 2\nof 3 4\n");
    expect(table.words).toEqual(["the", "of"]);
    expect(table.report.warnings[0]).toContain("byte order mark");
    expect((await read("\ufeff 1 2\nof 3 4\n")).words).toEqual(["\ufeff", "of"]);
  });

  it("counts rows that are all zero", async () => {
    expect((await read("a 1 2\npad 0 -0\n")).report.zeroRows).toEqual({
      count: 1,
      first: [{ word: "pad", row: 1, line: 2 }],
    });
  });

  it("refuses a line that never ends", async () => {
    async function* endless() {
      yield utf8("a 1 2\n");
      for (let turn = 0; turn < 200; turn++) yield new Uint8Array(1 << 16).fill(0x61);
    }
    expect((await failureOf(readVectors(endless(), { format: "glove" }))).message).toContain("no end of line");
  });
});

describe("word2vec text", () => {
  it("is told by its header and tolerates the original tool's trailing space", async () => {
    const table = await read("2 2\n</s> 0.25 0.5 \nof 1 2 \n");
    expect(table).toMatchObject({
      format: "word2vec",
      dimension: 2,
      words: ["</s>", "of"],
      report: { headerRows: 2, warnings: [] },
    });
    expect([...table.data]).toEqual([0.25, 0.5, 1, 2]);
  });

  it("reads CR LF, a byte order mark and spaces in tokens", async () => {
    expect((await read("\ufeff2 2\r\na 1 2\r\nb c 3 4\r\n")).words).toEqual(["a", "b c"]);
  });

  it("accepts fewer rows than promised, with a warning, as in wiki-news-300d-1M-subword.vec", async () => {
    const table = await read("3 2\na 1 2\nb 3 4\n");
    expect(table.report).toMatchObject({ headerRows: 3, fileRows: 2 });
    expect(table.report.warnings).toEqual(["the header promises 3 rows, but the file has 2"]);
  });

  it("takes fewer rows than promised for a cut file where the last line has no newline", async () => {
    for (const options of [{}, { wanted: new Set(["a"]) }]) {
      const error = await fails("3 2\na 1 2\nb 3 4", options);
      expect(error).toMatchObject({ line: 3 });
      expect(error.message).toContain("truncated");
    }
  });

  it("reads all rows where there are more than promised, with a warning", async () => {
    const table = await read("1 2\na 1 2\nb 3 4\n");
    expect(table.words).toEqual(["a", "b"]);
    expect(table.report.warnings).toHaveLength(1);
  });

  it.each([
    ["4 2\na 1 2\nb 3 4\n", /promises 4 rows, but the file has 2; it is truncated.*make the first line "2 2"/],
    ["1 2\na 1 2\nb 3 4\nc 5 6\n", /promises 1 rows, but the file has 3; if its rows are right/],
  ])("refuses a header that is off by more than one row: %j", async (text, message) => {
    for (const options of [{}, { wanted: new Set(["a"]) }]) {
      const error = await fails(text, options);
      expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", line: 1 });
      expect(error.message).toMatch(message);
    }
    expect((await read(text, { limit: 1 })).words).toEqual(["a"]);
  });

  it("refuses a header of another dimension than its rows'", async () => {
    expect(await fails("2 3\na 1 2\nb 3 4\n")).toMatchObject({ line: 2 });
    expect(await fails("2 1\na 1 2\nb 3 4\n")).toMatchObject({ line: 2 });
    expect((await fails("2 2\na 1 2\nb 3 4\n", { dimension: 3 })).message).toContain("dimension 3 was asked for");
  });

  it("allocates nothing for a header that promises the impossible", async () => {
    const table = await read("999999999999 2\na 1 2\n", { limit: 1 });
    expect(table.data.buffer.byteLength).toBeLessThan(1024);
    const streamed = await readVectors(inPieces(utf8("999999999999 2\na 1 2\n"), [7]), { limit: 1 });
    expect(streamed.data.buffer.byteLength).toBeLessThan(1024);
    expect(await fails("999999999999 2\na 1 2\n")).toMatchObject({ line: 1 });
    expect(await fails("5 99999999\na 1 2\n")).toMatchObject({ line: 1 });
    expect(await fails("5 0\na 1 2\n")).toMatchObject({ line: 1 });
  });

  it("refuses a header without rows", async () => {
    expect((await fails("5 3\n")).message).toContain("none follows");
  });

  it("demands the header when it is forced", async () => {
    expect(await fails("a 1 2\n", { format: "word2vec" })).toMatchObject({ line: 1 });
  });
});

describe("selection", () => {
  const text = "the 1 2\nat x@y.z 3 4\nat 5 6\n. . 7 8\nof 9 10\nthe 11 12\ncaf\u00e9 13 14\n";

  it("reads the wanted rows only, in file order", async () => {
    const table = await read(text, { wanted: new Set(["café", "absent", "at", ". .", "the"]) });
    expect(table.words).toEqual(["the", "at", ". .", "café"]);
    expect([...table.data]).toEqual([1, 2, 5, 6, 7, 8, 13, 14]);
    expect(table.report).toMatchObject({ fileRows: 7, loadedRows: 4, duplicates: { count: 1 } });
  });

  it("finds a wanted word that is not valid UTF-8 by its decoded form", async () => {
    const table = await read(latin1("a 1 2\n\xff\xfe 3 4\nb 5 6\n"), { wanted: new Set(["\uDCFF\uDCFE"]) });
    expect([...table.data]).toEqual([3, 4]);
  });

  it("reads nothing where no word is wanted or present", async () => {
    expect(await read(text, { wanted: new Set() })).toMatchObject({ words: [], report: { fileRows: 7 } });
    expect((await read(text, { wanted: new Set(["x"]) })).data).toHaveLength(0);
  });

  it("ends after limit rows of the file", async () => {
    const table = await read(text, { limit: 2 });
    expect(table.words).toEqual(["the", "at x@y.z"]);
    expect(table.report).toMatchObject({ fileRows: 2, limited: true });
    expect((await read("2 2\na 1 2\nb 3 4\n", { limit: 1 })).report.warnings).toEqual([]);
  });

  it.each([{ limit: 0 }, { limit: 1.5 }, { dimension: 0 }, { format: "glvoe" }])(
    "refuses the option %j as the caller's mistake",
    async (options) => {
      await expect(read(text, options)).rejects.toThrow(RangeError);
    },
  );
});
