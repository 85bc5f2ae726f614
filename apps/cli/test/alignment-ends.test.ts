import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { alignmentChecksum } from "@thawline/text";
import { readSafetensors, writeSafetensors } from "@thawline/vectors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fineTuneFiles } from "../src/index.ts";
import { prepare } from "../src/pipeline/prepare.ts";
import { verifyProof } from "../src/pipeline/prove-alignment.ts";
import { resolveSettings } from "../src/pipeline/settings.ts";
import { run } from "./support/run-command.ts";
import { createWorld, gloveText, labelledText, vectorWords, type World } from "./support/world.ts";

let world: World;
let trained: string;
let other: string;

const argvOf = (vectors: string, out: string) => [
  ...["finetune", "--vectors", vectors, "--train", world.train, "--dev", world.dev, "--out", out],
  ...["--epochs", "4", "--freeze-epochs", "1", "--lr", "0.05", "--no-report"],
];
beforeAll(async () => {
  world = createWorld();
  trained = world.path("trained");
  other = world.path("other");
  expect((await run(argvOf(world.vectors, trained))).code).toBe(0);
  // Another run's: the same words in another order, with other vectors.
  const reversed = world.write("reversed.txt", gloveText([...vectorWords].reverse(), 5));
  expect((await run(argvOf(reversed, other))).code).toBe(0);
});
afterAll(() => world.remove());

interface Weights {
  words: string[];
  embeddings: Float32Array;
}

/** A copy of the model with its words and rows changed, and every hash of the file made to fit again. */
function tampered(
  name: string,
  change: (weights: Weights) => Weights,
  recompute = { file: true, words: false },
): string {
  const folder = world.path(name);
  cpSync(`${trained}/model`, folder, { recursive: true });
  const file = `${folder}/model.safetensors`;
  const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync(file)));
  const before = {
    words: JSON.parse(metadata.get("words")!),
    embeddings: tensors.get("embeddings")!.data as Float32Array,
  };
  const { words, embeddings } = change(before);
  const all = new Map(tensors).set("embeddings", { ...tensors.get("embeddings")!, data: embeddings } as never);
  const bytes = writeSafetensors(all, { metadata: new Map(metadata).set("words", JSON.stringify(words)) });
  writeFileSync(file, bytes);
  const config = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));
  if (recompute.file) config.weights.sha256 = createHash("sha256").update(bytes).digest("hex");
  if (recompute.words) config.table.alignment = alignmentChecksum(words);
  writeFileSync(`${folder}/config.json`, JSON.stringify(config));
  return folder;
}

const swapWords = ({ words, embeddings }: Weights): Weights => {
  const swapped = [...words];
  [swapped[3], swapped[7]] = [words[7]!, words[3]!];
  return { words: swapped, embeddings };
};
const swapRows = ({ words, embeddings }: Weights): Weights => {
  const data = embeddings.slice();
  data.set(embeddings.subarray(3 * 8, 4 * 8), 7 * 8);
  data.set(embeddings.subarray(7 * 8, 8 * 8), 3 * 8);
  return { words, embeddings: data };
};
const shiftRows = ({ words, embeddings }: Weights): Weights => {
  const data = embeddings.slice();
  data.set(embeddings.subarray(0, embeddings.length - 8), 8);
  data.set(embeddings.subarray(embeddings.length - 8), 0);
  return { words, embeddings: data };
};
const otherVocabulary = ({ words, embeddings }: Weights): Weights => ({ words: [...words].reverse(), embeddings });

const everything = { file: true, words: true };
const cases: readonly (readonly [string, (weights: Weights) => Weights, { file: boolean; words: boolean }, RegExp])[] =
  [
    ["two words swapped", swapWords, { file: true, words: false }, /row 3 .*it holds that of "n3x".*words were moved/],
    ["two words swapped, with the words' checksum made to fit", swapWords, everything, /words were moved/],
    ["two rows swapped", swapRows, everything, /row 3 .*rows 3 and 7 \("n7x"\) are swapped/],
    [
      "a table shifted by one row",
      shiftRows,
      everything,
      /row 0 .*row 1, the row of "n1x": the table is shifted by one row/,
    ],
    [
      "a table shifted by one row, and no hash made to fit",
      shiftRows,
      { file: false, words: false },
      /shifted by one row/,
    ],
    ["a vocabulary from another run", otherVocabulary, { file: true, words: false }, /rows are wrong/],
    ["a vocabulary from another run, with its checksum", otherVocabulary, everything, /rows are wrong/],
  ];

describe.each(cases)("a model with %s is refused with ALIGNMENT_MISMATCH", (name, change, recompute, message) => {
  const ends: readonly (readonly [string, (model: string) => string[]])[] = [
    ["predict", (model) => ["predict", "--model", model, world.write("line.txt", "g1x\n")]],
    ["evaluate", (model) => ["evaluate", "--model", model, "--data", world.test]],
    ["export", (model) => ["export", "--model", model, "--format", "word2vec", "--out", world.path("never.vec")]],
    [
      "training (--from-model)",
      (model) => ["finetune", "--from-model", model, "--train", world.train, "--out", world.path("never")],
    ],
  ];
  it.each(ends)("by %s", async (end, argv) => {
    const folder = tampered(`${name} ${end}`.replaceAll(/\W+/g, "-"), change, recompute);
    const ran = await run(argv(folder));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/error ALIGNMENT_MISMATCH: .*model\.safetensors: words and rows do not belong together/);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toMatch(/Take words and vectors from one run, unchanged/);
    expect(readdirSync(world.folder)).not.toContain("never.vec");
  });
});

