import { describe, expect, it } from "vitest";
import { fastTextHash, subwordBuckets, wordNgramBuckets } from "../src/fasttext/subwords.ts";
import { createWordRows } from "../src/fasttext/word-rows.ts";
import { readFastText, readVectors } from "../src/index.ts";
import { concat, failureOf, inPieces, latin1, utf8 } from "./bytes.ts";
import { golden, goldenJson, goldenText } from "./golden.ts";

const words = goldenText("fasttext-words.txt").trimEnd().split("\n");
const files = [
  "fasttext-sg.bin",
  "fasttext-cbow.bin",
  "fasttext-sup.bin",
  "fasttext-plain.bin",
  "fasttext-q.ftz",
  "fasttext-pruned.ftz",
];
/** As a C++ stream with precision 5 prints a float, but for the notation. */
const fiveDigits = (value: number) => Number(Number(value).toPrecision(5));
const printed = (name: string) =>
  new Map(
    goldenText(name)
      .trimEnd()
      .split("\n")
      .map((line) => {
        const [word, ...values] = line.trimEnd().split(" ");
        return [word, values.map(Number)];
      }),
  );
const recomputed = goldenJson<Record<string, Record<string, number[]>>>("fasttext-recomputed.json");

/** int32 or float64 fields, little-endian. */
const int32 = (...values: number[]) => new Uint8Array(Int32Array.from(values).buffer);
const int64 = (...values: number[]) => new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
const settingsOf = ({ dim = 2, model = 2, bucket = 0, minn = 0, maxn = 0 } = {}) =>
  concat(int32(dim, 5, 1, 1, 5, 1, 2, model, bucket, minn, maxn, 100), new Uint8Array(Float64Array.of(1e-4).buffer));
const entry = (word: string | Uint8Array, type = 0) =>
  concat(typeof word === "string" ? utf8(word) : word, Uint8Array.of(0), int64(1), Uint8Array.of(type));

/** A model without n-grams whose rows are given. */
function model(
  entries: readonly (readonly [string | Uint8Array, number])[],
  rows: readonly number[],
  {
    version = 12,
    ...settings
  }: { version?: number; dim?: number; model?: number; bucket?: number; maxn?: number } = {},
): Uint8Array {
  const wordCount = entries.filter(([, type]) => type === 0).length;
  const dim = settings.dim ?? 2;
  return concat(
    int32(793712314, version),
    settingsOf(settings),
    int32(entries.length, wordCount, entries.length - wordCount),
    int64(10, -1),
    ...entries.map(([word, type]) => entry(word, type)),
    Uint8Array.of(0),
    int64(rows.length / dim, dim),
    new Uint8Array(Float32Array.from(rows).buffer),
    Uint8Array.of(0),
    int64(0, dim),
  );
}

