import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { referenceBackend } from "@thawline/backend-reference";
import { createEmbeddingTable, createTrainer } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { tokenizeTexts } from "@thawline/text";
import { decodeDelta, readStaticModel } from "@thawline/vectors";
import { folderFiles, writeStaticModelFolder } from "@thawline/vectors/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPredictor } from "../src/index.ts";
import { loadModel } from "../src/model/load-model.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

// Made by Hugging Face's own tokenizers and numpy: make-tokenizers.py beside it.
const golden = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../packages/text/test/golden/${name}`, import.meta.url)), "utf8");
interface Golden {
  readonly size: number;
  readonly normalize: boolean;
  readonly embeddings: readonly (readonly number[])[];
  readonly mapping: readonly number[];
  readonly weights: readonly number[];
  readonly means: readonly (readonly number[])[];
}
const { texts, tokenizers } = JSON.parse(golden("tokenizers.json")) as {
  texts: readonly string[];
  tokenizers: Readonly<Record<string, Golden>>;
};

let world: World;
beforeAll(async () => {
  world = createWorld();
  const good = ["a warm funny film", "engaging and unmissable", "warm warm film", "funny, engaging film"];
  const bad = ["an unfunny mess", "overlong and overwrought", "a mess, unengaging", "overwrought unfunny mess"];
  const lines = good.flatMap((text, i) => [`pos\t${text}`, `neg\t${bad[i]}`]);
  world.write("pieces.tsv", `${[...lines, ...lines, ...lines].join("\n")}\n`);
  for (const [name, each] of Object.entries(tokenizers)) {
    await writeStaticModelFolder(world.path(name), {
      dimension: 3,
      rows: each.embeddings.length,
      rowOf: (row) => Float32Array.from(each.embeddings[row]!),
      mapping: Int32Array.from(each.mapping),
      weights: Float32Array.from(each.weights),
      tokenizerJson: golden(`${name}.tokenizer.json`),
      normalize: each.normalize,
    });
  }
});
afterAll(() => world.remove());

const tune = async (name: string, out: string, more: readonly string[] = []) => {
  const data = world.path("pieces.tsv");
  const argv = ["finetune", "--vectors", world.path(name), "--train", data, "--dev", data, "--out", world.path(out)];
  const ran = await run([...argv, "--json", ...more]);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
};

/** What the head of a saved model sees of texts: a head that passes it on, C = D. */
async function seenByHead(folder: string): Promise<number[][]> {
  const model = await loadModel(folder);
  const { normalize = false } = model.config.head as { normalize?: boolean };
  const encoder = model.encoder();
  const examples = encoder.encode(tokenizeTexts(texts, model.tokenizer), new Int32Array(texts.length));
  const trainer = await createTrainer({
    backend: referenceBackend(),
    table: createEmbeddingTable({ dimension: 3, anchor: model.embeddings, activeRows: [], paddingRow: -1 }),
    head: createHead({ type: "linear", dimension: 3, classes: 3, normalize }),
    lookUp: encoder.lookUp,
    optimizer: { type: "sgd", learningRate: 1 },
    batchSize: 1,
    parameters: { "linear.weight": [1, 0, 0, 0, 1, 0, 0, 0, 1], "linear.bias": [0, 0, 0] },
  });
  const logits = await trainer.logits(examples);
  await trainer.close();
  return texts.map((_, i) => [...logits.subarray(3 * i, 3 * i + 3)]);
}

describe.each(Object.entries(tokenizers))("pitfall 4.7, a folder with the tokenizer %s", (name, expected) => {
  it("gives texts the mean vectors that Model2Vec's formula gives in numpy, from the saved model too", async () => {
    const out = `frozen-${name}`;
    const document = await tune(name, out, ["--policy", "frozen", "--epochs", "1"]);
    expect(document.vectors).toMatchObject({ format: "model2vec", rows: 20, tokens: { kind: "pieces" } });
    const seen = await seenByHead(world.path(out));
    seen.forEach((vector, i) => {
      vector.forEach((value, d) => {
        expect(Math.abs(value - expected.means[i]![d]!), texts[i]).toBeLessThan(1e-6);
      });
    });
    // An empty text, and one of unknown pieces alone, have the zero vector.
    expect(seen[texts.indexOf("")]).toEqual([0, 0, 0]);
  });

  it("writes the tuned table as such a folder, with the same tokenizer, mapping and weights", async () => {
    const out = `full-${name}`;
    const document = await tune(name, out, ["--policy", "full", "--epochs", "3", "--lr", "0.05"]);
    expect(document.artifacts.vectors).toBe(`${world.path(out)}/vectors`);
    const read = async (path: string) => readStaticModel(await folderFiles(path));
    const [before, after] = [await read(world.path(name)), await read(document.artifacts.vectors)];
    expect(after.tokenizerJson).toBe(before.tokenizerJson);
    expect([after.mapping, after.weights, after.normalize]).toEqual([before.mapping, before.weights, before.normalize]);
    const delta = decodeDelta(new Uint8Array(readFileSync(`${world.path(out)}/delta.safetensors`)));
    expect(delta.rows.length).toBe(document.drift.movedRows);
    expect(document.drift.movedRows).toBeGreaterThan(0);
    const patched = before.matrix.slice();
    delta.rows.forEach((row, i) => {
      expect([...delta.before.subarray(3 * i, 3 * i + 3)]).toEqual([...before.matrix.subarray(3 * row, 3 * row + 3)]);
      patched.set(delta.after.subarray(3 * i, 3 * i + 3), 3 * row);
    });
    expect(after.matrix).toEqual(patched);
    // The same rows as the model has.
    expect((await loadModel(world.path(out))).embeddings).toEqual(after.matrix);
    // A run can start from what the run before wrote.
    const again = await tune(`${out}/vectors`, `again-${name}`, ["--policy", "frozen", "--epochs", "1"]);
    expect(again.vectors.tokens).toEqual(document.vectors.tokens);
  });
});

it("predicts with the folder's tokenizer, which the model carries", async () => {
  const document = await tune("wordpiece", "wp", ["--policy", "full", "--epochs", "20", "--lr", "0.05"]);
  expect(document.metrics.dev.accuracy).toBe(1);
  expect(document.head).toBe("linear");
  expect(readFileSync(`${world.path("wp")}/model/tokenizer.json`, "utf8")).toBe(golden("wordpiece.tokenizer.json"));
  const predictor = await openPredictor(world.path("wp"));
  const [good, bad] = await predictor.predict(["Warm, ENGAGING film!", "unfunny mess"]);
  expect([good!.label, bad!.label]).toEqual(["pos", "neg"]);
  expect(predictor.model.config.lookup.tokens).toEqual({
    kind: "pieces",
    unknownId: 1,
    maxLength: null,
    normalize: true,
  });
  await predictor.close();
});

it("goes on from its model with the tokenizer and the scaling of the mean", async () => {
  await tune("wordpiece", "first", ["--policy", "frozen", "--epochs", "1"]);
  const data = world.path("pieces.tsv");
  const out = world.path("second");
  const argv = ["finetune", "--from-model", world.path("first"), "--train", data, "--dev", data, "--out", out];
  const ran = await run([...argv, "--policy", "frozen", "--epochs", "1", "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  const [first, second] = [await loadModel(world.path("first")), await loadModel(out)];
  expect(second.tokenizerText).toBe(first.tokenizerText);
  expect(second.config.lookup).toEqual(first.config.lookup);
  expect(second.embeddings).toEqual(first.embeddings);
  const folder = await readStaticModel(await folderFiles(`${out}/vectors`));
  expect(folder).toMatchObject({ normalize: true, mapping: Int32Array.from(tokenizers.wordpiece!.mapping) });
});

it("refuses a model whose tokenizer has two tokens swapped, or is another's", async () => {
  await tune("wordpiece", "guarded", ["--policy", "frozen", "--epochs", "1"]);
  const file = `${world.path("guarded")}/model/tokenizer.json`;
  const whole = readFileSync(file, "utf8");
  const json = JSON.parse(whole);
  const { vocab } = json.model;
  [vocab.film, vocab.funny] = [vocab.funny, vocab.film];
  const texts = world.write("one.txt", "a film\n");
  for (const [text, message] of [
    [JSON.stringify(json), /id \d+ is "f\w+", but its row is that of "f\w+"/],
    [golden("wordlevel.tokenizer.json"), /tokens and rows do not belong together/],
  ] as const) {
    writeFileSync(file, text);
    for (const argv of [
      ["predict", "--model", world.path("guarded"), texts],
      ["export", "--model", world.path("guarded"), "--format", "model2vec", "--out", world.path("never")],
    ]) {
      const ran = await run(argv);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/ALIGNMENT_MISMATCH/);
      expect(ran.stderr).toMatch(message);
    }
  }
  writeFileSync(file, whole);
  expect((await run(["predict", "--model", world.path("guarded"), texts])).code).toBe(0);
});

it("takes the folder as a list of words where a tokenizer is named, and no half of each", async () => {
  const document = await tune("wordlevel", "words", [
    "--tokenizer",
    "whitespace",
    "--policy",
    "frozen",
    "--epochs",
    "1",
  ]);
  expect(document.vectors).not.toHaveProperty("tokens");
  expect(existsSync(`${world.path("words")}/vectors.safetensors`)).toBe(true);
  const data = world.path("pieces.tsv");
  for (const flags of [["--oov", "random"], ["--lowercase"]]) {
    const argv = ["finetune", "--vectors", world.path("wordlevel"), "--train", data, "--dev", data, ...flags];
    const ran = await run([...argv, "--out", world.path("refused")]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/INVALID_CONFIG.*tokenizer/);
  }
});

// Made by the real libraries: packages/vectors/test/golden/make-folders.py.
const folderOf = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/vectors/test/golden/folders/${name}`, import.meta.url));

