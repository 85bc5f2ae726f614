import { describe, expect, it } from "vitest";
import { readVectors } from "./read-vectors.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

describe("readVectors", () => {
  it("reads GloVe text", async () => {
    const table = await readVectors(utf8("the 0.1 -0.2 3\nof 1e-05 -0 .5\n"));
    expect(table.format).toBe("glove");
    expect(table.dimension).toBe(3);
    expect(table.words).toEqual(["the", "of"]);
    expect([...table.data]).toEqual([0.1, -0.2, 3, 1e-5, -0, 0.5].map(Math.fround));
  });

  it("reads word2vec text with trailing spaces", async () => {
    const table = await readVectors(utf8("2 2\n</s> 0.25 0.5 \nof 1 2 \n"));
    expect(table.format).toBe("word2vec");
    expect(table.words).toEqual(["</s>", "of"]);
    expect([...table.data]).toEqual([0.25, 0.5, 1, 2]);
    expect(table.report.warnings).toEqual([]);
  });
});
