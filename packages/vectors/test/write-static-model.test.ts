import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSafetensors, readStaticModel } from "../src/index.ts";
import { folderFiles, type StaticModelContent, writeStaticModelFolder } from "../src/node.ts";
import { golden, goldenPath } from "./golden.ts";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "thawline-folder-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = async (folder: string) => readStaticModel(await folderFiles(folder));

/** The content of a folder that the real tools wrote. */
async function contentOf(name: string): Promise<StaticModelContent> {
  const model = await read(goldenPath(`folders/${name}`));
  const { dimension, rows, matrix, mapping, weights, tokenizerJson, normalize, format, layout } = model;
  return {
    dimension,
    rows,
    rowOf: (row) => matrix.subarray(row * dimension, (row + 1) * dimension),
    ...(mapping === undefined ? {} : { mapping }),
    ...(weights === undefined ? {} : { weights }),
    tokenizerJson,
    normalize,
    format,
    prefix: layout.tokenizer.replace(/tokenizer\.json$/, ""),
  };
}

describe.each(["model2vec", "model2vec-mapped", "sentence-transformers", "nested"])("%s, written back", (name) => {
  it("is the same model, tensors to the bit and the tokenizer to the byte", async () => {
    const folder = join(root, name);
    const content = await contentOf(name);
    await writeStaticModelFolder(folder, content);
    const [before, after] = [await read(goldenPath(`folders/${name}`)), await read(folder)];
    for (const key of [
      "format",
      "tokenizerJson",
      "normalize",
      "dimension",
      "rows",
      "dtype",
      "mapping",
      "weights",
      "vocabulary",
    ] as const) {
      expect(after[key]).toEqual(before[key]);
    }
    expect(after.matrix).toEqual(before.matrix);
    expect(after.layout.weights).toBe(before.layout.weights);
  });

  it("has the tensors, dtypes and modules that its own tool writes", async () => {
    const folder = join(root, name);
    const at = `${(await contentOf(name)).prefix}model.safetensors`;
    const [own, theirs] = [
      readSafetensors(new Uint8Array(readFileSync(join(folder, at)))),
      readSafetensors(golden(`folders/${name}/${at}`)),
    ];
    const shapes = ({ tensors }: typeof own) =>
      [...tensors].map(([key, { dtype, shape }]) => [key, dtype, shape]).sort();
    expect(shapes(own)).toEqual(shapes(theirs));
    const modules = (path: string) => JSON.parse(readFileSync(join(path, "modules.json"), "utf8"));
    expect(modules(folder)).toEqual(modules(goldenPath(`folders/${name}`)));
  });
});

it("replaces an earlier model, and no folder with other files; a failure leaves what was there", async () => {
  const content = await contentOf("model2vec");
  const folder = join(root, "again");
  await writeStaticModelFolder(folder, content);
  await writeStaticModelFolder(folder, { ...content, normalize: false });
  expect((await read(folder)).normalize).toBe(false);
  const broken = {
    ...content,
    rowOf: () => {
      throw new Error("lost");
    },
  };
  await expect(writeStaticModelFolder(folder, broken)).rejects.toThrow("lost");
  expect((await read(folder)).rows).toBe(content.rows);
  const other = join(root, "other");
  mkdirSync(other);
  writeFileSync(join(other, "letter.txt"), "mine");
  await expect(writeStaticModelFolder(other, content)).rejects.toMatchObject({ code: "OUTPUT_FAILED" });
  await expect(writeStaticModelFolder(join(other, "letter.txt"), content)).rejects.toMatchObject({
    code: "OUTPUT_FAILED",
  });
  expect(readFileSync(join(other, "letter.txt"), "utf8")).toBe("mine");
  expect(readdirSync(root).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  expect(existsSync(join(root, "again", "config.json"))).toBe(true);
});
