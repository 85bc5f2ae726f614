import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { applyDelta, readSafetensors, revertDelta } from "@thawline/vectors";
import { readDeltaFile, readVectorsFile, writeVectorsFile } from "@thawline/vectors/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./support/run-command.ts";
import { createWorld, readGlove, vectorWords, type World } from "./support/world.ts";

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

const inputs = () => ["--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--test", world.test];
const short = ["--epochs", "4", "--freeze-epochs", "2"];

async function finetune(name: string, ...flags: string[]) {
  const out = world.path(name);
  const ran = await run(["finetune", ...inputs(), "--out", out, "--json", ...flags]);
  expect(ran.stderr.includes("error"), ran.stderr).toBe(false);
  expect(ran.code).toBe(0);
  return { out, document: JSON.parse(ran.stdout) };
}

describe("finetune --json", () => {
  it("prints every key of the contract, with figures that fit the inputs", async () => {
    const { out, document } = await finetune("complete", ...short);
    const scores = { accuracy: expect.any(Number), macroF1: expect.any(Number), loss: expect.any(Number) };
    expect(document).toMatchObject({
      command: "finetune",
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      backend: "cpu",
      head: "linear",
      policy: "gradual",
      seed: 1,
      data: {
        train: { rows: 240, skipped: 0 },
        dev: { rows: 60, skipped: 0 },
        test: { rows: 60, skipped: 0 },
        labels: ["neg", "pos"],
      },
      vectors: { format: "glove", rows: vectorWords.length, dimension: 8, loadedRows: vectorWords.length },
      coverage: { types: expect.any(Number), tokens: expect.any(Number), oovTypes: 5 },
      metrics: {
        train: { ...scores, rows: 240 },
        dev: { ...scores, rows: 60 },
        test: { ...scores, rows: 60 },
      },
      timing: { loadMs: expect.any(Number), trainMs: expect.any(Number), examplesPerSecond: expect.any(Number) },
      memory: { peakRssBytes: expect.any(Number) },
      artifacts: { model: `${out}/model`, vectors: `${out}/vectors.txt`, delta: `${out}/delta.safetensors` },
    });
    expect(document.epochs).toHaveLength(4);
    for (const epoch of document.epochs) {
      const contract = ["epoch", "phase", "learningRates", "trainLoss", "devLoss", "devAccuracy", "meanCosineDistance"];
      expect(Object.keys(epoch).sort()).toEqual([...contract, "drift", "sampledDrift"].sort());
    }
    expect(document.epochs.map((epoch: { phase: string }) => epoch.phase)).toEqual([
      "frozen",
      "frozen",
      "tuned",
      "tuned",
    ]);
    expect(document.bestEpoch).toBeGreaterThan(0);
    expect(Object.keys(document.drift)).toEqual(
      expect.arrayContaining([
        "movedRows",
        "frozenRows",
        "frozenRowsBitIdentical",
        "meanCosineDistance",
        "p95CosineDistance",
        "meanL2",
        "maxL2",
        "neighborOverlapAt10",
        "mostMoved",
      ]),
    );
    expect(document.drift.movedRows + document.drift.frozenRows).toBe(vectorWords.length);
    expect(document.drift.mostMoved[0]).toMatchObject({
      word: expect.any(String),
      cosineDistance: expect.any(Number),
      l2: expect.any(Number),
      count: expect.any(Number),
    });
    expect(JSON.stringify(document)).not.toContain("undefined");
  });

  it("trains the head alone first, then the vectors too, at a smaller rate", async () => {
    const { document } = await finetune("rates", ...short, "--lr", "0.02");
    const rates = document.epochs.map((epoch: { learningRates: Record<string, number> }) => epoch.learningRates);
    expect(rates.map((each: Record<string, number>) => each.embeddings)).toEqual([0, 0, 0.004, 0.004]);
    expect(rates.map((each: Record<string, number>) => each["head.output"])).toEqual([0.02, 0.02, 0.02, 0.02]);
  });

  it("unfreezes when the dev loss stops falling", async () => {
    const { document } = await finetune("plateau", "--epochs", "12", "--unfreeze-on", "plateau", "--lr", "0.3");
    const frozen = document.epochs.filter((epoch: { phase: string }) => epoch.phase === "frozen");
    const losses = frozen.map((epoch: { devLoss: number }) => epoch.devLoss);
    // Every frozen epoch but the last gained; the last did not, or was the fiftieth.
    for (let i = 1; i < losses.length - 1; i++) expect(losses[i]).toBeLessThan(Math.min(...losses.slice(0, i)));
    expect(losses.at(-1) >= Math.min(...losses.slice(0, -1)) || losses.length === 50).toBe(true);
    expect(document.epochs.length).toBeGreaterThan(frozen.length);
  });

  it("gives dev and test scores of the best frozen and the best tuned epoch", async () => {
    const { document } = await finetune("phases", ...short);
    const { frozen, tuned } = document.phases;
    const devLoss = (epoch: number) => document.epochs[epoch - 1].devLoss;
    expect(frozen.dev.loss).toBeCloseTo(devLoss(frozen.epoch), 6);
    expect(tuned.dev.loss).toBeCloseTo(devLoss(tuned.epoch), 6);
    expect(frozen.epoch).toBeLessThanOrEqual(2);
    expect(tuned.epoch).toBeGreaterThan(2);
    expect(frozen.test.rows).toBe(60);
    const best = Math.min(frozen.dev.loss, tuned.dev.loss);
    expect(document.metrics.dev.loss).toBeCloseTo(best, 6);
    expect(document.verdict.recommendation).toBe(tuned.dev.loss < frozen.dev.loss ? "tuned" : "frozen");
  });

  it("holds out a tenth of train where there is no dev, and says so", async () => {
    const out = world.path("held-out");
    const ran = await run([
      "finetune",
      "--vectors",
      world.vectors,
      "--train",
      world.train,
      "--out",
      out,
      "--json",
      ...short,
    ]);
    const document = JSON.parse(ran.stdout);
    expect(document.data).toMatchObject({ train: { rows: 216 }, dev: { rows: 24 }, test: null, devIsHeldOut: true });
    expect(document.metrics.test).toBeNull();
    expect(ran.stderr).toContain("held out of train");
  });

  it.each([
    ["full", "1"],
    ["mlp head", "2"],
  ])("runs with other choices: %s", async (name) => {
    const flags = {
      full: [
        "--policy",
        "full",
        "--optimizer",
        "adagrad",
        "--class-weights",
        "balanced",
        "--oov",
        "zero",
        "--l2",
        "0.001",
      ],
      "mlp head": [
        "--head",
        "mlp",
        "--head-options",
        "hidden=6,activation=tanh",
        "--dropout",
        "0.2",
        "--optimizer",
        "adamw",
        "--schedule",
        "slanted",
        "--warmup",
        "0.2",
        "--word-dropout",
        "0.1",
        "--max-norm",
        "3",
        "--oov",
        "unk",
        "--label-smoothing",
        "0.1",
      ],
    }[name]!;
    const { document } = await finetune(`choices ${name}`, "--epochs", "2", ...flags);
    expect(document.epochs).toHaveLength(2);
    expect(document.metrics.train.loss).toBeLessThan(0.7);
  });
});

