import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeVectors, readSafetensors, readVectors, writeSafetensors } from "../src/index.ts";
import { concat, failureOf, floats, inPieces, rawSafetensors } from "./bytes.ts";

/** Made by the Python package safetensors 0.x: save({b: i64, a: f16, w: f32, flag: bool, d: f64 scalar}, metadata). */
const GOLDEN = Buffer.from(
  "QAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJub3RlIjoieCIsImsiOiLDvCJ9LCJiIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsyLDNdLCJkYXRhX29mZnNldHMiOlswLDQ4XX0sImQiOnsiZHR5cGUiOiJGNjQiLCJzaGFwZSI6W10sImRhdGFfb2Zmc2V0cyI6WzQ4LDU2XX0sInciOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzEsMl0sImRhdGFfb2Zmc2V0cyI6WzU2LDY0XX0sImEiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOls2NCw3MF19LCJmbGFnIjp7ImR0eXBlIjoiQk9PTCIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzcwLDczXX19IAEAAAAAAAAAAgAAAAAAAAADAAAAAAAAAAQAAAAAAAAABQAAAAAAAAAGAAAAAAAAAAAAAAAAAAxAzczMPQAAAIAAOADA/3sBAAE=",
  "base64",
);

describe("readSafetensors", () => {
  it("reads what the format's own library wrote", () => {
    const { metadata, tensors, entries } = readSafetensors(GOLDEN);
    expect(Object.fromEntries(metadata)).toEqual({ k: "ü", note: "x" });
    expect(Object.fromEntries(tensors)).toEqual({
      b: { dtype: "int64", shape: [2, 3], data: BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n) },
      d: { dtype: "float64", shape: [], data: Float64Array.of(3.5) },
      w: { dtype: "float32", shape: [1, 2], data: Float32Array.of(0.1, -0) },
      a: { dtype: "float32", shape: [3], data: Float32Array.of(0.5, -2, 65504) },
      flag: { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) },
    });
    expect(entries.map(({ name, dtype }) => `${name}:${dtype}`)).toEqual([
      "b:I64",
      "d:F64",
      "w:F32",
      "a:F16",
      "flag:BOOL",
    ]);
  });

  it("copies data that stands unaligned, and BF16", () => {
    const header = {
      x: { dtype: "U8", shape: [1], data_offsets: [0, 1] },
      y: { dtype: "F32", shape: [1], data_offsets: [1, 5] },
      z: { dtype: "BF16", shape: [2], data_offsets: [5, 9] },
    };
    const { tensors } = readSafetensors(
      rawSafetensors(header, concat(Uint8Array.of(7), floats(1.5), Uint8Array.of(0x80, 0x3f, 0x49, 0xc0))),
    );
    expect(tensors.get("y")?.data).toEqual(Float32Array.of(1.5));
    expect(tensors.get("z")?.data).toEqual(Float32Array.of(1, -3.140625));
  });

  const entry = (begin: number, end: number, rest: object = {}) => ({
    dtype: "U8",
    shape: [end - begin],
    data_offsets: [begin, end],
    ...rest,
  });
  it.each([
    ["a gap", { a: entry(0, 2), b: entry(3, 4) }, "a gap"],
    ["a gap at the beginning", { a: entry(1, 4) }, "a gap"],
    ["an overlap", { a: entry(0, 3), b: entry(2, 4) }, "an overlap"],
    ["a shape of another size", { a: entry(0, 4, { shape: [5] }) }, "needs 5 bytes"],
    ["a dtype of another size", { a: entry(0, 4, { dtype: "F32" }) }, "needs 16 bytes"],
    ["an unknown dtype", { a: entry(0, 4, { dtype: "F8_E5M2" }) }, "known are"],
    ["a dtype that is a property of objects", { a: entry(0, 4, { dtype: "constructor" }) }, "known are"],
    ["a negative extent", { a: entry(0, 4, { shape: [-4] }) }, "shape"],
    ["extents whose product overflows", { a: entry(0, 4, { shape: [2 ** 52, 2 ** 52] }) }, "needs"],
    ["offsets backwards", { a: entry(0, 4, { data_offsets: [4, 0] }) }, "span"],
    ["offsets that are no numbers", { a: entry(0, 4, { data_offsets: ["0", 4] }) }, "data_offsets"],
    ["less data than bytes", { a: entry(0, 3) }, "describes 3 bytes"],
    ["more data than bytes", { a: entry(0, 5) }, "describes 5 bytes"],
    ["metadata that is no string", { __metadata__: { k: 1 }, a: entry(0, 4) }, "must be a string"],
    [
      "a duplicate key",
      '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"\\u0061":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}',
      'key "a"',
    ],
    ["a duplicate key within", '{"a":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}}', 'key "dtype"'],
    ["a header that is no JSON", "{", "JSON"],
    ["a header that is no object", "[]", "object"],
  ])("refuses %s", (_, header, message) => {
    expect(() => readSafetensors(rawSafetensors(header, Uint8Array.of(1, 2, 3, 4)))).toThrow(message);
  });

  it("does not take keys in different objects, or in strings, for duplicates", () => {
    const header =
      '{"__metadata__":{"a":"{\\"a\\":1,\\"a\\":2}\\\\"},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}';
    expect(readSafetensors(rawSafetensors(header, Uint8Array.of(1, 2, 3, 4))).metadata.get("a")).toBe(
      '{"a":1,"a":2}\\',
    );
  });

  it("refuses a header longer than 100 MB or than the file, before it allocates", () => {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, 100_000_001n, true);
    expect(() => readSafetensors(bytes)).toThrow("at most 100000000");
    view.setBigUint64(0, 2n ** 63n, true);
    expect(() => readSafetensors(bytes)).toThrow("at most 100000000");
    view.setBigUint64(0, 9n, true);
    expect(() => readSafetensors(bytes)).toThrow("truncated");
    expect(() => readSafetensors(new Uint8Array(3))).toThrow("at least 8 bytes");
  });
});

