import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { alignmentChecksum } from "@thawline/text";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, openPredictor } from "../src/index.ts";
import { run } from "./support/run-command.ts";
import { createWorld, gloveText, labelledText, readGlove, vectorWords, type World } from "./support/world.ts";

let world: World;
let trained: string;
const short = ["--epochs", "6", "--freeze-epochs", "2", "--lr", "0.05"];

beforeAll(async () => {
  world = createWorld();
  trained = world.path("trained");
  const argv = ["finetune", "--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", trained];
  const ran = await run([...argv, "--test", world.test, ...short]);
  expect(ran.code, ran.stderr).toBe(0);
});
afterAll(() => world.remove());

describe("predict", () => {
  const predict = async (lines: string, ...flags: string[]) => {
    const file = world.write("lines.txt", lines);
    return run(["predict", "--model", `${trained}/model`, file, ...flags]);
  };

  it("answers every line in order: label, tab, probability, tab, the text as it is", async () => {
    const texts = ["g1x g2x n3x", "", "b1x\tb2x  b3x", "unheard of words", "g1x"];
    const { stdout, code } = await predict(`${texts.join("\n")}\n`);
    const lines = stdout.trimEnd().split("\n");
    expect(code).toBe(0);
    expect(lines).toHaveLength(texts.length);
    for (const line of lines) expect(line).toMatch(/^(pos|neg)\t[01]\.\d{4}\t/);
    expect(lines.map((line) => line.split("\t").slice(2).join("\t"))).toEqual(texts);
    expect(lines[0]!.startsWith("pos")).toBe(true);
    expect(lines[2]!.startsWith("neg")).toBe(true);
    // A text without a known word has the scores of a zero vector, as the empty one.
    expect(lines[1]!.split("\t").slice(0, 2)).toEqual(lines[3]!.split("\t").slice(0, 2));
  });

  it("prints JSON lines, and the K likeliest labels", async () => {
    const { stdout } = await predict("g1x g2x\nb1x\n", "--json", "--top", "2");
    const [first] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ label: "pos", text: "g1x g2x" });
    expect(first.top.map((each: { label: string }) => each.label)).toEqual(["pos", "neg"]);
    expect(first.top[0].probability + first.top[1].probability).toBeCloseTo(1, 9);
    const { stdout: columns } = await predict("g1x g2x\n", "--top", "2");
    expect(columns).toMatch(/^pos\t[\d.]+\tneg\t[\d.]+\tg1x g2x\n$/);
  });

  it("takes many lines, a run folder, and either backend, to the same labels", async () => {
    const lines = Array.from({ length: 700 }, (_, i) => (i % 2 === 0 ? `g${i % 20}x` : `b${i % 20}x n1x`)).join("\n");
    const cpu = await predict(lines);
    const file = world.path("lines.txt");
    const reference = await run(["predict", "--model", trained, "--backend", "reference", file]);
    const labels = (text: string) =>
      text
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t")[0]);
    expect(labels(cpu.stdout)).toHaveLength(700);
    expect(labels(reference.stdout)).toEqual(labels(cpu.stdout));
  });
});

describe("evaluate", () => {
  it("gives the figures that the run recorded, and those of each label", async () => {
    const { stdout } = await run(["evaluate", "--model", trained, "--data", world.test, "--json"]);
    const result = JSON.parse(stdout);
    const { metrics } = JSON.parse(readFileSync(`${trained}/run.json`, "utf8"));
    expect(result.metrics).toMatchObject(metrics.test);
    expect(result.metrics.calibrationError).toBeGreaterThanOrEqual(0);
    const matrix: number[][] = result.confusion.matrix;
    expect(matrix.flat().reduce((a, b) => a + b)).toBe(60);
    expect((matrix[0]![0]! + matrix[1]![1]!) / 60).toBeCloseTo(result.metrics.accuracy, 12);
    expect(result.perClass.map((each: { label: string }) => each.label)).toEqual(["neg", "pos"]);
    expect(result.perClass[1].recall).toBeCloseTo(matrix[1]![1]! / (matrix[1]![0]! + matrix[1]![1]!), 12);
  });

  it("names labels that the model does not know", async () => {
    const data = world.write("unknown.tsv", "pos\tg1x\nmixed\tg2x b2x\n");
    const ran = await run(["evaluate", "--model", trained, "--data", data]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/BAD_DATA.*"mixed".*line 2/);
  });
});

