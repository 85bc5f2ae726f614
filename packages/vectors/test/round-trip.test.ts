import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWord, encodeVectors, openVectorWriter, readVectors, type WritableFormatName } from "../src/index.ts";
import { nodePlatform } from "../src/node.ts";
import { failureOf, inPieces, utf8 } from "./bytes.ts";

const SEED = 20261123;
const bits = new Uint32Array(1);
const asFloat = new Float32Array(bits.buffer);
const anyFloat = fc
  .oneof(fc.integer({ min: 0, max: 0x7f7fffff }), fc.integer({ min: 0x80000000, max: 0xff7fffff }))
  .map((value) => {
    bits[0] = value;
    return asFloat[0];
  });
const anyWord = fc.oneof(
  fc.uint8Array({ maxLength: 8 }).map(decodeWord),
  fc.string({ unit: "binary", maxLength: 6 }).map((text) => decodeWord(utf8(text))),
  fc.stringMatching(/^[a-z. ]{0,6}$/),
);

/** Tables whose words every one of `refused` leaves alone. */
const tables = (refused: RegExp) =>
  fc
    .tuple(
      fc.uniqueArray(
        anyWord.filter((word) => !refused.test(word)),
        { minLength: 1, maxLength: 12 },
      ),
      fc.integer({ min: 2, max: 5 }),
    )
    .chain(([words, dimension]) =>
      fc
        .array(anyFloat, { minLength: words.length * dimension, maxLength: words.length * dimension })
        .map((values) => ({ words, dimension, data: Float32Array.from(values) })),
    );

// A number after a space would be one component more; a mark at the beginning of the file would be dropped.
const notInText = /\n| [-+]?(\d|\.\d)|\ufeff/;
const refusedBy: Readonly<Record<WritableFormatName, RegExp>> = {
  glove: notInText,
  word2vec: notInText,
  "word2vec-binary": /[\n ]/,
  safetensors: /(?!)/,
  npy: /\n|\r$|^\ufeff/,
};
const formats = Object.keys(refusedBy) as WritableFormatName[];
const bitsOf = (data: Float32Array) => [...new Uint32Array(data.slice().buffer)];