describe("what a run writes", () => {
  it("is the same to the byte when the run is repeated", async () => {
    const bytes = async (name: string, ...flags: string[]) => {
      const { out } = await finetune(name, ...short, ...flags);
      return [
        "model/model.safetensors",
        "model/config.json",
        "model/README.md",
        "vectors.txt",
        "delta.safetensors",
      ].map((file) =>
        createHash("sha256")
          .update(readFileSync(`${out}/${file}`))
          .digest("hex"),
      );
    };
    expect(await bytes("once")).toEqual(await bytes("twice"));
    expect(await bytes("other seed", "--seed", "2")).not.toEqual(await bytes("once more"));
  });

  it("leaves every row alone with --policy frozen", async () => {
    const { out, document } = await finetune("frozen", "--policy", "frozen", "--epochs", "3", "--l2", "0.1");
    expect(readGlove(`${out}/vectors.txt`)).toEqual(readGlove(world.vectors));
    expect(document.drift).toMatchObject({
      movedRows: 0,
      frozenRowsBitIdentical: true,
      frozenRows: vectorWords.length,
    });
    const { frozenRows } = JSON.parse(readFileSync(`${out}/run.json`, "utf8"));
    expect(frozenRows.count).toBe(vectorWords.length);
    expect(frozenRows.sha256After).toBe(frozenRows.sha256Before);
    const before = createHash("sha256");
    for (const row of readGlove(world.vectors).values()) before.update(new Uint8Array(row.buffer));
    expect(frozenRows.sha256Before).toBe(before.digest("hex"));
  });

  it("moves rows of the training text only with the gradual policy", async () => {
    const { out } = await finetune("gradual", ...short, "--lr", "0.05");
    const text = new Set(readFileSync(world.train, "utf8").split(/\s+/));
    const before = readGlove(world.vectors);
    const after = readGlove(`${out}/vectors.txt`);
    const moved = vectorWords.filter((word) => !after.get(word)!.every((x, d) => Object.is(x, before.get(word)![d])));
    expect(moved.length).toBeGreaterThan(20);
    expect(moved.filter((word) => !text.has(word))).toEqual([]);
    expect(world.unused.every((word) => after.has(word))).toBe(true);
    // Words without a vector are new rows, after those of the file.
    expect([...after.keys()].slice(0, vectorWords.length)).toEqual(vectorWords);
    expect([...after.keys()].slice(vectorWords.length).every((word) => word.startsWith("oov"))).toBe(true);
  });

  it("has a delta that makes the tuned table out of the base, exactly", async () => {
    const { out } = await finetune("delta", ...short);
    const delta = readSafetensors(readFileSync(`${out}/delta.safetensors`));
    const sha256 = createHash("sha256").update(readFileSync(world.vectors)).digest("hex");
    expect(delta.metadata.get("base_sha256")).toBe(sha256);
    const words: string[] = JSON.parse(delta.metadata.get("words")!);
    const data = delta.tensors.get("embeddings")!.data as Float32Array;
    const table = readGlove(world.vectors);
    for (const [i, word] of words.entries()) table.set(word, data.slice(i * 8, (i + 1) * 8));
    expect(table).toEqual(readGlove(`${out}/vectors.txt`));
  });

  it.each([
    ["all", []],
    ["data", ["--model-rows", "data"]],
    ["some", ["--model-rows", "40"]],
    ["unk", ["--oov", "unk"]],
  ])("has a delta that the vectors package applies and reverts, to the bit (%s)", async (name, flags) => {
    const { out } = await finetune(`delta-${name}`, ...short, ...flags);
    const delta = await readDeltaFile(`${out}/delta.safetensors`);
    const base = await readVectorsFile(world.vectors);
    const tuned = await readVectorsFile(`${out}/vectors.txt`);
    expect(delta.rows.length).toBeGreaterThan(20);
    const applied = applyDelta(base, delta);
    expect(applied.words).toEqual(tuned.words);
    expect(applied.data).toEqual(tuned.data);
    const reverted = revertDelta(tuned, delta);
    expect(reverted.words).toEqual(base.words);
    expect(reverted.data).toEqual(base.data);
    expect(() => applyDelta(tuned, delta)).toThrow(/another base table/);
  });

  it("has a delta to the model that it goes on from, with the words that --vectors adds", async () => {
    const first = await finetune("delta-first", ...short, "--model-rows", "data");
    const text = world.write(
      "delta-more.tsv",
      `${readFileSync(world.train, "utf8")}pos\tu1x g1x\nneg\tu2x b1x newword\n`,
    );
    const out = world.path("delta-next");
    const argv = [
      "finetune",
      "--from-model",
      first.out,
      "--vectors",
      world.vectors,
      "--train",
      text,
      "--dev",
      world.dev,
    ];
    const ran = await run([...argv, "--out", out, "--epochs", "2"]);
    expect(ran.code, ran.stderr).toBe(0);
    const delta = await readDeltaFile(`${out}/delta.safetensors`);
    const base = await readVectorsFile(`${first.out}/model/model.safetensors`);
    const tuned = await readVectorsFile(`${out}/vectors.safetensors`);
    expect(delta.words).toContain("u1x");
    expect(applyDelta(base, delta)).toMatchObject({ words: tuned.words, data: tuned.data });
    expect(revertDelta(tuned, delta)).toMatchObject({ words: base.words, data: base.data });
  });

  it("keeps format and compression of the vectors, and all of their rows with --model-rows data", async () => {
    const packed = world.write("packed.txt.gz", gzipSync(readFileSync(world.vectors)));
    const out = world.path("packed");
    const all = await finetune("all-rows", ...short);
    const argv = [
      "finetune",
      ...inputs(),
      "--vectors",
      packed,
      "--out",
      out,
      ...short,
      "--model-rows",
      "data",
      "--json",
    ];
    const ran = await run(argv);
    expect(ran.code, ran.stderr).toBe(0);
    const document = JSON.parse(ran.stdout);
    expect(document.vectors).toMatchObject({ rows: vectorWords.length, loadedRows: vectorWords.length - 25 });
    const tuned = await readVectorsFile(`${out}/vectors.txt.gz`);
    const kept = await readVectorsFile(`${all.out}/vectors.txt`);
    expect(tuned.compression).toBe("gzip");
    expect(tuned.words.slice(0, vectorWords.length)).toEqual(vectorWords);
    // What is loaded besides the data's rows changes nothing but the rows drawn for words without a vector.
    expect(kept.words.length).toBe(tuned.words.length);
  });

  it.each(["vectors.vec", "vectors.bin", "vectors.safetensors", "vectors.bin.gz"] as const)(
    "is %s where the input was: the same rows, but for those that moved",
    async (name) => {
      const glove = await readVectorsFile(world.vectors);
      const vectors = world.path(name);
      await writeVectorsFile(vectors, glove);
      const frozen = await finetune(`frozen ${name}`, "--vectors", vectors, "--policy", "frozen", "--epochs", "1");
      expect(readFileSync(`${frozen.out}/${name}`).equals(readFileSync(vectors))).toBe(true);
      const tuned = await finetune(`tuned ${name}`, "--vectors", vectors, ...short);
      const fromText = await finetune(`text ${name}`, ...short);
      const [a, b] = [await readVectorsFile(`${tuned.out}/${name}`), readGlove(`${fromText.out}/vectors.txt`)];
      expect(new Map(a.words.map((word, i) => [word, a.data.slice(i * 8, (i + 1) * 8)]))).toEqual(b);
    },
  );

  it("holds a policy of the user's own to its row rules", async () => {
    const policy = {
      name: "frequent",
      phases: [
        { name: "head", learningRates: { embeddings: 0 }, until: { kind: "epochs", epochs: 1 } },
        { name: "both", learningRates: { embeddings: 0.5 }, rows: { kind: "min-count", count: 25 } },
      ],
    };
    const file = world.write("policy.json", JSON.stringify(policy));
    const { out, document } = await finetune("policy", "--epochs", "3", "--policy", file, "--lr", "0.05");
    expect(document.policy).toBe("frequent");
    const counts = new Map<string, number>();
    for (const word of readFileSync(world.train, "utf8").split(/\s+/)) counts.set(word, (counts.get(word) ?? 0) + 1);
    const before = readGlove(world.vectors);
    const after = readGlove(`${out}/vectors.txt`);
    const moved = vectorWords.filter((word) => !after.get(word)!.every((x, d) => Object.is(x, before.get(word)![d])));
    const frequent = vectorWords.filter((word) => (counts.get(word) ?? 0) >= 25);
    expect(moved).toEqual(frequent);
    expect(moved.length).toBeGreaterThan(0);
    const { frozenRows } = JSON.parse(readFileSync(`${out}/run.json`, "utf8"));
    expect(frozenRows).toMatchObject({ count: vectorWords.length - frequent.length, bitIdentical: true });
    const unknown = world.write("group.json", JSON.stringify({ phases: [{ learningRates: { embedding: 0 } }] }));
    const ran = await run(["finetune", ...inputs(), "--policy", unknown, "--out", world.path("group")]);
    expect([ran.code, ran.stderr.includes("UNKNOWN_GROUP")]).toEqual([2, true]);
    const misspelt = world.write("key.json", JSON.stringify({ phases: [{ learningRate: { embeddings: 0 } }] }));
    const refused = await run(["finetune", ...inputs(), "--policy", misspelt, "--out", world.path("key")]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('unknown key "learningRate"; did you mean "learningRates"?');
  });

  it("logs one line an epoch, keeps at most two checkpoints, and leaves no temporary file", async () => {
    const { out, document } = await finetune("files", ...short, "--checkpoint-every", "1");
    const lines = readFileSync(`${out}/metrics.ndjson`, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(document.epochs);
    expect(readdirSync(`${out}/checkpoints`)).toHaveLength(2);
    expect(readdirSync(out).sort()).toEqual(
      [
        "checkpoints",
        "delta.safetensors",
        "metrics.ndjson",
        "model",
        "report.html",
        "report.md",
        "run.json",
        "vectors.txt",
      ].sort(),
    );
    expect(readdirSync(`${out}/model`).sort()).toEqual([
      "README.md",
      "config.json",
      "model.safetensors",
      "tokenizer.json",
    ]);
    const record = JSON.parse(readFileSync(`${out}/run.json`, "utf8"));
    expect(record).toMatchObject({ ...document, status: "finished", config: { seed: 1, epochs: 4 } });
    expect(record.inputs.train).toBe(createHash("sha256").update(readFileSync(world.train)).digest("hex"));
  });
});

describe("what people see", () => {
  it("is the epoch table and the summary on stdout, notes on stderr, and nothing of it with --quiet", async () => {
    const argv = (name: string) => ["finetune", ...inputs(), "--out", world.path(name), ...short];
    const loud = await run(argv("loud"));
    expect(loud.stdout).toMatch(/epoch {2}phase/);
    expect(loud.stdout).toContain("frozen vectors");
    expect(loud.stdout).toContain("tuned vectors");
    expect(loud.stdout).toContain("moved most");
    expect(loud.stderr).toContain("coverage of the training text");
    expect(loud.stderr).not.toContain("\u001b");
    const quiet = await run([...argv("quiet"), "--quiet"]);
    expect(quiet.stderr).toBe("");
  });

  it("has a progress line and colours on a terminal, as far as NO_COLOR and CI let it", async () => {
    const seen = async (name: string, env: Record<string, string>) => {
      const argv = ["finetune", ...inputs(), "--out", world.path(`terminal ${name}`), ...short];
      const ran = await run(argv, { isTTY: true, env });
      return { line: ran.stderr.includes("\r\u001b[2K"), colours: /\u001b\[\d+m/.test(ran.stdout) };
    };
    expect(await seen("plain", {})).toEqual({ line: true, colours: true });
    expect(await seen("no colour", { NO_COLOR: "1" })).toEqual({ line: true, colours: false });
    expect(await seen("ci", { CI: "true" })).toEqual({ line: false, colours: false });
  });

  it("says plainly where tuning did not help", async () => {
    // Labels swapped: the better the training text is learnt, the worse this gets.
    const swapped = readFileSync(world.dev, "utf8").replace(/^(pos|neg)/gm, (label) =>
      label === "pos" ? "neg" : "pos",
    );
    const argv = ["finetune", ...inputs(), "--dev", world.write("swapped.tsv", swapped), "--out", world.path("worse")];
    const ran = await run([...argv, ...short]);
    expect(ran.stdout).toContain("Keep the vectors frozen");
    const { drift } = JSON.parse(readFileSync(world.path("worse/run.json"), "utf8"));
    expect(drift.movedRows).toBe(0);
  });
});