describe("writeSafetensors", () => {
  it("round-trips every dtype, to the bit, with names that are hard for objects", () => {
    const tensors = new Map([
      ["__proto__", { dtype: "float32", shape: [2], data: Float32Array.of(-0, 1e-45) }],
      ["10", { dtype: "float64", shape: [1, 1], data: Float64Array.of(0.1) }],
      ["9", { dtype: "int32", shape: [3], data: Int32Array.of(-1, 0, 1) }],
      ["b", { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) }],
      ["i", { dtype: "int64", shape: [1], data: BigInt64Array.of(-(2n ** 63n)) }],
      ["u", { dtype: "uint8", shape: [0], data: new Uint8Array(0) }],
    ] as const);
    const back = readSafetensors(writeSafetensors(tensors, { metadata: { a: "1" } }));
    expect(new Map([...back.tensors].sort())).toEqual(new Map([...tensors].sort()));
    expect(back.metadata.get("a")).toBe("1");
  });

  it("gives the same bytes whatever the order, and aligned data", () => {
    const a = { dtype: "float32", shape: [1], data: Float32Array.of(1) } as const;
    const b = { dtype: "bool", shape: [1], data: Uint8Array.of(1) } as const;
    const bytes = writeSafetensors({ a, b });
    expect(writeSafetensors({ b, a })).toEqual(bytes);
    expect(bytes[0] % 8).toBe(0);
  });

  it("rounds to F16 where it is asked to", () => {
    const w = { dtype: "float32", shape: [2], data: Float32Array.of(1.00048828125, 1.00146484375) } as const;
    const { entries, tensors } = readSafetensors(writeSafetensors({ w }, { asFloat16: new Set(["w"]) }));
    expect(entries[0].dtype).toBe("F16");
    expect([...(tensors.get("w")?.data ?? [])]).toEqual([1, 1.001953125]);
  });

  it("refuses data that does not fit its shape", () => {
    expect(() => writeSafetensors({ a: { dtype: "float32", shape: [3], data: new Float32Array(2) } })).toThrow(
      RangeError,
    );
  });
});

