import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type FolderFile, readStaticModel, readVectorsFolder } from "../src/index.ts";
import { folderFiles, readVectorsFile } from "../src/node.ts";
import { failureOf, floats, inPieces, rawSafetensors, utf8 } from "./bytes.ts";
import { bitsOf, fromBits, golden, goldenJson, goldenPath } from "./golden.ts";

interface Folder {
  readonly float32: string[];
  readonly rows: number;
  readonly normalize: boolean;
}
const { tokens, dimension, folders } = goldenJson<{
  tokens: string[];
  dimension: number;
  folders: Record<string, Folder>;
}>("folders.json");

const tokenizer = (vocab: unknown, rest: object = {}) =>
  utf8(JSON.stringify({ model: { type: "WordPiece", unk_token: "[UNK]", vocab }, ...rest }));
const folderOf = (weights: Uint8Array, json = tokenizer({ a: 0, b: 1 }), more: Record<string, unknown> = {}) =>
  new Map([
    ["model.safetensors", weights],
    ["tokenizer.json", json],
    ...Object.entries(more).map(([name, content]) => [name, utf8(JSON.stringify(content))] as const),
  ]);
const two = rawSafetensors({ embeddings: { dtype: "F32", shape: [2, 1], data_offsets: [0, 8] } }, floats(1, 2));

describe("a static model with wanted tokens", () => {
  it.each(Object.keys(folders))("%s: has their rows alone, whatever the order of its tensors", async (name) => {
    const files = await folderFiles(goldenPath(`folders/${name}`));
    const whole = await readStaticModel(files);
    const chosen = tokens.filter((_, index) => index % 3 === 1);
    for (const firstRow of [0, 1] as const) {
      const model = await readStaticModel(files, { wanted: new Set([...chosen, "no token of it"]), firstRow });
      expect(model.rows).toBeLessThan(whole.rows + firstRow);
      expect(model.matrix.length).toBe(model.rows * dimension);
      for (const token of chosen) {
        expect(model.vectorOf(token)).toEqual(whole.vectorOf(token));
        const { rows, weights } = model.lookUpOf(token);
        expect(weights).toEqual(whole.lookUpOf(token).weights);
        const id = whole.vocabulary.tokens.indexOf(token);
        if (model.lookUp.kind !== "weighted") throw new Error("expected a look-up with rows");
        expect(model.lookUp.rows[model.lookUp.offsets[id]!]).toBe(rows[0]);
      }
      const other = tokens.find((token) => !chosen.includes(token))!;
      expect(() => model.vectorOf(other)).toThrow(RangeError);
      expect(model.vectorOf("no token of it")).toBeUndefined();
    }
  });
});

