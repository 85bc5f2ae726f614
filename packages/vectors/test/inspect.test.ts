import { describe, expect, it } from "vitest";
import { inspectVectors } from "../src/index.ts";
import { inspectVectorsFile, readFastTextFile } from "../src/node.ts";
import { concat, latin1, utf8 } from "./bytes.ts";
import { goldenPath } from "./golden.ts";

describe("inspectVectors", () => {
  it("gives the figures of a table", async () => {
    const text = concat(utf8("a 3 4\nb 0 0\na 9 9\nx y 0 1\nn nan 1\n\u00a0 6 8\n"), latin1("\xe9 0 2\n"));
    const found = await inspectVectors(() => text, { vectorsOf: ["x y", "a", "absent", "n"] });
    expect(found).toMatchObject({
      format: "glove",
      compression: "none",
      dimension: 2,
      rows: 7,
      duplicates: { count: 1, first: [{ word: "a", row: 2, line: 3 }] },
      zeroRows: { count: 1, first: [{ word: "b" }] },
      nonFiniteRows: { count: 1, first: [{ word: "n" }] },
      oddTokens: { count: 3, notUtf8: { count: 1 }, whiteSpace: { count: 2 } },
      // Norms 0, 1, 2, 5, 10: numpy.quantile([0, 1, 2, 5, 10], [.05, .25, .5, .75, .95]).
      norms: { min: 0, mean: 3.6, max: 10 },
    });
    const quantiles = Object.values(found.norms.quantiles!);
    for (const [index, value] of [0.2, 1, 2, 5, 9].entries()) expect(quantiles[index]).toBeCloseTo(value, 12);
    expect([...found.vectors!]).toEqual([
      ["x y", Float32Array.of(0, 1)],
      ["a", Float32Array.of(3, 4)],
      ["absent", null],
      ["n", null],
    ]);
  });

  it("has no figures of no rows", async () => {
    const found = await inspectVectors(() => latin1("{}").slice(0, 0), { format: "glove" }).catch(() => undefined);
    expect(found).toBeUndefined();
    const nothing = await inspectVectors(() => utf8("a nan\nb nan\n"));
    expect(nothing.norms).toEqual({ min: null, mean: null, max: null, quantiles: null });
    expect(nothing).not.toHaveProperty("vectors");
  });

  it("takes subword vectors where a fastText model has them, in files too", async () => {
    const path = goldenPath("fasttext-sg.bin");
    const model = await readFastTextFile(path);
    const vectorsOf = ["good", "москвич", "é東x"];
    const found = await inspectVectorsFile(path, { vectorsOf });
    expect(found).toMatchObject({ format: "fasttext", rows: model.words.length, dimension: 8 });
    for (const word of vectorsOf) expect(found.vectors!.get(word)).toEqual(model.vectorOf(word));
    const plain = await inspectVectorsFile(goldenPath("fasttext-plain.bin"), { vectorsOf: ["good", "q"] });
    expect(plain.vectors!.get("good")).toBeInstanceOf(Float32Array);
    expect(plain.vectors!.get("q")).toBeNull();
  });

  it("looks through folders", async () => {
    const found = await inspectVectorsFile(goldenPath("folders/model2vec"), { vectorsOf: ["__proto__", "zzz"] });
    expect(found).toMatchObject({ format: "model2vec", rows: 9, dimension: 4 });
    expect(found.vectors!.get("__proto__")).toHaveLength(4);
    expect(found.vectors!.get("zzz")).toBeNull();
  });
});
