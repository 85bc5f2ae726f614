import { describe, expect, it } from "vitest";
import { encodeVectors, readVectors } from "../src/index.ts";
import { bitsOf, fromBits, golden, goldenJson } from "./golden.ts";

const { words, float32 } = goldenJson<Record<"words" | "float32", string[]>>("tables.json");

describe("files of gensim", () => {
  it.each([
    ["gensim.bin", "word2vec-binary"],
    ["gensim.vec", "word2vec"],
  ])(
    "pitfall 4.1: %s is read to the bit, without newlines behind vectors whose bytes look like them",
    async (name, format) => {
      const table = await readVectors(golden(name));
      expect(table).toMatchObject({ format, words, dimension: 7 });
      expect(bitsOf(table.data)).toEqual(float32);
      expect(table.report.zeroRows).toMatchObject({ count: 1, first: [{ word: "a_b" }] });
    },
  );

  it("text is written as gensim writes it, but for its exponents", async () => {
    const text = new TextDecoder().decode(
      await encodeVectors({ words, dimension: 7, data: fromBits(float32) }, { format: "word2vec" }),
    );
    const theirs = new TextDecoder().decode(golden("gensim.vec"));
    const parse = (content: string) =>
      content
        .split("\n")
        .map((line) => line.split(" ").map((field, at) => (at === 0 ? field : Math.fround(Number(field)))));
    expect(parse(text)).toEqual(parse(theirs));
    expect(text).not.toMatch(/\de[-+]/);
  });
});