describe.each([
  ["model2vec", ""],
  ["model2vec-f16", ""],
  ["model2vec-mapped", ""],
  ["model2vec-int8", ""],
  ["sentence-transformers", ""],
  ["nested", "0_StaticEmbedding/"],
])("the layout of %s", (name, prefix) => {
  it("comes out as it went in, with the rows that moved as float32", async () => {
    const words = ["good", "café", "東", "na"];
    const lines = Array.from(
      { length: 16 },
      (_, i) => `${i % 2 ? "pos" : "neg"}\t${words[i % 4]} ${words[(i + 2) % 4]}`,
    );
    const data = world.write("layout.tsv", `${lines.join("\n")}\n`);
    const out = world.path(`layout-${name}`);
    const argv = ["finetune", "--vectors", folderOf(name), "--train", data, "--dev", data, "--out", out, "--no-report"];
    const ran = await run([...argv, "--policy", "full", "--epochs", "2", "--lr", "0.05", "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    const { vectors, drift } = JSON.parse(ran.stdout);
    expect(vectors.format).toBe(prefix === "" && name.startsWith("model2vec") ? "model2vec" : "sentence-transformers");
    expect(drift.movedRows).toBeGreaterThan(0);
    const read = async (path: string) => readStaticModel(await folderFiles(path));
    const [before, after] = [await read(folderOf(name)), await read(`${out}/vectors`)];
    expect(after.layout).toEqual(before.layout);
    for (const key of ["format", "tokenizerJson", "normalize", "rows", "mapping"] as const) {
      expect(after[key]).toEqual(before[key]);
    }
    expect(after.weights && [...after.weights]).toEqual(before.weights && [...before.weights]);
    expect(after.dtype).toBe("F32");
    const moved = new Set(decodeDelta(new Uint8Array(readFileSync(`${out}/delta.safetensors`))).rows);
    for (let row = 0; row < before.rows; row++) {
      const at = ({ matrix }: typeof before) => matrix.slice(row * 4, row * 4 + 4);
      if (!moved.has(row)) expect(at(after)).toEqual(at(before));
      else expect(at(after)).not.toEqual(at(before));
    }
    // Of a text the model makes what the folder that was written makes of it.
    const [own, again] = [await loadModel(out), await read(`${out}/vectors`)];
    expect(own.embeddings).toEqual(again.matrix);
  });
});