describe("pitfall 4.4: fastText .bin", () => {
  it.each(files)("%s: known and unknown words have the vectors that fastText prints", async (name) => {
    const table = await readFastText(golden(name));
    const expected = printed(`${name}.printed`);
    expect(expected.size).toBe(words.length);
    for (const word of words) {
      const vector = table.vectorOf(word) ?? new Float32Array(table.dimension);
      expect([word, ...vector].map((value) => (typeof value === "string" ? value : fiveDigits(value)))).toEqual([
        word,
        ...expected.get(word)!.map(fiveDigits),
      ]);
    }
  });

  it.each(files)("%s: vectors are those that an independent script computes, to 1e-6", async (name) => {
    const table = await readFastText(golden(name));
    for (const word of words) {
      const expected = recomputed[name]![word]!;
      const scale = Math.max(...expected.map(Math.abs));
      const vector = table.vectorOf(word) ?? new Float32Array(table.dimension);
      for (let index = 0; index < table.dimension; index++)
        expect(Math.abs(vector[index]! - expected[index]!)).toBeLessThanOrEqual(1e-6 * scale);
    }
  });

  it("reads the words as a table, in the order and with the vectors of fastText's .vec", async () => {
    const table = await readVectors(golden("fasttext-sg.bin"));
    const text = await readVectors(golden("fasttext-sg.vec"));
    expect(table).toMatchObject({ format: "fasttext", dimension: 8 });
    expect(table.words).toEqual(text.words);
    expect([...table.data].map(fiveDigits)).toEqual([...text.data].map(fiveDigits));
  });

  it.each(files)("%s: table, wanted rows, chunks and a model of wanted words agree to the bit", async (name) => {
    const bytes = golden(name);
    const whole = await readVectors(bytes);
    const full = await readFastText(bytes);
    expect(whole.words).toEqual(full.words);
    for (const [row, word] of whole.words.entries())
      expect(whole.data.subarray(row * whole.dimension, (row + 1) * whole.dimension)).toEqual(full.vectorOf(word));
    const wanted = new Set(["café", "dogs", "unheard-of"]);
    const some = await readVectors(inPieces(bytes, [7, 1, 300]), { wanted });
    expect(some.words).toEqual(whole.words.filter((word) => wanted.has(word)));
    const few = await readFastText(inPieces(bytes, [5, 1000]), { wanted });
    for (const word of wanted) expect(few.vectorOf(word)).toEqual(full.vectorOf(word));
    expect(few.rows).toBeLessThan(full.rows);
    expect(() => few.vectorOf("smörgåsbord")).toThrow(RangeError);
  });

  it("knows labels, which are not words", async () => {
    const table = await readFastText(golden("fasttext-sup.bin"));
    expect([...table.labels].sort()).toEqual(["__label__neg", "__label__pos"]);
    expect(table.words).not.toContain("__label__pos");
    expect(table.has("__label__pos")).toBe(false);
    expect((await readVectors(golden("fasttext-sup.bin"))).words).not.toContain("__label__pos");
  });

  it("has look-ups over the matrix that give the vectors, in the form of an embedding table", async () => {
    const table = await readFastText(golden("fasttext-sg.bin"));
    const look = table.lookUp(words);
    expect(look.kind).toBe("weighted");
    expect(look.offsets).toHaveLength(words.length + 1);
    for (const [token, word] of words.entries()) {
      const sum = new Float64Array(table.dimension);
      for (let at = look.offsets[token]!; at < look.offsets[token + 1]!; at++)
        for (let index = 0; index < table.dimension; index++)
          sum[index]! += look.weights[at]! * table.matrix[look.rows[at]! * table.dimension + index]!;
      const expected = recomputed["fasttext-sg.bin"]![word]!;
      for (const [index, value] of expected.entries()) expect(sum[index]).toBeCloseTo(value, 7);
      expect([...table.lookUpOf(word).rows]).toEqual([
        ...look.rows.subarray(look.offsets[token], look.offsets[token + 1]),
      ]);
    }
    // 26 words, 500 buckets.
    expect(table.rows).toBe(table.words.length + 500);
  });

  it.each(["fasttext-sup.bin", "fasttext-q.ftz", "fasttext-pruned.ftz"])(
    "pitfall 4.5: %s: sentences have the rows, word n-grams included, that fastText averages",
    async (name) => {
      const table = await readFastText(golden(name));
      const lines = goldenText("fasttext-sentences.txt").split("\n").slice(0, -1);
      const expected = goldenText(`${name}.sentences`).trimEnd().split("\n");
      expect(expected).toHaveLength(lines.length);
      for (const [index, line] of lines.entries()) {
        const { rows } = table.sentenceLookUp(line.split(" ").filter((word) => word !== ""));
        const sum = new Float32Array(table.dimension);
        for (const row of rows)
          for (let at = 0; at < sum.length; at++) sum[at]! += table.matrix[row * table.dimension + at]!;
        const mean = [...sum].map((value) => fiveDigits(Math.fround(value * Math.fround(1 / rows.length))));
        expect(mean).toEqual(expected[index]!.trimEnd().split(" ").map(Number).map(fiveDigits));
      }
    },
  );

  it("takes a supervised model of version 11 for one without n-grams", async () => {
    const settings = { model: 3, bucket: 4, maxn: 3 };
    const rows = Array.from({ length: 10 }, (_, index) => index);
    const [old, current] = await Promise.all(
      [11, 12].map((version) => readFastText(model([["ab", 0]], rows, { version, ...settings }))),
    );
    expect([...old!.lookUpOf("ab").rows]).toEqual([0]);
    expect(current!.lookUpOf("ab").rows.length).toBeGreaterThan(1);
  });

  it("says what a model of before the magic number is, and another version", async () => {
    const old = concat(settingsOf({ bucket: 2_000_000, minn: 3, maxn: 6 }), new Uint8Array(100));
    expect((await failureOf(readVectors(old))).message).toContain("before the format had a version");
    const newer = model([["a", 0]], [1, 2], { version: 13 });
    expect(await failureOf(readVectors(newer))).toMatchObject({ code: "BAD_VECTOR_FILE", offset: 4 });
  });

  it("refuses a truncated model at any length with the offset, before it makes room for rows", async () => {
    for (const name of files) {
      const bytes = golden(name);
      for (let length = 8; length < bytes.length; length += length + 61 < bytes.length - 1 ? 61 : 1) {
        for (const read of [readVectors, readFastText]) {
          for (const isStream of [false, true]) {
            const cut = bytes.slice(0, length);
            const error = await failureOf(read(isStream ? new Blob([cut]).stream() : cut));
            expect(error).toMatchObject({ code: "BAD_VECTOR_FILE" });
            expect(error.offset).toBeLessThanOrEqual(length);
          }
        }
      }
    }
  });

  it("refuses counts that do not fit", async () => {
    const whole = model([["a", 0]], [1, 2]);
    const edits: readonly (readonly [number, Uint8Array, string])[] = [
      [8, int32(0), "dimension"],
      [36, int32(9), "model 9"],
      [64, int32(3), "do not fit together"],
      [64, int32(2_000_000_000, 2_000_000_000, 0), "needs"],
      [whole.length - 17 - 8 - 16, int64(2 ** 40, 2), "input matrix"],
      [whole.length - 17 - 8 - 16, int64(2 ** 20, 2), "follow"],
    ];
    for (const [at, patch, message] of edits) {
      const bytes = whole.slice();
      bytes.set(patch, at);
      expect((await failureOf(readVectors(bytes))).message).toContain(message);
    }
  });
});