describe("the model folder", () => {
  const copyOf = (name: string): string => {
    const folder = world.path(name);
    cpSync(`${trained}/model`, folder, { recursive: true });
    return folder;
  };
  const load = (folder: string) => openPredictor(folder).then((predictor) => predictor.close());
  const alterJson = (file: string, change: (json: Record<string, unknown>) => void) => {
    const json = JSON.parse(readFileSync(file, "utf8"));
    change(json);
    writeFileSync(file, JSON.stringify(json));
  };

  it.each(["config.json", "model.safetensors", "tokenizer.json"])("is refused without %s", async (file) => {
    const folder = copyOf(`without ${file}`);
    rmSync(`${folder}/${file}`);
    await expect(load(folder)).rejects.toMatchObject({ code: "BAD_MODEL_FILE" });
    await expect(load(folder)).rejects.toThrow(file);
  });

  it("is refused when its weights are truncated, or altered in one bit", async () => {
    const folder = copyOf("damaged");
    const file = `${folder}/model.safetensors`;
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 7));
    await expect(load(folder)).rejects.toMatchObject({ code: "BAD_MODEL_FILE" });
    bytes[bytes.length - 40]! ^= 1;
    writeFileSync(file, bytes);
    await expect(load(folder)).rejects.toThrow(/damaged or was altered/);
  });

  /** Puts two words into each other's place in the weights' header, which stays as long as it was. */
  function swapWords(folder: string): void {
    const file = `${folder}/model.safetensors`;
    const swapped = readFileSync(file, "latin1").replace(/\\"(n0x)\\",\\"(n1x)\\"/, '\\"$2\\",\\"$1\\"');
    expect(swapped).not.toBe(readFileSync(file, "latin1"));
    writeFileSync(file, swapped, "latin1");
  }

  it("is refused when words and rows do not belong together", async () => {
    const another = copyOf("mixed");
    alterJson(`${another}/config.json`, (json) => {
      (json.table as Record<string, unknown>).alignment = "0".repeat(64);
    });
    await expect(load(another)).rejects.toMatchObject({ code: "ALIGNMENT_MISMATCH" });
    const swapped = copyOf("swapped");
    swapWords(swapped);
    await expect(load(swapped)).rejects.toMatchObject({ code: "ALIGNMENT_MISMATCH" });
    const texts = world.write("one.txt", "n0x n1x\n");
    for (const argv of [
      ["predict", "--model", swapped, texts],
      ["evaluate", "--model", swapped, "--data", world.test],
      ["finetune", "--from-model", swapped, "--train", world.train, "--out", world.path("from-swapped")],
    ]) {
      const ran = await run(argv);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain("ALIGNMENT_MISMATCH");
    }
  });

  it("records the checksum of its words in their rows", async () => {
    const { config, words } = await loadModel(trained);
    expect(config.table.alignment).toBe(alignmentChecksum(words));
  });

  it("is refused in another version, with a broken config, or when it is none", async () => {
    const folder = copyOf("newer");
    alterJson(`${folder}/config.json`, (json) => {
      json.formatVersion = 99;
    });
    await expect(load(folder)).rejects.toThrow(/format version 99/);
    writeFileSync(`${folder}/config.json`, "{ ");
    await expect(load(folder)).rejects.toMatchObject({ code: "BAD_MODEL_FILE" });
    await expect(load(world.folder)).rejects.toThrow(/no config.json/);
    await expect(load(world.path("nowhere"))).rejects.toThrow(/no such folder/);
  });

  it("keeps the rows that --model-rows says", async () => {
    const rows = async (...flags: string[]) => {
      const out = world.path(`rows ${flags.join()}`);
      const argv = ["finetune", "--vectors", world.vectors, "--train", world.train, "--out", out, "--epochs", "1"];
      const ran = await run([...argv, ...flags]);
      expect(ran.code, ran.stderr).toBe(0);
      return JSON.parse(readFileSync(`${out}/model/config.json`, "utf8")).table;
    };
    // Five words of the text have no vector and get rows of their own.
    expect(await rows()).toMatchObject({ rows: vectorWords.length + 5, keeps: "all" });
    expect(await rows("--model-rows", "data")).toMatchObject({ rows: vectorWords.length - 25 + 5, keeps: "data" });
    // The unused words stand at 50 to 74 of the file.
    expect(await rows("--model-rows", "60")).toMatchObject({ rows: vectorWords.length - 15 + 5, keeps: 60 });
    expect(await rows("--oov", "unk")).toMatchObject({ rows: vectorWords.length + 1 });
  });
});

