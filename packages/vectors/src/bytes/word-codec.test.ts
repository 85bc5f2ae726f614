import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWord, decodeWords, encodeWord, hasEscapes } from "./word-codec.ts";

describe("decodeWord", () => {
  // Python: bytes.decode("utf-8", "surrogateescape")
  it.each([
    [[0x63, 0x61, 0x66, 0xe9], "caf\uDCE9"],
    [[0xed, 0xa0, 0x80], "\uDCED\uDCA0\uDC80"],
    [[0xf0, 0x9f, 0x98], "\uDCF0\uDC9F\uDC98"],
    [[0x6f, 0x6b, 0xc3, 0xa9, 0xc3], "oké\uDCC3"],
    [[0xc0, 0xaf], "\uDCC0\uDCAF"],
    [[0xf4, 0x90, 0x80, 0x80], "\uDCF4\uDC90\uDC80\uDC80"],
    [[0xe2, 0x82, 0xac], "€"],
    [[0xef, 0xbb, 0xbf, 0x61], "\uFEFFa"],
  ])("decodes %j as surrogateescape does", (bytes, text) => {
    expect(decodeWord(Uint8Array.from(bytes))).toBe(text);
    expect([...encodeWord(text)]).toEqual(bytes);
  });

  it("is reversible for any bytes, alone and in bulk, so different bytes stay different words", () => {
    const word = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.string({ unit: "binary" }).map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (list) => {
        const bytes = Uint8Array.from(list.flatMap((item) => [...item]));
        const offsets = new Uint32Array(list.length + 1);
        for (const [index, item] of list.entries()) offsets[index + 1] = offsets[index] + item.length;
        const words = decodeWords(bytes, offsets);
        return list.every(
          (item, index) => words[index] === decodeWord(item) && Buffer.compare(encodeWord(words[index]), item) === 0,
        );
      }),
      { seed: 20261123, numRuns: 1_000 },
    );
  });

  it("tells words with invalid bytes from those with characters beyond the BMP", () => {
    expect(hasEscapes("😀")).toBe(false);
    expect(hasEscapes("caf\uDCE9")).toBe(true);
  });

  it("decodes more words than one run holds", () => {
    const list = Array.from({ length: 40_000 }, (_, index) => (index % 7 === 0 ? `é${index}` : `word${index}`));
    const parts = list.map((text) => new TextEncoder().encode(text));
    const offsets = new Uint32Array(list.length + 1);
    for (const [index, part] of parts.entries()) offsets[index + 1] = offsets[index] + part.length;
    expect(decodeWords(Buffer.concat(parts), offsets)).toEqual(list);
  });
});