describe("vectors in safetensors", () => {
  const header = (words: unknown, rest: object = {}) => ({
    __metadata__: { words: typeof words === "string" ? words : JSON.stringify(words) },
    embeddings: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16], ...rest },
  });
  const data = floats(1, 2, 3, 4);

  it("reads the words and rows, passing over other tensors and unwanted rows", async () => {
    const json = {
      __metadata__: { words: '["a","b"]' },
      before: { dtype: "U8", shape: [3], data_offsets: [0, 3] },
      embeddings: { dtype: "F32", shape: [2, 2], data_offsets: [3, 19] },
      tail: { dtype: "U8", shape: [1], data_offsets: [19, 20] },
    };
    const bytes = rawSafetensors(json, concat(Uint8Array.of(1, 2, 3), data, Uint8Array.of(9)));
    const table = await readVectors(bytes);
    expect(table).toMatchObject({ format: "safetensors", dimension: 2, words: ["a", "b"], report: { headerRows: 2 } });
    expect([...table.data]).toEqual([1, 2, 3, 4]);
    expect([...(await readVectors(bytes, { wanted: new Set(["b"]) })).data]).toEqual([3, 4]);
  });

  it.each([
    ["no words", { embeddings: header("").embeddings }, "no words"],
    ["words that are no JSON", header("[a]"), "not valid JSON"],
    ["words that are no strings", header([1, 2]), "array of strings"],
    ["a word too few", header(["a"]), "1 words for 2 rows"],
    ["no table", { __metadata__: { words: "[]" }, weights: header("").embeddings }, '"weights"'],
    ["a table of integers", header(["a", "b"], { dtype: "I32" }), "I32"],
    ["a table of one axis", header(["a", "b"], { shape: [4] }), "[V, D]"],
  ])("refuses %s", async (_, json, message) => {
    const error = await failureOf(readVectors(rawSafetensors(json, data), { file: "v.safetensors" }));
    expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", file: "v.safetensors" });
    expect(error.message).toContain(message);
  });

  it("refuses a truncated file, and bytes at the end, of known and unknown size", async () => {
    const whole = rawSafetensors(header(["a", "b"]), data);
    for (const bytes of [whole.subarray(0, whole.length - 3), whole.subarray(0, 40), concat(whole, Uint8Array.of(0))]) {
      expect(await failureOf(readVectors(bytes))).toMatchObject({ code: "BAD_VECTOR_FILE" });
      expect(await failureOf(readVectors(inPieces(bytes, [11])))).toMatchObject({ code: "BAD_VECTOR_FILE" });
    }
  });

  it("keeps words with invalid bytes", async () => {
    const table = { dimension: 1, words: ["\uDCFF", "\ud83d\ude00", '"'], data: Float32Array.of(1, 2, 3) };
    expect((await readVectors(await encodeVectors(table, { format: "safetensors" }))).words).toEqual(table.words);
  });

  it("writes float16 that reads back to the rounded values, and refuses what is beyond its range", async () => {
    const table = { dimension: 2, words: ["a"], data: Float32Array.of(1.00048828125, -65504) };
    expect([...(await readVectors(await encodeVectors(table, { format: "safetensors", dtype: "f16" }))).data]).toEqual([
      1, -65504,
    ]);
    const huge = { ...table, data: Float32Array.of(1, 65520) };
    expect(await failureOf(encodeVectors(huge, { format: "safetensors", dtype: "f16" }))).toMatchObject({
      code: "OUTPUT_FAILED",
    });
  });

  it("never crashes on damaged bytes: a typed error or a table", async () => {
    const whole = rawSafetensors(header(["a", "b"]), data);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.nat(whole.length),
        async (edits, cut) => {
          const bytes = whole.slice(0, cut < whole.length / 2 ? whole.length : cut);
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
          await readVectors(bytes, { format: "safetensors" }).catch((error) =>
            expect(error).toMatchObject({ code: "BAD_VECTOR_FILE" }),
          );
        },
      ),
      { seed: 20261123, numRuns: 2_000 },
    );
  });
});
