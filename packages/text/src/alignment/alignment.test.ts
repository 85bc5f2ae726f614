import { createHash } from "node:crypto";
import { createSha256 } from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignVocabulary } from "../vocabulary/align-vocabulary.ts";
import { alignmentChecksum } from "./alignment-checksum.ts";
import { verifyAlignment } from "./verify-alignment.ts";
import { rowSource, verifyRows } from "./verify-rows.ts";

const seed = 20261123;
const mismatch = (message: RegExp) =>
  expect.objectContaining({ code: "ALIGNMENT_MISMATCH", message: expect.stringMatching(message) });
const sha256 = (text: string): string => {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(text));
  return hash.digest();
};

describe("createSha256", () => {
  it("gives the digests of FIPS 180-4's examples", () => {
    expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe(
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
  });

  it("equals node's whatever the pieces", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }), (pieces) => {
        const [ours, theirs] = [createSha256(), createHash("sha256")];
        for (const piece of pieces) {
          ours.update(piece);
          theirs.update(piece);
        }
        expect(ours.digest()).toBe(theirs.digest("hex"));
      }),
      { seed },
    );
  });
});

describe("alignmentChecksum", () => {
  it("is SHA-256 of lengths and code units, as node computes it", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary", maxLength: 9 }), { maxLength: 9 }), (words) => {
        const expected = createHash("sha256");
        for (const word of words) {
          const length = Buffer.alloc(4);
          length.writeUInt32LE(word.length);
          expected.update(length).update(Buffer.from(word, "utf16le"));
        }
        expect(alignmentChecksum(words)).toBe(expected.digest("hex"));
      }),
      { seed },
    );
  });

  it("does so over more than one chunk", () => {
    const words = Array.from({ length: 30_000 }, (_, i) => `word${i}`);
    const expected = createHash("sha256");
    for (const word of words) expected.update(Buffer.from([word.length, 0, 0, 0])).update(Buffer.from(word, "utf16le"));
    expect(alignmentChecksum(words)).toBe(expected.digest("hex"));
  });

  it("tells apart lists whose characters are the same", () => {
    const lists = [["ab"], ["a", "b"], ["b", "a"], ["", "ab"], ["ab", ""], ["a\uD800"], ["a\uFFFD"]];
    expect(new Set(lists.map(alignmentChecksum)).size).toBe(lists.length);
  });
});

const words = ["", "the", "cat", "sat", "on", "__proto__"];
const checksum = alignmentChecksum(words);

describe("verifyAlignment", () => {
  const verify = (changed: readonly string[]) => () =>
    verifyAlignment({ words: changed, checksum, expectedWords: words });

  it("passes the same words", () => {
    expect(verify([...words])).not.toThrow();
  });

  it("names two words that were swapped", () => {
    expect(verify(["", "the", "on", "sat", "cat", "__proto__"])).toThrow(
      mismatch(/rows 2 and 4 are swapped: row 2 is that of "on", expected "cat"/),
    );
  });

  it("names the row from which words are shifted", () => {
    expect(verify(["", "the", "new", "cat", "sat", "on", "__proto__"])).toThrow(
      mismatch(/from row 2 on, words are one row too low: row 2 is that of "new", expected "cat"/),
    );
    expect(verify(words.slice(1))).toThrow(mismatch(/from row 0 on, words are one row too high/));
  });

  it("names a vocabulary from another run, and says what it can without the words", () => {
    expect(verify(["", "a", "b", "c"])).toThrow(mismatch(/5 of 6 rows belong to other words.*row 1 is that of "a"/));
    expect(() => verifyAlignment({ words: ["", "a"], checksum, where: "model" })).toThrow(
      mismatch(/^model: .*its 2 words \(row 0 "", the last "a"\) is not the recorded one/),
    );
    expect(() => verifyAlignment({ words, checksum: "0", expectedWords: words })).toThrow(mismatch(/its checksum/));
  });

  it("finds every swap of two different words", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 20 }), fc.nat(), fc.nat(), (list, a, b) => {
        const [i, j] = [a % list.length, b % list.length];
        fc.pre(i !== j);
        const swapped = [...list];
        [swapped[i], swapped[j]] = [list[j]!, list[i]!];
        expect(() =>
          verifyAlignment({ words: swapped, checksum: alignmentChecksum(list), expectedWords: list }),
        ).toThrow(mismatch(new RegExp(`rows ${Math.min(i, j)} and ${Math.max(i, j)} are swapped`)));
      }),
      { seed },
    );
  });
});

describe("verifyRows", () => {
  const vectors = () => ({
    words: ["the", "cat", "sat", "on"],
    dimension: 2,
    data: Float32Array.of(1, 0.1, 2, 0.2, 3, Number.NaN, 4, -0),
  });
  const table = alignVocabulary({ words: ["cat", "dog"], vectors: vectors(), oov: "zero", seed: 1 });
  const source = rowSource(vectors());

  it("passes an aligned table and counts what it could not check", () => {
    expect(verifyRows({ ...table, source })).toEqual({ checked: 4, unknown: 1 });
    expect(verifyRows({ ...table, source, sample: [2] })).toEqual({ checked: 1, unknown: 0 });
    expect(verifyRows({ ...table, source: (word) => (word === "cat" ? [2, 0.2] : undefined) }).checked).toBe(1);
  });

  it("names two words swapped after loading", () => {
    const swapped = ["", "the", "on", "sat", "cat", "dog"];
    expect(() => verifyRows({ ...table, words: swapped, source })).toThrow(
      mismatch(/row 2 does not hold the vector of its word "on": rows 2 and 4 \("cat"\) are swapped/),
    );
  });

  it("names a table shifted by one row", () => {
    const data = new Float32Array(table.data.length);
    data.set(table.data.subarray(0, -2), 2);
    expect(() => verifyRows({ ...table, data, source, where: "export" })).toThrow(
      mismatch(/^export: row 1 .*"the": that is in row 2, the row of "cat": the table is shifted by one row/),
    );
  });

  it("names a changed row, another dimension and a vocabulary of another run", () => {
    const data = table.data.slice();
    data[4] = 9;
    expect(() => verifyRows({ ...table, data, source })).toThrow(mismatch(/row 2 .*no row of the table does/));
    expect(() => verifyRows({ ...table, source: () => [1] })).toThrow(mismatch(/1 numbers, the table's rows 2/));
    expect(() => verifyRows({ ...table, source: () => undefined })).toThrow(
      mismatch(/none of 5 words \(such as "the"\)/),
    );
  });

  it("refuses shapes and rows that cannot be", () => {
    expect(() => verifyRows({ ...table, dimension: 3, source })).toThrow(RangeError);
    expect(() => verifyRows({ ...table, source, sample: [6] })).toThrow(RangeError);
  });
});