describe("pitfall 4.3: fastText words", () => {
  it("keeps invalid UTF-8 apart, and the first of duplicates", async () => {
    const bytes = model(
      [
        [latin1("caf\xe9"), 0],
        ["a", 0],
        [latin1("caf\xe8"), 0],
        ["a", 0],
        ["__label__x", 1],
      ],
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    const table = await readVectors(bytes);
    expect(table.words).toEqual(["caf\udce9", "a", "caf\udce8"]);
    expect([...table.data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(table.report).toMatchObject({
      fileRows: 4,
      duplicates: { count: 1, first: [{ word: "a", row: 3 }] },
      lossyWords: { count: 2 },
    });
    const whole = await readFastText(bytes);
    expect([...whole.vectorOf("a")!]).toEqual([3, 4]);
    expect([...whole.vectorOf("caf\udce8")!]).toEqual([5, 6]);
  });

  it("obeys limit and reports a row that is not finite", async () => {
    const bytes = model(
      [
        ["a", 0],
        ["b", 0],
        ["c", 0],
      ],
      [1, 2, Number.NaN, 0, 5, 6],
    );
    expect((await readVectors(bytes, { limit: 1 })).report).toMatchObject({ fileRows: 1, limited: true });
    expect((await failureOf(readVectors(bytes))).message).toContain('"b" (row 2)');
    expect((await readVectors(bytes, { nonFinite: "skip" })).words).toEqual(["a", "c"]);
  });
});

describe("pitfall 4.5: subwords", () => {
  it("hashes with sign-extended bytes: not plain FNV-1a beyond ASCII", () => {
    // FNV-1a's own test vectors hold for ASCII.
    expect(fastTextHash(utf8("a"))).toBe(0xe40c292c);
    expect(fastTextHash(utf8("foobar"))).toBe(0xbf9cf968);
    // recompute-fasttext.py's fnv(b'\xe9').
    expect(fastTextHash(latin1("\xe9"))).toBe(3958606660);
    expect(fastTextHash(latin1("\xe9"))).not.toBe(Number((BigInt(0x811c9dc5 ^ 0xe9) * 16777619n) % 2n ** 32n));
  });

  it("takes n-grams of code points, without single characters at the ends, and none of </s>", () => {
    const grams = (word: string, minn: number, maxn: number) =>
      subwordBuckets(utf8(word), { minn, maxn, bucket: 2 ** 31 - 1 });
    const hashes = (...texts: string[]) => texts.map((text) => fastTextHash(utf8(text)) % (2 ** 31 - 1));
    expect(grams("é東", 2, 3)).toEqual(hashes("<é", "<é東", "é東", "é東>", "東>"));
    expect(grams("é😀", 1, 1)).toEqual(hashes("é", "😀"));
    expect(grams("</s>", 1, 6)).toEqual([]);
    expect(grams("", 1, 6)).toEqual(hashes("<>"));
    expect(grams("abc", 3, 0)).toEqual([]);
  });

  it("hashes word n-grams in uint64 with hashes sign-extended from int32", () => {
    // h = h × 116049371 + hash, worked by hand for hashes −1 and 2: 2^64 − 116049371 + 2.
    expect(wordNgramBuckets([0xffffffff, 2], 2, 1_000_003)).toEqual([
      Number((2n ** 64n - 116_049_371n + 2n) % 1_000_003n),
    ]);
    expect(wordNgramBuckets([1, 2, 3], 3, 97)).toEqual([
      (116_049_371 + 2) % 97,
      Number((116_049_373n * 116_049_371n + 3n) % 97n),
      (2 * 116_049_371 + 3) % 97,
    ]);
  });

  it("leaves out n-grams that were pruned, all of them where none was kept", () => {
    const settings = { minn: 1, maxn: 2, bucket: 10 };
    const all = createWordRows({ wordCount: 5, pruned: undefined }, settings).rowsOf(utf8("ab"), -1);
    const kept = all[1]! - 5;
    const some = createWordRows({ wordCount: 5, pruned: new Map([[kept, 0]]) }, settings);
    expect(some.rowsOf(utf8("ab"), 3)).toEqual([3, ...all.filter((row) => row - 5 === kept).map(() => 5)]);
    expect(createWordRows({ wordCount: 5, pruned: new Map() }, settings).rowsOf(utf8("ab"), 3)).toEqual([3]);
  });
});