describe.each(formats)("%s", (format) => {
  it("reads back what was written, words and numbers to the bit", async () => {
    await fc.assert(
      fc.asyncProperty(tables(refusedBy[format]), async (table) => {
        const back = await readVectors(await encodeVectors(table, { format }), { format, words: table.words });
        expect(back.words).toEqual(table.words);
        expect(bitsOf(back.data)).toEqual(bitsOf(table.data));
      }),
      { seed: SEED, numRuns: 250 },
    );
  });

  it("is detected from what was written, and reads the same in any chunks on any platform", async () => {
    await fc.assert(
      fc.asyncProperty(
        tables(refusedBy[format]),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
        async (table, sizes) => {
          const bytes = await encodeVectors(table, { format });
          const { words } = table;
          const whole = await readVectors(bytes, { words });
          expect(whole.format).toBe(format);
          for (const platform of [{ words }, { words, platform: nodePlatform }]) {
            const pieces = await readVectors(inPieces(bytes, sizes), platform);
            expect(pieces).toEqual(whole);
          }
          expect(whole.words).toEqual(table.words);
        },
      ),
      { seed: SEED, numRuns: 120 },
    );
  });

  it("reads wanted rows as it reads all", async () => {
    await fc.assert(
      fc.asyncProperty(tables(refusedBy[format]), fc.infiniteStream(fc.boolean()), async (table, choices) => {
        const bytes = await encodeVectors(table, { format });
        const kept = table.words.map(() => choices.next().value === true);
        const wanted = new Set(table.words.filter((_, row) => kept[row]));
        const some = await readVectors(bytes, { wanted, format, words: table.words });
        expect(some.words).toEqual([...wanted]);
        expect(bitsOf(some.data)).toEqual(
          bitsOf(table.data.filter((_, index) => kept[Math.floor(index / table.dimension)])),
        );
      }),
      { seed: SEED, numRuns: 200 },
    );
  });

  it("gives the same error in any chunks, and never another kind, when bytes are damaged", async () => {
    await fc.assert(
      fc.asyncProperty(
        tables(refusedBy[format]),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.nat(),
        async (table, edits, cut) => {
          const whole = await encodeVectors(table, { format });
          const bytes = whole.slice(0, cut % 2 === 0 ? whole.length : cut % whole.length);
          for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
          const outcome = (source: Parameters<typeof readVectors>[0]) =>
            readVectors(source, { format, words: table.words, size: bytes.length }).then(
              (read) => [read.words, bitsOf(read.data)],
              (error) => {
                expect(error).toMatchObject({ code: "BAD_VECTOR_FILE" });
                return [error.line];
              },
            );
          expect(await outcome(inPieces(bytes, [7, 1]))).toEqual(await outcome(bytes));
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });
});

describe("text output", () => {
  const table = { dimension: 3, words: ["a", "b c"], data: Float32Array.of(0.1, -0, 1e-7, 16777216, 1e10, -2.5) };
  it("has shortest decimals without exponents, one space between and a newline at each end", async () => {
    const rows = "a 0.1 -0 0.0000001\nb c 16777216 10000000000 -2.5\n";
    expect(new TextDecoder().decode(await encodeVectors(table, { format: "glove" }))).toBe(rows);
    expect(new TextDecoder().decode(await encodeVectors(table, { format: "word2vec" }))).toBe(`2 3\n${rows}`);
  });
});

describe("binary output", () => {
  it("is what word2vec.c writes: header, word, space, floats, newline", async () => {
    const bytes = await encodeVectors(
      { dimension: 1, words: ["é"], data: Float32Array.of(1) },
      { format: "word2vec-binary" },
    );
    expect([...bytes]).toEqual([0x31, 0x20, 0x31, 0x0a, 0xc3, 0xa9, 0x20, 0, 0, 0x80, 0x3f, 0x0a]);
  });
});

describe("words that a format cannot hold", () => {
  it.each([
    ["glove", "a\nb"],
    ["word2vec", "area 51"],
    ["word2vec-binary", "a b"],
    ["word2vec-binary", "\na"],
  ] as const)("%s refuses %j, or leaves it out and counts it in the header", async (format, word) => {
    const table = { dimension: 1, words: ["x", word], data: Float32Array.of(1.5, 2.5) };
    const error = await failureOf(encodeVectors(table, { format }));
    expect(error).toMatchObject({ code: "OUTPUT_FAILED" });
    expect(error.message).toContain(JSON.stringify(word));
    const back = await readVectors(await encodeVectors(table, { format, unwritable: "skip" }), { format });
    expect(back.words).toEqual(["x"]);
    expect(back.report.warnings).toEqual([]);
  });
});

describe("openVectorWriter", () => {
  const output = { write: async () => {} };
  it("takes wrong lengths and options for the caller's mistakes", async () => {
    expect(() => openVectorWriter(output, { format: "glove", dimension: 2 }).writeRow("a", Float32Array.of(1))).toThrow(
      RangeError,
    );
    expect(() => openVectorWriter(output, { format: "glove", dimension: 2, dtype: "f16" })).toThrow(RangeError);
    expect(() => openVectorWriter(output, { format: "fasttext" as never, dimension: 2 })).toThrow(RangeError);
    await expect(
      encodeVectors({ dimension: 2, words: ["a"], data: Float32Array.of(1) }, { format: "glove" }),
    ).rejects.toThrow(RangeError);
  });

  it("writes the same bytes whether the rows were announced or had to wait for their header", async () => {
    const table = { dimension: 2, words: ["a", "b"], data: Float32Array.of(1, 2, 3, 4) };
    for (const format of formats) {
      const chunks: Uint8Array[] = [];
      const writer = openVectorWriter({ write: async (chunk) => void chunks.push(chunk) }, { format, dimension: 2 });
      writer.writeRow("a", table.data.subarray(0, 2));
      writer.writeRow(utf8("b"), table.data.subarray(2, 4));
      await writer.finish();
      expect(Buffer.concat(chunks).equals(await encodeVectors(table, { format }))).toBe(true);
    }
  });

  it("does not finish with another number of rows than announced", async () => {
    const writer = openVectorWriter(output, {
      format: "word2vec",
      dimension: 1,
      expected: { rows: 2, words: () => ["a", "b"] },
    });
    writer.writeRow("a", Float32Array.of(1));
    await expect(writer.finish()).rejects.toThrow(RangeError);
  });

  it("stops at an abort", async () => {
    const writer = openVectorWriter(output, { format: "glove", dimension: 1, signal: AbortSignal.abort() });
    writer.writeRow("a", Float32Array.of(1));
    expect(await failureOf(writer.finish())).toMatchObject({ code: "ABORTED" });
  });
});
