import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { loadHuggingFaceTokenizer } from "@thawline/text";
import { readStaticModel } from "@thawline/vectors";
import { folderFiles, readVectorsFile, writeStaticModelFolder } from "@thawline/vectors/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel } from "../src/model/load-model.ts";
import { run } from "./support/run-command.ts";
import { createWorld, gloveText, vectorWords, type World } from "./support/world.ts";

const goldenOf = (name: string): string => fileURLToPath(new URL(`../../../packages/${name}`, import.meta.url));

let world: World;
let trained: string;
const short = ["--epochs", "4", "--lr", "0.05", "--no-report"];

async function tune(vectors: string, out: string, more: readonly string[] = []): Promise<string> {
  const argv = ["finetune", "--vectors", vectors, "--train", world.train, "--dev", world.dev, "--out", world.path(out)];
  const ran = await run([...argv, ...short, ...more]);
  expect(ran.code, ran.stderr).toBe(0);
  return world.path(out);
}

beforeAll(async () => {
  world = createWorld();
  trained = await tune(world.vectors, "trained");
});
afterAll(() => world.remove());

const exported = async (model: string, format: string, out: string) =>
  run(["export", "--model", model, "--format", format, "--out", out, "--json"]);

describe("export", () => {
  it.each([
    ["word2vec", "w.vec"],
    ["word2vec-binary", "w.bin"],
    ["glove", "w.txt"],
    ["safetensors", "w.safetensors"],
  ])("%s: words and rows of the model, to the bit", async (format, name) => {
    const out = world.path(name);
    const ran = await exported(trained, format, out);
    expect(ran.code, ran.stderr).toBe(0);
    const { words, embeddings } = await loadModel(trained);
    expect(JSON.parse(ran.stdout)).toEqual({
      command: "export",
      model: `${trained}/model`,
      format,
      out,
      rows: words.length,
      dimension: 8,
    });
    const table = await readVectorsFile(out);
    expect(table.format).toBe(format);
    expect(table.words).toEqual(words);
    expect(table.data).toEqual(embeddings);
    expect(ran.stderr).toContain(`wrote    ${out}`);
  });

  it("compresses where the name ends in .gz", async () => {
    const out = world.path("w.vec.gz");
    expect((await exported(trained, "word2vec", out)).code).toBe(0);
    expect(gunzipSync(readFileSync(out)).toString("utf8")).toMatch(/^\d+ 8\n/);
  });

  it("projector: two TSV files that go line by line together", async () => {
    const out = world.path("projector");
    expect((await exported(trained, "projector", out)).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["metadata.tsv", "vectors.tsv"]);
    const lines = (name: string) => readFileSync(`${out}/${name}`, "utf8").trimEnd().split("\n");
    const { words, embeddings } = await loadModel(trained);
    expect(lines("metadata.tsv")).toEqual(words);
    const numbers = lines("vectors.tsv").map((line) => line.split("\t").map(Number));
    expect(Float32Array.from(numbers.flat())).toEqual(embeddings);
    // Again to the same name.
    expect((await exported(trained, "projector", out)).code).toBe(0);
  });

  it("model2vec: a folder whose tokenizer finds each word's row, and drops what is unknown", async () => {
    const out = world.path("m2v");
    const ran = await exported(trained, "model2vec", out);
    expect(ran.code, ran.stderr).toBe(0);
    const model = await readStaticModel(await folderFiles(out));
    const { words, embeddings } = await loadModel(trained);
    expect(model).toMatchObject({ format: "model2vec", normalize: false, rows: words.length + 1, dimension: 8 });
    expect(model.matrix.subarray(0, embeddings.length)).toEqual(embeddings);
    expect([...model.matrix.subarray(embeddings.length)]).toEqual(new Array(8).fill(0));
    const tokenizer = await loadHuggingFaceTokenizer(model.tokenizerJson);
    const ids = tokenizer.tokenize("G1X, n3x! unheard-of b2x").map((token) => tokenizer.idOf(token));
    expect(ids.filter((id) => id >= 0)).toEqual(["g1x", "n3x", "b2x"].map((word) => words.indexOf(word)));
    // And a run can start from it: the same words, the same rows.
    const again = await loadModel(await tune(out, "from-m2v", ["--policy", "frozen"]));
    expect(again.embeddings).toEqual(model.matrix);
  });

  it("model2vec: a folder that came in goes out as it is, with the rows that were tuned", async () => {
    const file = goldenOf("text/test/golden/wordlevel.tokenizer.json");
    const json = JSON.parse(readFileSync(file, "utf8"));
    const vocab = ["[PAD]", "[UNK]", ...vectorWords];
    json.model.vocab = Object.fromEntries(vocab.map((word, id) => [word, id]));
    json.added_tokens = json.added_tokens.slice(0, 2);
    const mapping = Int32Array.from(vocab, (_, id) => id >> 1);
    const weights = Float32Array.from(vocab, (_, id) => 1 + (id % 3) / 4);
    const content = {
      dimension: 4,
      rows: 50,
      rowOf: (row: number) => Float32Array.from([row, -row, 1, 0.5]).map((value) => value / 50),
      mapping,
      weights,
      tokenizerJson: JSON.stringify(json),
      normalize: true,
    };
    await writeStaticModelFolder(world.path("came"), content);
    const tuned = await tune(world.path("came"), "came-run");
    const out = world.path("went");
    expect((await exported(tuned, "model2vec", out)).code).toBe(0);
    const [went, written] = [
      await readStaticModel(await folderFiles(out)),
      await readStaticModel(await folderFiles(`${tuned}/vectors`)),
    ];
    expect(went.tokenizerJson).toBe(content.tokenizerJson);
    expect([went.mapping, went.weights, went.normalize]).toEqual([mapping, weights, true]);
    expect(went.matrix).toEqual(written.matrix);
    // As words: each token's row times its weight, the unknown token left out.
    const text = world.path("pieces.safetensors");
    expect((await exported(tuned, "safetensors", text)).code).toBe(0);
    const table = await readVectorsFile(text);
    expect(table.words).toEqual(vocab.filter((word) => word !== "[UNK]"));
    const at = vocab.indexOf("g3x");
    const expected = went.matrix.slice(mapping[at]! * 4, mapping[at]! * 4 + 4).map((value) => value * weights[at]!);
    const row = table.words.indexOf("g3x");
    expect(table.data.slice(row * 4, row * 4 + 4)).toEqual(expected);
  });

  it("says why a model cannot be a Model2Vec folder", async () => {
    const cased = world.write(
      "cased.txt",
      gloveText([...vectorWords, ...Array.from({ length: 30 }, (_, i) => `Word${i}`)]),
    );
    const reasons = [
      [await tune(world.vectors, "unk", ["--oov", "unk"]), /--oov unk/],
      [await tune(cased, "cased"), /sought lower-cased/],
    ] as const;
    for (const [model, message] of reasons) {
      const ran = await exported(model, "model2vec", world.path("no"));
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/INVALID_CONFIG/);
      expect(ran.stderr).toMatch(message);
      expect(existsSync(world.path("no"))).toBe(false);
    }
  });

  it("words of subwords: composed, and in no Model2Vec folder", async () => {
    const bin = goldenOf("vectors/test/golden/fasttext-sg.bin");
    const train = world.write(
      "sub.tsv",
      Array.from({ length: 30 }, (_, i) => `pos\tgood film ${i}\nneg\tbad dogs ${i}\n`).join(""),
    );
    const out = world.path("sub");
    const argv = ["finetune", "--vectors", bin, "--oov", "subword", "--train", train, "--dev", train, "--out", out];
    expect((await run([...argv, ...short, "--policy", "full"])).code).toBe(0);
    const file = world.path("sub.vec");
    expect((await exported(out, "word2vec", file)).code).toBe(0);
    const [own, ofRun] = [await readVectorsFile(file), await readVectorsFile(`${out}/vectors.vec`)];
    expect(own.words).toEqual(ofRun.words.slice(0, own.words.length));
    expect(own.data).toEqual(ofRun.data.slice(0, own.data.length));
    const ran = await exported(out, "model2vec", world.path("no"));
    expect(ran.stderr).toMatch(/INVALID_CONFIG.*made of n-grams/);
  });

  it("writes nothing where it cannot, and names what is missing or unknown", async () => {
    const folder = world.path("letters");
    mkdirSync(folder);
    writeFileSync(`${folder}/letter.txt`, "mine");
    for (const format of ["model2vec", "projector"]) {
      const ran = await exported(trained, format, folder);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/OUTPUT_FAILED.*other files/);
    }
    expect(readdirSync(folder)).toEqual(["letter.txt"]);
    const usage = async (...argv: string[]) => run(["export", ...argv]);
    expect((await usage("--model", trained, "--format", "word2vec")).stderr).toMatch(/USAGE.*--out/);
    expect((await usage("--model", trained, "--out", "x")).stderr).toMatch(/USAGE.*--format/);
    const unknown = await usage("--model", trained, "--format", "onnxx", "--out", "x");
    expect(unknown.code).toBe(2);
    expect((await usage("--model", world.path("nowhere"), "--format", "glove", "--out", "x")).stderr).toMatch(
      /BAD_MODEL_FILE/,
    );
  });
});