it("weights of one run beside the config of another are refused too", async () => {
  const folder = world.path("mixed");
  cpSync(`${trained}/model`, folder, { recursive: true });
  cpSync(`${other}/model/model.safetensors`, `${folder}/model.safetensors`);
  const config = JSON.parse(readFileSync(`${folder}/config.json`, "utf8"));
  config.weights = JSON.parse(readFileSync(`${other}/model/config.json`, "utf8")).weights;
  writeFileSync(`${folder}/config.json`, JSON.stringify(config));
  const ran = await run(["predict", "--model", folder, world.write("line.txt", "g1x\n")]);
  expect(ran.stderr).toMatch(/ALIGNMENT_MISMATCH.*(checksum|another run)/);
});

describe("training is refused with ALIGNMENT_MISMATCH", () => {
  const settings = () => resolveSettings({ vectors: world.vectors, train: world.train, dev: world.dev, out: "unused" });

  it("where words or rows change between loading and the first step", async () => {
    const { proof, alignment } = await prepare(settings());
    const verify = (change: object) => () => verifyProof(proof, { ...alignment, ...change }, "before training");
    expect(verify({})).not.toThrow();
    const words = [...alignment.words];
    [words[4], words[5]] = [words[5]!, words[4]!];
    expect(verify({ words })).toThrow(/before training: .*row 4 does not hold the vector of its word "n4x"/);
    const anchor = alignment.table.anchor.slice();
    anchor.copyWithin(2 * 8, 8);
    const table = { ...alignment.table, anchor };
    expect(verify({ table })).toThrow(expect.objectContaining({ code: "ALIGNMENT_MISMATCH" }));
    expect(verify({ table })).toThrow(/shifted by one row/);
    expect(verify({ words: ["", ...vectorWords].reverse() })).toThrow(
      expect.objectContaining({ code: "ALIGNMENT_MISMATCH" }),
    );
  });

  it("of a whole run whose words are swapped after loading, before any step is taken", async () => {
    // A listener that changes what it is shown stands for any code between loading and training.
    const swapped = fineTuneFiles(
      {
        vectors: world.vectors,
        train: world.train,
        dev: world.dev,
        out: world.path("swapped"),
        epochs: 1,
        report: false,
      },
      {
        onEvent: (event) => {
          if (event.kind !== "prepared") return;
          const words = event.prepared.aligned.words as string[];
          [words[4], words[5]] = [words[5]!, words[4]!];
        },
      },
    );
    await expect(swapped).rejects.toMatchObject({ code: "ALIGNMENT_MISMATCH" });
    await expect(swapped).rejects.toThrow(/before training: .*row 4 does not hold the vector of its word "n4x"/);
    expect(readFileSync(`${world.path("swapped")}/metrics.ndjson`, "utf8")).toBe("");
    expect(JSON.parse(readFileSync(`${world.path("swapped")}/run.json`, "utf8"))).toMatchObject({ status: "failed" });
  });

  it("by --resume, with the checkpoint of a run over another vocabulary", async () => {
    const stop = async (vectors: string, out: string) => {
      const controller = new AbortController();
      const ran = await run([...argvOf(vectors, out)], {
        signal: controller.signal,
        onText: (text) => {
          if (/^\s*2\s/.test(text)) controller.abort();
        },
      });
      expect(ran.code, ran.stderr).toBe(130);
    };
    const [first, second] = [world.path("stopped"), world.path("stopped-other")];
    await stop(world.vectors, first);
    await stop(world.path("reversed.txt"), second);
    const mixed = world.path("stopped-mixed");
    cpSync(first, mixed, { recursive: true });
    cpSync(`${second}/checkpoints`, `${mixed}/checkpoints`, { recursive: true, force: true });
    const ran = await run(["finetune", "--out", mixed, "--resume"]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/ALIGNMENT_MISMATCH: .*checkpoint is of a table with other words or rows/);
    expect((await run(["finetune", "--out", first, "--resume"])).code).toBe(0);
  });
});

it("extending a model's vocabulary keeps every trained row, its number and its bits", async () => {
  const vectors = world.write("more.txt", gloveText(["fresh", "newer", "G1X", "g1x"], 9));
  const train = world.write("more.tsv", `${labelledText(60, 7)}pos\tfresh g1x novel\nneg\tb1x fresh\n`);
  const out = world.path("grown");
  const argv = ["finetune", "--from-model", trained, "--vectors", vectors, "--train", train, "--dev", world.dev];
  const ran = await run([...argv, "--out", out, "--policy", "frozen", "--epochs", "1", "--json", "--no-report"]);
  expect(ran.code, ran.stderr).toBe(0);
  const read = (folder: string) => {
    const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync(`${folder}/model/model.safetensors`)));
    return {
      words: JSON.parse(metadata.get("words")!) as string[],
      data: tensors.get("embeddings")!.data as Float32Array,
    };
  };
  const [before, after] = [read(trained), read(out)];
  expect(after.words.slice(0, before.words.length)).toEqual(before.words);
  expect(after.data.subarray(0, before.data.length)).toEqual(before.data);
  // Of the file only what the text needs, and nothing under a word that the model knows.
  expect(after.words.slice(before.words.length)).toEqual(["fresh", "novel"]);
  expect(JSON.parse(ran.stdout).vectors.loadedRows).toBe(before.words.length + 1);
});