describe("pitfall 4.7: Model2Vec and sentence-transformers folders", () => {
  it.each(Object.entries(folders))("%s: every token has the vector that numpy computes", async (name, expected) => {
    const path = goldenPath(`folders/${name}`);
    const table = await readVectorsFile(path, { hash: true });
    const isModel2Vec = name.startsWith("model2vec");
    expect(table).toMatchObject({
      format: isModel2Vec ? "model2vec" : "sentence-transformers",
      dimension,
      words: tokens,
    });
    expect(bitsOf(table.data)).toEqual(expected.float32);
    expect(table.sha256).toMatch(/^[0-9a-f]{64}$/);

    const model = await readStaticModel(await folderFiles(path));
    expect(model).toMatchObject({ normalize: expected.normalize, rows: expected.rows, dimension });
    expect(model.vocabulary).toMatchObject({ tokens, unknownId: 1 });
    expect(JSON.parse(model.tokenizerJson)).toHaveProperty("model.vocab");
    const values = fromBits(expected.float32);
    for (const [id, token] of tokens.entries()) {
      const vector = values.slice(id * dimension, (id + 1) * dimension);
      expect(model.vectorOf(token)).toEqual(vector);
      const { rows, weights } = model.lookUpOf(token);
      expect([...weights].map((weight) => Math.fround(weight * model.matrix[rows[0]! * dimension]!))[0]).toBeCloseTo(
        vector[0]!,
        5,
      );
      if (model.lookUp.kind === "weighted") expect(model.lookUp.rows[id]).toBe(rows[0]);
      else expect(rows[0]).toBe(id);
    }
    expect(model.vectorOf("unheard-of")).toBeUndefined();
    expect(model.lookUpOf("unheard-of").rows).toHaveLength(0);
  });

  it.each(Object.keys(folders))("%s: only the tokens wanted, and up to a limit", async (name) => {
    const path = goldenPath(`folders/${name}`);
    const values = folders[name]!.float32;
    const some = await readVectorsFile(path, { wanted: new Set(["東", "__proto__"]) });
    expect(some.words).toEqual(["東", "__proto__"]);
    expect(bitsOf(some.data)).toEqual([...values.slice(20, 24), ...values.slice(28, 32)]);
    const first = await readVectorsFile(path, { limit: 2 });
    expect(first.words).toEqual(tokens.slice(0, 2));
    expect(first.report).toMatchObject({ fileRows: 2, limited: true });
  });

  it("rows of a mapping are shared, weights stay with the token", async () => {
    const model = await readStaticModel(await folderFiles(goldenPath("folders/model2vec-mapped")));
    expect(model.rows).toBe(3);
    expect(model.lookUp).toMatchObject({ kind: "weighted", rows: Int32Array.of(0, 0, 1, 2, 1, 2, 0, 1, 2) });
    expect(model.lookUpOf("good").weights).not.toEqual(model.lookUpOf("##ing").weights);
  });

  it("finds the folder that modules.json names, and reads from streams in any chunks", async () => {
    const at = (name: string) => golden(`folders/nested/0_StaticEmbedding/${name}`);
    const files = new Map<string, FolderFile>([
      ["modules.json", utf8('[{"path":"3_Static","type":"sentence_transformers.models.StaticEmbedding"}]')],
      ["3_Static/model.safetensors", inPieces(at("model.safetensors"), [3, 11])],
      ["3_Static/tokenizer.json", inPieces(at("tokenizer.json"), [5])],
    ]);
    const table = await readVectorsFolder(files);
    expect(bitsOf(table.data)).toEqual(folders.nested!.float32);
  });

  it("reads a mapping that comes behind the matrix", async () => {
    const header = {
      embeddings: { dtype: "F32", shape: [2, 1], data_offsets: [0, 8] },
      mapping: { dtype: "I32", shape: [3], data_offsets: [8, 20] },
    };
    const data = new Uint8Array(20);
    data.set(floats(1, 2));
    data.set(new Uint8Array(Int32Array.of(1, 1, 0).buffer), 8);
    const files = () => folderOf(rawSafetensors(header, data), tokenizer({ a: 0, b: 1, c: 2 }));
    expect([...(await readVectorsFolder(files())).data]).toEqual([2, 2, 1]);
    expect([...(await readVectorsFolder(files(), { wanted: new Set(["b"]) })).data]).toEqual([2]);
  });

  it("warns of int8 vectors that are not normalised: their scale is not stored", async () => {
    const weights = rawSafetensors(
      { embeddings: { dtype: "I8", shape: [2, 1], data_offsets: [0, 2] } },
      Uint8Array.of(255, 3),
    );
    const loose = await readVectorsFolder(folderOf(weights));
    expect([...loose.data]).toEqual([-1, 3]);
    expect(loose.report.warnings.join()).toContain("int8 without a scale");
    const scaled = await readVectorsFolder(folderOf(weights, undefined, { "config.json": { normalize: true } }));
    expect(scaled.report.warnings).toEqual([]);
  });

  it.each([
    ["no model", new Map([["a.txt", two]]), "no model.safetensors"],
    ["more tokens than rows", folderOf(two, tokenizer({ a: 0, b: 1, c: 2 })), "3 tokens, but the matrix only 2 rows"],
    ["an id with two tokens", folderOf(two, tokenizer({ a: 0, b: 0 })), "two tokens"],
    ["an absurd id", folderOf(two, tokenizer({ a: 4_000_000_000 })), "ids from 0"],
    ["no vocabulary", folderOf(two, utf8("{}")), "model.vocab"],
    ["damaged JSON", folderOf(two, utf8('{"model')), "not valid JSON"],
    [
      "no matrix",
      folderOf(rawSafetensors({ other: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, floats(1))),
      '"other" F32 [1]',
    ],
    ["a truncated matrix", folderOf(two.slice(0, -2)), "truncated"],
    [
      "a mapping out of range",
      folderOf(
        rawSafetensors(
          {
            mapping: { dtype: "U8", shape: [2], data_offsets: [0, 2] },
            embeddings: { dtype: "F32", shape: [1, 1], data_offsets: [2, 6] },
          },
          Uint8Array.of(0, 1, 0, 0, 0, 0),
        ),
      ),
      "sends token 1",
    ],
  ])("refuses %s", async (_, files, message) => {
    for (const read of [readVectorsFolder, readStaticModel]) {
      const error = await failureOf(read(files));
      expect(error).toMatchObject({ code: "BAD_VECTOR_FILE" });
      expect(error.message).toContain(message);
    }
  });

  it("says what a folder lacks, by its path", async () => {
    const folder = mkdtempSync(join(tmpdir(), "thawline-model-"));
    try {
      cpSync(goldenPath("folders/model2vec"), folder, { recursive: true });
      expect((await readVectorsFile(folder)).words).toEqual(tokens);
      writeFileSync(join(folder, "tokenizer.json"), "[]");
      const error = await failureOf(readVectorsFile(folder));
      expect(error.file).toBe(join(folder, "tokenizer.json"));
      rmSync(join(folder, "tokenizer.json"));
      expect((await failureOf(readVectorsFile(folder))).message).toContain("tokenizer.json beside it");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
