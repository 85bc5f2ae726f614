import { createHash } from "node:crypto";
import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createRandom } from "@thawline/core";
import {
  applyDelta,
  decodeDelta,
  readFastText,
  readSafetensors,
  revertDelta,
  writeSafetensors,
} from "@thawline/vectors";
import { readVectorsFile } from "@thawline/vectors/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPredictor } from "../src/index.ts";
import { loadModel } from "../src/model/load-model.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

// Made by the real fastText: skip-gram, dimension 8, n-grams of 2 to 4 letters in 500 buckets.
const golden = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/vectors/test/golden/${name}`, import.meta.url));
const bin = golden("fasttext-sg.bin");

/** Words of the file, and forms of them that only n-grams know. */
const sides = {
  pos: ["good", "film", "café", "東京", "goods", "filmic", "cafés"],
  neg: ["bad", "dog", "runner", "übel", "dogged", "runners", "badly"],
};

function labelled(rows: number, seed: number): string {
  const random = createRandom(seed);
  return Array.from({ length: rows }, (_, i) => {
    const label = i % 2 === 0 ? "pos" : "neg";
    const words = Array.from({ length: 4 }, () => sides[label][random.nextBelow(7)]!);
    return `${label}\t${words.join(" ")} the a\n`;
  }).join("");
}

let world: World;
let trained: string;
// biome-ignore lint/suspicious/noExplicitAny: a document read from JSON
let document: any;
const flags = [
  "--oov",
  "subword",
  "--epochs",
  "6",
  "--freeze-epochs",
  "2",
  "--lr",
  "0.05",
  "--tokenizer",
  "whitespace",
];

beforeAll(async () => {
  world = createWorld();
  world.write("sub.tsv", labelled(120, 1));
  world.write("sub-dev.tsv", labelled(40, 2));
  trained = world.path("sub");
  const argv = ["finetune", "--vectors", bin, "--train", world.path("sub.tsv"), "--dev", world.path("sub-dev.tsv")];
  const ran = await run([...argv, "--out", trained, ...flags, "--json"]);
  expect(ran.code, ran.stderr).toBe(0);
  expect(ran.stderr).toContain("every word is made of its row and its n-grams");
  document = JSON.parse(ran.stdout);
});
afterAll(() => world.remove());

/** A word's vector by fastText's rule from a saved model's rows, in plain numbers. */
async function vectorFrom(folder: string, word: string): Promise<number[]> {
  const { tokenRows, embeddings, config } = await loadModel(folder);
  if (tokenRows?.kind !== "subwords") throw new Error("expected subwords");
  // The rows that the reader itself finds in the file, by bucket and word.
  const file = await readFastText(new Uint8Array(readFileSync(bin)), { wanted: new Set([word]) });
  const names = file.subwordTable();
  const rows = [...file.lookUpOf(word).rows].map((row) => {
    const bucket = names.buckets[row]!;
    return bucket < 0 ? tokenRows.words.indexOf(names.words[row]!) : tokenRows.buckets.indexOf(bucket);
  });
  expect(rows).not.toContain(-1);
  return Array.from({ length: config.dimension }, (_, d) =>
    rows.reduce((sum, row) => sum + embeddings[row * config.dimension + d]! / rows.length, 0),
  );
}

describe("finetune --oov subword", () => {
  it("trains the rows of words and n-grams, and says how words are made of them", () => {
    expect(document.vectors).toMatchObject({
      format: "fasttext",
      dimension: 8,
      tokens: {
        kind: "subwords",
        subwords: { minn: 2, maxn: 4, bucket: 500 },
        ngramRows: 500,
        composed: 6,
        without: 0,
      },
    });
    // Of eight of sixteen words: the file has them.
    expect(document.coverage.types).toBeCloseTo(10 / 16, 10);
    expect(document.metrics.dev.accuracy).toBeGreaterThan(0.9);
    expect(document.drift.movedRows).toBeGreaterThan(50);
    expect(document.drift.frozenRowsBitIdentical).toBe(true);
    const words = document.drift.mostMoved.map((each: { word: string }) => each.word);
    expect(new Set([...Object.values(sides).flat(), "the", "a"])).toEqual(
      new Set([...Object.values(sides).flat(), "the", "a", ...words]),
    );
    expect(document.drift.mostMoved[0].count).toBeGreaterThan(0);
    expect(document.drift.meanCosineDistance).toBeGreaterThan(0);
  });

  it("saves look-up rules and rows, and composes words that no training text had", async () => {
    const config = JSON.parse(readFileSync(`${trained}/model/config.json`, "utf8"));
    expect(config).toMatchObject({ oov: "subword", table: { keeps: "all" } });
    expect(config.lookup.tokens).toEqual({ kind: "subwords", minn: 2, maxn: 4, bucket: 500 });
    const model = await loadModel(trained);
    const { lookUpOf } = (await import("../src/model/token-rows.ts")).createTokenRowFinder(model.tokenRows!);
    for (const word of ["good", "goodness", "dogs", "東京都", "naïve"]) {
      const { rows, weights } = lookUpOf(word);
      const sum = Array.from({ length: 8 }, (_, d) =>
        rows.reduce((total, row, k) => total + weights[k]! * model.embeddings[row * 8 + d]!, 0),
      );
      const expected = await vectorFrom(trained, word);
      sum.forEach((value, d) => {
        expect(value).toBeCloseTo(expected[d]!, 6);
      });
    }
  });

  it("predicts from subwords of new words", async () => {
    const predictor = await openPredictor(trained);
    const [unseenGood, unseenBad, nothing, empty] = await predictor.predict([
      "goodie filmics",
      "doggy badness",
      "q",
      "",
    ]);
    // Two calls at once answer as if one came after the other.
    const both = await Promise.all([predictor.predict(["goodie filmics"]), predictor.predict(["doggy badness"])]);
    await predictor.close();
    expect([unseenGood!.label, unseenBad!.label]).toEqual(["pos", "neg"]);
    expect(both).toEqual([[unseenGood], [unseenBad]]);
    expect(nothing!.ranking).not.toEqual(empty!.ranking);
    const file = world.write("new.txt", "goodie filmics\ndoggy badness\n");
    const ran = await run(["predict", "--model", trained, file]);
    expect(ran.stdout.split("\n").map((line) => line.split("\t")[0])).toEqual(["pos", "neg", ""]);
  });

  it("writes the words' vectors as fastText's own text form: unmoved ones with the bits of the file", async () => {
    const table = await readVectorsFile(`${trained}/vectors.vec`);
    const before = await readVectorsFile(bin);
    expect(table.format).toBe("word2vec");
    expect(table.words.slice(0, before.words.length)).toEqual(before.words);
    expect(table.words.slice(before.words.length).sort()).toEqual([
      "badly",
      "cafés",
      "dogged",
      "filmic",
      "goods",
      "runners",
    ]);
    const model = await readFastText(new Uint8Array(readFileSync(bin)));
    const moved = new Set(decodeDelta(new Uint8Array(readFileSync(`${trained}/delta.safetensors`))).words);
    const names = model.subwordTable();
    let untouched = 0;
    for (const [i, word] of before.words.entries()) {
      const rows = [...model.lookUpOf(word).rows];
      const isMoved = rows.some((row) =>
        moved.has(names.buckets[row]! < 0 ? names.words[row]! : `bucket ${names.buckets[row]}`),
      );
      const row = table.data.subarray(i * 8, i * 8 + 8);
      if (!isMoved) {
        untouched++;
        expect(row).toEqual(before.data.subarray(i * 8, i * 8 + 8));
      }
      const expected = await vectorFrom(trained, word);
      row.forEach((value, d) => {
        expect(value).toBeCloseTo(expected[d]!, 6);
      });
    }
    expect(untouched).toBeGreaterThan(0);
  });

  it("keeps a delta of the stored rows: words and buckets, as they were and as they are", async () => {
    const delta = decodeDelta(new Uint8Array(readFileSync(`${trained}/delta.safetensors`)));
    const { tokenRows, embeddings } = await loadModel(trained);
    if (tokenRows?.kind !== "subwords") throw new Error("expected subwords");
    const file = await readFastText(new Uint8Array(readFileSync(bin)));
    expect(delta.rows.length).toBe(document.drift.movedRows);
    delta.rows.forEach((row, i) => {
      const at = (data: Float32Array, place: number) => [...data.subarray(place * 8, place * 8 + 8)];
      expect(at(delta.before, i)).toEqual(at(file.matrix, row));
      expect(at(delta.after, i)).toEqual(at(embeddings, row));
    });
    // There and back on the table of stored rows, to the bit.
    const names = file.subwordTable();
    const rowNames = names.words.map((word, row) => (names.buckets[row]! < 0 ? word : `bucket ${names.buckets[row]}`));
    const base = { words: rowNames, data: file.matrix, dimension: 8 };
    const tuned = applyDelta(base, delta);
    expect(tuned.data).toEqual(embeddings);
    expect(revertDelta(tuned, delta).data).toEqual(base.data);
    expect(delta.words.some((word) => /^bucket \d+$/.test(word))).toBe(true);
    expect(delta.words).toContain("good");
  });

  it("goes on from its model with new words, and refuses what cannot change it", async () => {
    const train = world.write("next.tsv", "pos\tgoodwill filmed\nneg\tdogma badger\n".repeat(20));
    const out = world.path("sub-next");
    const argv = ["finetune", "--from-model", trained, "--train", train, "--dev", train];
    const short = ["--epochs", "2", "--policy", "full"];
    const ran = await run([...argv, "--out", out, ...short, "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout).vectors.tokens).toMatchObject({ composed: 4, without: 0 });
    expect((await loadModel(out)).tokenRows).toEqual((await loadModel(trained)).tokenRows);
    for (const more of [
      ["--vectors", bin],
      ["--oov", "random"],
    ]) {
      const refused = await run([...argv, "--out", world.path("no"), ...more]);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/INVALID_CONFIG.*makes its words of subwords/);
    }
  });

  it("keeps the data's rows alone where asked to", async () => {
    const out = world.path("sub-data");
    const argv = ["finetune", "--vectors", bin, "--train", world.path("sub.tsv"), "--dev", world.path("sub-dev.tsv")];
    const ran = await run([...argv, "--out", out, ...flags, "--model-rows", "data", "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    const few = JSON.parse(ran.stdout);
    expect(few.vectors.tokens.ngramRows).toBeLessThan(300);
    expect(few.vectors.loadedRows).toBeLessThan(document.vectors.loadedRows);
    // The rows that training reads are the same, so training is the same.
    expect(few.metrics.dev).toEqual(document.metrics.dev);
    expect(few.epochs.map(({ trainLoss }: { trainLoss: number }) => trainLoss)).toEqual(
      document.epochs.map(({ trainLoss }: { trainLoss: number }) => trainLoss),
    );
    expect(statSync(`${out}/model/model.safetensors`).size).toBeLessThan(
      statSync(`${trained}/model/model.safetensors`).size,
    );
    // The whole dictionary all the same, and the n-grams that moved move its other words too.
    const [table, ofAll] = [
      await readVectorsFile(`${out}/vectors.vec`),
      await readVectorsFile(`${trained}/vectors.vec`),
    ];
    expect(table.words).toEqual(ofAll.words);
    table.data.forEach((value, i) => {
      expect(Math.abs(value - ofAll.data[i]!)).toBeLessThan(1e-6);
    });
    const predictor = await openPredictor(out);
    const [first] = await predictor.predict(["goods filmic"]);
    await predictor.close();
    expect(first!.label).toBe("pos");
  });

  it("is refused when buckets are swapped or n-gram rows shifted, and the file's hash made to fit", async () => {
    const swapBuckets = (buckets: Int32Array): void => {
      const at = buckets.findIndex((bucket) => bucket >= 0);
      [buckets[at], buckets[at + 1]] = [buckets[at + 1]!, buckets[at]!];
    };
    const shiftRows = (_: Int32Array, embeddings: Float32Array): void => {
      embeddings.copyWithin(8, 0);
    };
    for (const [name, change] of Object.entries({ swapBuckets, shiftRows })) {
      const folder = world.path(name);
      cpSync(`${trained}/model`, folder, { recursive: true });
      const file = `${folder}/model.safetensors`;
      const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync(file)));
      change(tensors.get("subwords.buckets")!.data as Int32Array, tensors.get("embeddings")!.data as Float32Array);
      const bytes = writeSafetensors(tensors, { metadata });
      writeFileSync(file, bytes);
      const config = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));
      config.weights.sha256 = createHash("sha256").update(bytes).digest("hex");
      writeFileSync(`${folder}/config.json`, JSON.stringify(config));
      const ran = await run(["export", "--model", folder, "--format", "word2vec", "--out", world.path("never.vec")]);
      expect(ran.stderr).toMatch(/ALIGNMENT_MISMATCH.*does not hold the vector of its word/);
    }
  });

  it.each([
    ["a file that has none", () => golden("fasttext-plain.bin"), /has no subwords/],
    ["another format", () => golden("fasttext-sg.vec"), /only a fastText \.bin holds; .*word2vec/],
  ])("refuses %s", async (_, vectors, message) => {
    const argv = ["finetune", "--vectors", vectors(), "--train", world.path("sub.tsv"), "--out", world.path("none")];
    const ran = await run([...argv, "--oov", "subword"]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/INVALID_CONFIG/);
    expect(ran.stderr).toMatch(message);
  });

  it("without it, each word of the file is a row of its own, which is composed once", async () => {
    const out = world.path("plain");
    const argv = ["finetune", "--vectors", bin, "--train", world.path("sub.tsv"), "--dev", world.path("sub-dev.tsv")];
    const ran = await run([...argv, "--out", out, "--epochs", "1", "--policy", "frozen", "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout).vectors).not.toHaveProperty("tokens");
    const { words, embeddings, tokenRows } = await loadModel(out);
    const before = await readVectorsFile(bin);
    expect(tokenRows).toBeNull();
    expect(words.slice(0, before.words.length)).toEqual(before.words);
    expect(embeddings.subarray(0, before.data.length)).toEqual(before.data);
  });
});

it("a run that was stopped goes on to the same result", async () => {
  const [whole, parts] = [world.path("whole"), world.path("parts")];
  const argv = [
    "finetune",
    "--vectors",
    bin,
    "--train",
    world.path("sub.tsv"),
    "--dev",
    world.path("sub-dev.tsv"),
    ...flags,
  ];
  expect((await run([...argv, "--out", whole])).code).toBe(0);
  const controller = new AbortController();
  let epochs = 0;
  const ran = await run([...argv, "--out", parts], {
    signal: controller.signal,
    onText: (text) => {
      if (/^\s*3\s/.test(text) && ++epochs === 1) controller.abort();
    },
  });
  expect(ran.code, ran.stderr).toBe(130);
  expect((await run(["finetune", "--out", parts, "--resume"])).code).toBe(0);
  expect(readFileSync(`${parts}/model/model.safetensors`)).toEqual(readFileSync(`${whole}/model/model.safetensors`));
});
