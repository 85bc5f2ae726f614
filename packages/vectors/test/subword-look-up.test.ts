import { describe, expect, it } from "vitest";
import { createSubwordLookUp, readFastText, readStaticModel } from "../src/index.ts";
import { folderFiles } from "../src/node.ts";
import { golden, goldenJson, goldenPath, goldenText } from "./golden.ts";

const words = goldenText("fasttext-words.txt").trimEnd().split("\n");
const recomputed = goldenJson<Record<string, Record<string, number[]>>>("fasttext-recomputed.json");
const names = ["fasttext-sg.bin", "fasttext-cbow.bin", "fasttext-sup.bin", "fasttext-q.ftz", "fasttext-pruned.ftz"];

describe.each(names)("the subword table of %s", (name) => {
  it.each([
    ["of all rows", undefined, 0],
    ["of all rows behind a spare one", undefined, 1],
    ["of the rows wanted", new Set(words), 0],
    ["of the rows wanted behind a spare one", new Set(words), 1],
  ] as const)(
    "%s makes each word's vector as an independent script computes it from the file",
    async (_, wanted, firstRow) => {
      const model = await readFastText(golden(name), { firstRow, ...(wanted === undefined ? {} : { wanted }) });
      const table = model.subwordTable();
      const { lookUpOf, has } = createSubwordLookUp(table);
      expect(table.words).toHaveLength(model.rows);
      expect(table.buckets).toHaveLength(model.rows);
      if (firstRow === 1) expect([...model.matrix.subarray(0, model.dimension)].every((x) => x === 0)).toBe(true);
      let made = 0;
      for (const word of words) {
        const { rows, weights } = lookUpOf(word);
        expect([...rows]).toEqual([...model.lookUpOf(word).rows]);
        expect(has(word)).toBe(model.has(word));
        const expected = recomputed[name]![word]!;
        const scale = Math.max(...expected.map(Math.abs)) || 1;
        expected.forEach((value, d) => {
          const sum = rows.reduce((total, row, k) => total + weights[k]! * model.matrix[row * model.dimension + d]!, 0);
          expect(Math.abs(sum - value)).toBeLessThanOrEqual(1e-6 * scale);
        });
        made += rows.length > 0 ? 1 : 0;
      }
      expect(made).toBeGreaterThan(words.length / 2);
    },
  );
});

it("leaves out n-grams whose rows were not kept, and knows words that were not read by their n-grams alone", async () => {
  const whole = await readFastText(golden("fasttext-sg.bin"));
  const some = await readFastText(golden("fasttext-sg.bin"), { wanted: new Set(["good"]) });
  expect([whole.hasSubwords, some.hasSubwords]).toEqual([true, true]);
  expect(some.rows).toBeLessThan(whole.rows / 10);
  const { lookUpOf, has } = createSubwordLookUp(some.subwordTable());
  expect(has("dog")).toBe(false);
  const all = createSubwordLookUp(whole.subwordTable());
  const goods = all.lookUpOf("goods");
  const kept = lookUpOf("goods");
  expect(kept.rows.length).toBeGreaterThan(0);
  expect(kept.rows.length).toBeLessThan(goods.rows.length);
  // What is left of the n-grams, in their order, is still a mean.
  const { buckets } = some.subwordTable();
  const ofWhole = [...goods.rows].map((row) => whole.subwordTable().buckets[row]!);
  expect([...kept.rows].map((row) => buckets[row]!)).toEqual(ofWhole.filter((bucket) => buckets.includes(bucket)));
  expect(kept.weights[0]).toBe(Math.fround(1 / kept.rows.length));
});

it("a file without n-grams has no subwords", async () => {
  const plain = await readFastText(golden("fasttext-plain.bin"));
  expect(plain.hasSubwords).toBe(false);
  expect([...plain.subwordTable().buckets].every((bucket) => bucket === -1)).toBe(true);
});

it("a bucket count that no array should have finds rows all the same", () => {
  const settings = { minn: 3, maxn: 3, bucket: 2_000_000_011 };
  const all = createSubwordLookUp({ settings, words: [""], buckets: Int32Array.of(-1) });
  expect(all.lookUpOf("cat").rows).toHaveLength(0);
});

it.each(["model2vec", "model2vec-mapped"])(
  "%s: with a spare row every token has the row after its own",
  async (name) => {
    const files = () => folderFiles(goldenPath(`folders/${name}`));
    const [plain, spare] = [
      await readStaticModel(await files()),
      await readStaticModel(await files(), { firstRow: 1 }),
    ];
    expect(spare.rows).toBe(plain.rows + 1);
    expect([...spare.matrix.subarray(plain.dimension)]).toEqual([...plain.matrix]);
    expect(spare.vectorOf("good")).toEqual(plain.vectorOf("good"));
    expect(spare.lookUp).toMatchObject({ kind: "weighted" });
    if (spare.lookUp.kind === "weighted") {
      const rows = plain.mapping ?? Int32Array.from(plain.vocabulary.tokens.keys());
      expect([...spare.lookUp.rows]).toEqual([...rows].map((row) => row + 1));
    }
  },
);
