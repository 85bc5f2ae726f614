import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, crc32 as zlibCrc32 } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  inspectVectors,
  type LoadedVectors,
  type ReadVectorsOptions,
  readFastText,
  readVectors,
} from "../src/index.ts";
import {
  convertVectorsFile,
  inspectVectorsFile,
  readFastTextFile,
  readVectorsFile,
  rewriteVectorsFile,
} from "../src/node.ts";
import { createCrc32 } from "../src/zip/crc32.ts";
import { failureOf, utf8 } from "./bytes.ts";
import { bitsOf, golden, goldenJson, goldenPath } from "./golden.ts";

const expected = goldenJson<{ words: string[]; float32: string[] }>("tables.json");
const zip = (name: string) => golden(`zips/${name}.zip`);
const zipPath = (name: string) => goldenPath(`zips/${name}.zip`);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thawline-zip-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const put = (name: string, content: Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

/** The same archive by each way of reading: yauzl on a file, our directory and fflate on bytes and on a Blob. */
const ways: readonly (readonly [
  string,
  (archive: Uint8Array, options?: ReadVectorsOptions) => Promise<LoadedVectors>,
])[] = [
  ["from a file", (archive, options = {}) => readVectorsFile(put("a.zip", archive), options)],
  [
    "from a file, by its path",
    (archive, { entry, ...options } = {}) =>
      readVectorsFile(`${put("a.zip", archive)}${entry === undefined ? "" : `#${entry}`}`, options),
  ],
  ["from bytes", (archive, options) => readVectors(archive, options)],
  ["from a Blob", (archive, options) => readVectors(new Blob([archive.slice().buffer]), options)],
];

describe.each(ways)("a zip archive %s", (_, read) => {
  it.each([
    ["the only entry, by zipfile", "one", undefined, "word2vec"],
    ["a deflated entry of several", "several", "vectors/gensim.vec", "word2vec"],
    ["a stored entry", "several", "vectors/gensim.bin", "word2vec-binary"],
    ["an array under a name that is not ASCII", "several", "東京.npy", "npy"],
    ["zip64, deflated", "zip64", "gensim.vec", "word2vec"],
    ["zip64, stored", "zip64", "gensim.bin", "word2vec-binary"],
    ["data descriptors, deflated", "descriptor", "gensim.vec", "word2vec"],
    ["data descriptors, stored", "descriptor", "gensim.bin", "word2vec-binary"],
    ["by Debian's zip", "debian", "gensim.bin", "word2vec-binary"],
    ["by Debian's zip in a pipe", "debian-pipe", undefined, "word2vec"],
  ])("reads %s to the bit", async (_, name, entry, format) => {
    const options = entry === undefined ? {} : { entry };
    const loaded = await read(zip(name), { ...options, words: expected.words });
    expect(loaded).toMatchObject({ format, compression: "zip", words: expected.words, dimension: 7 });
    expect(bitsOf(loaded.data)).toEqual(expected.float32);
  });

  it("reads only the words wanted", async () => {
    const loaded = await read(zip("debian"), { entry: "gensim.vec", wanted: new Set(["東京"]) });
    expect(loaded.words).toEqual(["東京"]);
    expect(bitsOf(loaded.data)).toEqual(expected.float32.slice(14, 21));
  });

  it("lists the entries where a name is needed or wrong", async () => {
    const missing = await failureOf(read(zip("several")));
    expect(missing).toMatchObject({ name: "FormatError", code: "BAD_VECTOR_FILE", offset: 0 });
    expect(missing.message).toContain("holds 4 files");
    expect(missing.message).toContain("vectors/gensim.vec, vectors/gensim.bin, 東京.npy, fasttext-plain.bin");
    const wrong = await failureOf(read(zip("several"), { entry: "gensim.vec" }));
    expect(wrong).toMatchObject({ code: "BAD_VECTOR_FILE" });
    expect(wrong.message).toContain('no file "gensim.vec". There are vectors/gensim.vec');
  });

  it.each([
    ["encrypted", "is encrypted"],
    ["bzip2", "method 12 (bzip2)"],
    ["lzma", "method 14 (LZMA)"],
  ])("refuses an entry that is %s", async (name, message) => {
    expect((await failureOf(read(zip(name)))).message).toContain(message);
  });

  it("refuses what is truncated, anywhere", async () => {
    const whole = zip("one");
    for (const length of [4, 40, 150, whole.length - 23, whole.length - 1]) {
      const error = await failureOf(read(whole.subarray(0, length)));
      expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", offset: expect.any(Number) });
    }
  });

  it("notices a wrong checksum, also behind the last row", async () => {
    const damaged = zip("several");
    // A digit of the stored binary's last value: everything else still fits.
    const at = Buffer.from(damaged).indexOf(golden("gensim.bin").subarray(-8));
    damaged[at + 4] ^= 1;
    const error = await failureOf(read(damaged, { entry: "vectors/gensim.bin" }));
    expect(error.message).toContain("another checksum");
  });

  it("does not unpack more than the directory promises (a bomb)", async () => {
    const archive = zip("one");
    const directory = Buffer.from(archive).indexOf("PK\x01\x02");
    new DataView(archive.buffer).setUint32(directory + 24, 100, true);
    expect((await failureOf(read(archive))).message).toContain("unpacks to more than its 100 bytes");
    // And no promise is believed that deflate cannot keep: it would be what tables are allocated by.
    new DataView(archive.buffer).setUint32(directory + 24, 2 ** 31, true);
    expect((await failureOf(read(archive))).message).toContain("which cannot be");
  });

  it("refuses offsets beyond the file and beyond 2^53 (which crash yauzl's own reader)", async () => {
    const whole = zip("zip64");
    for (const [signature, field] of [
      ["PK\x06\x07", 8],
      ["PK\x06\x06", 48],
      ["PK\x06\x06", 32],
    ] as const) {
      for (const value of [1n << 40n, (1n << 63n) + 12345n]) {
        const damaged = whole.slice();
        const at = Buffer.from(damaged).indexOf(signature, 0, "latin1");
        new DataView(damaged.buffer).setBigUint64(at + field, value, true);
        const error = await failureOf(read(damaged, { entry: "gensim.vec" }));
        expect(error).toMatchObject({ code: "BAD_VECTOR_FILE", offset: expect.any(Number) });
      }
    }
  });

  it("refuses an empty archive", async () => {
    expect((await failureOf(read(zip("empty")))).message).toContain("holds no file");
  });
});

describe("zip archives elsewhere", () => {
  it("are refused in a stream, in gzip and in each other, with what to do", async () => {
    const stream = new Blob([zip("one").slice().buffer]).stream() as ReadableStream<Uint8Array>;
    expect((await failureOf(readVectors(stream))).message).toContain("pass it as a Blob");
    expect((await failureOf(readVectors(gzipSync(zip("one"))))).message).toContain("unpack the outer one");
  });

  it("give fastText models with their subwords", async () => {
    const path = `${zipPath("several")}#fasttext-plain.bin`;
    const inside = await readFastTextFile(path);
    const outside = await readFastTextFile(goldenPath("fasttext-plain.bin"));
    expect(inside.words).toEqual(outside.words);
    expect(inside.vectorOf(outside.words[1]!)).toEqual(outside.vectorOf(outside.words[1]!));
    const portable = await readFastText(zip("several"), { entry: "fasttext-plain.bin" });
    expect(portable.matrix).toEqual(outside.matrix);
  });

  it("are inspected, converted, rewritten and hashed by their entry", async () => {
    const path = `${zipPath("several")}#vectors/gensim.vec`;
    expect(await inspectVectorsFile(path)).toMatchObject({ format: "word2vec", compression: "zip", rows: 5 });
    expect(await inspectVectors(() => zip("several"), { entry: "vectors/gensim.vec" })).toMatchObject({ rows: 5 });
    await convertVectorsFile(path, join(folder, "out.bin"));
    const loaded = await readVectorsFile(join(folder, "out.bin"));
    expect(bitsOf(loaded.data)).toEqual(expected.float32);
    const changed = new Map([["a_b", new Float32Array(7).fill(1)]]);
    await rewriteVectorsFile(path, join(folder, "out.vec"), { changed });
    expect(readFileSync(join(folder, "out.vec"), "utf8").split("\n")[0]).toBe("5 7");
    const { sha256 } = await readVectorsFile(path, { hash: true });
    expect(sha256).toBe(createHash("sha256").update(golden("gensim.vec")).digest("hex"));
  });

  it("take the words of an array from beside the archive", async () => {
    const path = put("vectors.zip", zip("several"));
    writeFileSync(join(folder, "東京.words.txt"), `${expected.words.join("\n")}\n`);
    expect((await readVectorsFile(`${path}#東京.npy`)).words).toEqual(expected.words);
  });

  it("are told from a file whose name has a #", async () => {
    const path = put("c#.txt", utf8("a 1 2\n"));
    expect((await readVectorsFile(path)).words).toEqual(["a"]);
    expect((await failureOf(readVectorsFile(`${path}#x`))).message).toContain("no zip archive");
    expect((await failureOf(readVectorsFile(join(folder, "none.zip#x")))).message).toContain("before its #");
    expect(readdirSync(folder)).toEqual(["c#.txt"]);
  });
});

it("the checksum is zlib's", () => {
  const crc32 = createCrc32();
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => (at * 7919) >>> 3);
  for (let length = 0; length < 40; length++) {
    const part = bytes.subarray(length, 3 * length + (length % 3) * 300);
    expect(crc32(part, 0)).toBe(zlibCrc32(part));
    expect(crc32(part.subarray(5), crc32(part.subarray(0, 5), 0))).toBe(zlibCrc32(part));
  }
});
