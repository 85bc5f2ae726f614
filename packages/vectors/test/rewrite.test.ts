import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { createSha256 } from "@thawline/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  applyDelta,
  createDelta,
  decodeDelta,
  encodeDelta,
  encodeVectors,
  hashTable,
  readVectors,
  revertDelta,
  rewriteVectors,
  type VectorTable,
} from "../src/index.ts";
import { applyDeltaFile, hashVectorsFile, readDeltaFile, rewriteVectorsFile } from "../src/node.ts";

import { concat, failureOf, inPieces, latin1, utf8 } from "./bytes.ts";
import { bitsOf, golden, goldenJson, goldenPath } from "./golden.ts";

const { words, float32 } = goldenJson<Record<"words" | "float32", string[]>>("tables.json");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thawline-rewrite-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function rewritten(
  bytes: Uint8Array,
  changed: Record<string, readonly number[]>,
  options: object = {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await rewriteVectors(
    () => inPieces(bytes, [3, 17, 1]),
    { write: async (chunk) => void chunks.push(chunk) },
    {
      ...options,
      changed: new Map(Object.entries(changed).map(([word, values]) => [word, Float32Array.from(values)])),
    },
  );
  return concat(...chunks);
}
const rewrittenText = async (text: string, changed: Record<string, readonly number[]>) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(await rewritten(utf8(text), changed));

describe("rewriteVectors", () => {
  it.each([
    ["odd decimals", "a +1.50 2e-3\nb 0.10 -0\nc 1 2\n", "a +1.50 2e-3\nb 9 -0.5\nc 1 2\n"],
    [
      "a header that lies and trailing spaces",
      "4 2\na 1.0 2.0 \nb 3 4 \nc 5 6 \n",
      "4 2\na 1.0 2.0 \nb 9 -0.5 \nc 5 6 \n",
    ],
    ["CR LF", "a 1.0 2\r\nb 3 4\r\nc 5 6\r\n", "a 1.0 2\r\nb 9 -0.5\r\nc 5 6\r\n"],
    ["no newline at the end", "a 1.0 2\nb 3 4", "a 1.0 2\nb 9 -0.5"],
    ["duplicates: the first row is the word's", "b 1 2\na 1 1\nb 3 4\n", "b 9 -0.5\na 1 1\nb 3 4\n"],
    ["a byte order mark", "\ufeffb 1 2\na 1.0 1\n", "\ufeffb 9 -0.5\na 1.0 1\n"],
    ["a row that is not finite", "a 1.0 1\nb nan 2\n", "a 1.0 1\nb 9 -0.5\n"],
  ])("keeps the bytes of all other rows of text: %s", async (_, text, expected) => {
    expect(await rewrittenText(text, { b: [9, -0.5] })).toBe(expected);
  });

  it("pitfall 4.2: words with spaces, NBSP and NEL, and pitfall 4.3: words that are not UTF-8", async () => {
    const text = concat(utf8(". . . 1.0 2\n\u00a0 3.0 4\n\u0085 5.0 6\nat x@y 7.0 8\n"), latin1("caf\xe9 9.0 1\n"));
    const changed = { ". . .": [0, 1], "\u0085": [0, 2], "caf\udce9": [0, 3] };
    expect(Buffer.from(await rewritten(text, changed))).toEqual(
      Buffer.from(concat(utf8(". . . 0 1\n\u00a0 3.0 4\n\u0085 0 2\nat x@y 7.0 8\n"), latin1("caf\xe9 0 3\n"))),
    );
  });

  it.each(["gensim.bin", "gensim.vec", "numpy-f4-c.npy"])("%s: nothing changed is the file itself", async (name) => {
    expect(Buffer.from(await rewritten(golden(name), {}, { words }))).toEqual(Buffer.from(golden(name)));
  });

  it.each(["gensim.bin", "gensim.vec", "numpy-f4-c.npy"])(
    "%s: reads back as changed, all other bits kept",
    async (name) => {
      const values = [0, -0, 1e-7, 3.4e38, -1, 0.1, 7];
      const bytes = await rewritten(golden(name), { 東京: values }, { words });
      const table = await readVectors(bytes, { words });
      const expected = [...float32];
      expected.splice(14, 7, ...bitsOf(Float32Array.from(values)));
      expect(bitsOf(table.data)).toEqual(expected);
    },
  );

  it("replaces rows of safetensors and .npy in their own element type", async () => {
    const table: VectorTable = { dimension: 2, words: ["a", "b"], data: Float32Array.of(0.1, 2, 3, 4) };
    for (const format of ["safetensors", "npy"] as const) {
      const bytes = await encodeVectors(table, { format, dtype: "f16" });
      const changed = await rewritten(bytes, { b: [0.5, 9] }, { words: table.words });
      expect(changed.length).toBe(bytes.length);
      const back = await readVectors(changed, { words: table.words });
      expect([...back.data]).toEqual([Math.fround(0.0999755859375), 2, 0.5, 9]);
    }
  });

  it("refuses what it cannot do", async () => {
    await expect(rewritten(utf8("a 1 2\n"), { b: [1, 2] })).rejects.toThrow('"b" is not in the file');
    await expect(rewritten(utf8("a 1 2\n"), { a: [1] })).rejects.toThrow("dimension is 2");
    await expect(rewritten(golden("fasttext-sg.bin"), {})).rejects.toThrow("cannot be rewritten");
    for (const name of ["numpy-f4-fortran.npy", "numpy-f4-big.npy", "numpy-f8-c.npy"])
      await expect(rewritten(golden(name), { 東京: [1, 2, 3, 4, 5, 6, 7] }, { words })).rejects.toThrow(/in place/);
  });

  it("works on files, packed or not, onto themselves too", async () => {
    const text = Array.from({ length: 40_000 }, (_, row) => `w${row} ${row}.50 1.0\n`).join("");
    const plain = join(folder, "v.txt");
    const packed = join(folder, "v.txt.gz");
    writeFileSync(plain, text);
    writeFileSync(packed, gzipSync(text));
    const changed = new Map([
      ["w0", Float32Array.of(1, 2)],
      ["w39999", Float32Array.of(3, 4)],
    ]);
    const expected = text.replace("w0 0.50 1.0", "w0 1 2").replace("w39999 39999.50 1.0", "w39999 3 4");
    expect(await rewriteVectorsFile(plain, plain, { changed })).toMatchObject({ changedRows: 2, format: "glove" });
    expect(readFileSync(plain, "utf8") === expected).toBe(true);
    await rewriteVectorsFile(packed, packed, { changed });
    expect(gunzipSync(readFileSync(packed)).toString() === expected).toBe(true);
    const array = join(folder, "out.npy");
    await rewriteVectorsFile(goldenPath("numpy-f4-c.npy"), array, { changed: new Map() });
    expect(readFileSync(array).equals(golden("numpy-f4-c.npy"))).toBe(true);
    expect(readFileSync(join(folder, "out.words.txt"), "utf8")).toBe(`${words.join("\n")}\n`);
  });
});

describe("deltas", () => {
  const float = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((bits) => bits | 0);
  const pairs = fc
    .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 2 }))
    .chain(([rows, dimension, added]) =>
      fc.record({
        dimension: fc.constant(dimension),
        rows: fc.constant(rows),
        base: fc.array(float, { minLength: rows * dimension, maxLength: rows * dimension }),
        tuned: fc.array(float, { minLength: (rows + added) * dimension, maxLength: (rows + added) * dimension }),
        same: fc.array(fc.boolean(), { minLength: rows, maxLength: rows }),
      }),
    )
    .map(({ dimension, rows, base, tuned, same }) => {
      const from = Int32Array.from(base);
      const to = Int32Array.from(tuned);
      for (const [row, isSame] of same.entries())
        if (isSame) to.set(from.subarray(row * dimension, (row + 1) * dimension), row * dimension);
      const table = (bits: Int32Array): VectorTable => ({
        dimension,
        words: Array.from({ length: bits.length / dimension }, (_, row) => `w${row}`),
        data: new Float32Array(bits.buffer),
      });
      return { base: table(from), tuned: table(to), changed: same.filter((isSame) => !isSame).length, rows };
    });

  it("apply and revert give the tables back to the bit, NaN and −0 included, also through a file", () => {
    fc.assert(
      fc.property(pairs, ({ base, tuned, changed }) => {
        const delta = decodeDelta(encodeDelta(createDelta(base, tuned)));
        expect(delta.rows.length).toBeLessThanOrEqual(changed);
        expect(bitsOf(applyDelta(base, delta).data)).toEqual(bitsOf(tuned.data));
        expect(applyDelta(base, delta).words).toEqual(tuned.words);
        expect(bitsOf(revertDelta(tuned, delta).data)).toEqual(bitsOf(base.data));
        expect(revertDelta(tuned, delta).words).toEqual(base.words);
      }),
      { seed: 20_261_123, numRuns: 300 },
    );
  });

  const base: VectorTable = { dimension: 2, words: ["a", "b", "c"], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const tuned: VectorTable = { ...base, data: Float32Array.of(1, 2, 3.5, 4, 5, 6) };

  it("holds the changed rows alone, and reads as vectors", async () => {
    const delta = createDelta(base, tuned);
    expect(delta).toMatchObject({ words: ["b"], rows: Int32Array.of(1), baseRows: 3 });
    const table = await readVectors(encodeDelta(delta));
    expect(table).toMatchObject({ words: ["b"], data: Float32Array.of(3.5, 4) });
  });

  it("is refused on another base, on another tuned table, and for other words", () => {
    const delta = createDelta(base, tuned);
    const others: VectorTable[] = [
      tuned,
      { ...base, words: ["b", "a", "c"] },
      { ...base, data: Float32Array.of(1, 2, 3, 4, 5, 6.5) },
      { ...base, words: ["a", "b"], data: base.data.subarray(0, 4) },
      { dimension: 1, words: ["a", "b", "c", "d", "e", "f"], data: base.data },
    ];
    for (const other of others)
      expect(() => applyDelta(other, delta)).toThrow(expect.objectContaining({ code: "BAD_VECTOR_FILE" }));
    expect(() => revertDelta(base, delta)).toThrow("not the table that the delta leads to");
    expect(() => applyDelta(base, { ...delta, after: Float32Array.of(3.5, 5) })).toThrow("damaged");
    expect(() => createDelta(base, { ...tuned, words: ["a", "c", "b"] })).toThrow(RangeError);
    expect(() => createDelta(base, { ...tuned, dimension: 3 })).toThrow(RangeError);
  });

  it("is refused when its file is damaged or of another kind", async () => {
    const bytes = encodeDelta(createDelta(base, tuned));
    expect(() => decodeDelta(bytes.subarray(0, -1))).toThrow(expect.objectContaining({ code: "BAD_VECTOR_FILE" }));
    const plain = await encodeVectors(base, { format: "safetensors" });
    expect(() => decodeDelta(plain)).toThrow("thawline-vectors");
    const text = new TextDecoder("latin1").decode(bytes);
    for (const [from, to] of [
      ['"base_rows":"3"', '"base_rows":"1"'],
      ['[\\"b\\"]', '[\\"b\\",1'],
    ] as const) {
      expect(text).toContain(from);
      expect(() => decodeDelta(latin1(text.replace(from, to)))).toThrow(
        expect.objectContaining({ code: "BAD_VECTOR_FILE" }),
      );
    }
  });

  it("works on files: rows that it does not name keep their bytes, and the way back is exact", async () => {
    const original = join(folder, "base.vec");
    writeFileSync(original, "3 2\na 1.00 2.00 \nb 3 4 \nc 5e0 6.0 \n");
    const made = join(folder, "tuned.vec");
    const deltaFile = join(folder, "delta.safetensors");
    writeFileSync(deltaFile, encodeDelta(createDelta(base, tuned)));
    const delta = await readDeltaFile(deltaFile);
    expect(await hashVectorsFile(original)).toBe(hashTable(base));
    await applyDeltaFile(original, made, { delta });
    expect(readFileSync(made, "utf8")).toBe("3 2\na 1.00 2.00 \nb 3.5 4 \nc 5e0 6.0 \n");
    await applyDeltaFile(made, join(folder, "back.vec"), { delta, revert: true });
    expect(readFileSync(join(folder, "back.vec"), "utf8")).toBe(readFileSync(original, "utf8"));
    expect(await failureOf(applyDeltaFile(made, made, { delta }))).toMatchObject({
      code: "BAD_VECTOR_FILE",
      file: made,
    });
    expect(await failureOf(readDeltaFile(join(folder, "absent")))).toMatchObject({ code: "BAD_VECTOR_FILE" });
  });
});

describe("createSha256", () => {
  it("gives the values of FIPS 180-4's examples", () => {
    const hash = (text: string) => {
      const running = createSha256();
      running.update(utf8(text));
      return running.digest();
    };
    expect(hash("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(hash("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });

  it("equals Node's for any bytes in any pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
        const ours = createSha256();
        for (const piece of pieces) ours.update(piece);
        expect(ours.digest()).toBe(
          createHash("sha256")
            .update(concat(...pieces))
            .digest("hex"),
        );
      }),
      { seed: 20_261_123, numRuns: 300 },
    );
  });
});