describe("a model of many labels", () => {
  it("is shown by its worst confusions", async () => {
    const labels = Array.from({ length: 14 }, (_, i) => `topic${i}`);
    const rows = labels.flatMap((label, i) => [0, 1, 2, 3].map((j) => `${label}\tg${i}x n${(i + j) % 30}x\n`));
    const train = world.write("topics.tsv", rows.join(""));
    const out = world.path("topics");
    const argv = ["finetune", "--vectors", world.vectors, "--train", train, "--dev", train, "--out", out];
    expect((await run([...argv, "--epochs", "2"])).code).toBe(0);
    const ran = await run(["evaluate", "--model", out, "--data", train]);
    expect(ran.stdout).toMatch(/most confused +taken for +rows\n/);
    expect(ran.stdout).toContain("topic13");
  });
});

describe("--from-model", () => {
  const goOn = (name: string, ...flags: string[]) =>
    run([
      "finetune",
      "--from-model",
      trained,
      "--train",
      world.train,
      "--dev",
      world.dev,
      "--out",
      world.path(name),
      ...flags,
    ]);

  it("begins where the model ended, at smaller rates, and measures drift from there", async () => {
    const ran = await goOn("on", "--epochs", "2", "--policy", "full", "--json");
    const document = JSON.parse(ran.stdout);
    const before = JSON.parse(readFileSync(`${trained}/run.json`, "utf8"));
    expect(document.epochs[0].devLoss).toBeLessThan(before.epochs[1].devLoss);
    expect(document.epochs[0].learningRates).toMatchObject({ embeddings: 0.0004, "head.output": 0.002 });
    expect(document.drift.meanCosineDistance).toBeLessThan(before.drift.meanCosineDistance);
  });

  it("keeps trained rows, and adds words that the vectors have or --oov makes up", async () => {
    const vectors = world.write("more.txt", gloveText(["fresh", "g1x"], 9));
    const train = world.write("more.tsv", `${labelledText(60, 7)}pos\tfresh g1x novel\nneg\tb1x fresh\n`);
    const out = world.path("grown");
    const argv = ["finetune", "--from-model", trained, "--vectors", vectors, "--train", train, "--out", out];
    const ran = await run([...argv, "--policy", "frozen", "--epochs", "1"]);
    expect(ran.code, ran.stderr).toBe(0);
    const predictor = await openPredictor(out);
    const { words, embeddings } = predictor.model;
    await predictor.close();
    const rowAt = (word: string) => embeddings.slice(words.indexOf(word) * 8, (words.indexOf(word) + 1) * 8);
    const tuned = readGlove(`${trained}/vectors.txt`);
    expect(rowAt("g1x")).toEqual(tuned.get("g1x"));
    expect(rowAt("fresh")).toEqual(readGlove(vectors).get("fresh"));
    expect(words.at(-1)).toBe("novel");
  });

  it("refuses other labels, another dimension, and what the model decides", async () => {
    const train = world.write("labels.tsv", "pos\tg1x\nneutral\tn1x\npos\tg2x\n");
    const labels = await run([
      "finetune",
      "--from-model",
      trained,
      "--train",
      train,
      "--dev",
      train,
      "--out",
      world.path("labels"),
    ]);
    expect(labels.code).toBe(1);
    expect(labels.stderr).toContain('"neutral"');
    const wide = world.write("wide.txt", gloveText(["fresh", "oov9"], 9, 12));
    const dimension = await goOn("dimension", "--vectors", wide);
    expect(dimension.code).toBe(1);
    expect(dimension.stderr).toContain("dimension 8");
    const head = await goOn("head", "--head", "mlp");
    expect(head.code).toBe(2);
    expect(head.stderr).toContain("--head comes from the model");
  });
});
