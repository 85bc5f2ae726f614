import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openPredictor } from "../src/index.ts";
import { run } from "./support/run-command.ts";
import { createWorld, gloveText, vectorWords, type World } from "./support/world.ts";

let world: World;
let count = 0;
let out: string;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

/** Runs `finetune` with the world's files, but for those given. */
async function finetune(
  files: Partial<Record<"vectors" | "train" | "dev" | "test" | "out", string>>,
  ...flags: string[]
) {
  out = files.out ?? world.path(`out-${count++}`);
  const { vectors = world.vectors, train = world.train, dev = world.dev, test } = files;
  const argv = ["finetune", "--vectors", vectors, "--train", train, "--dev", dev, "--out", out, "--epochs", "3"];
  return run([...argv, ...(test === undefined ? [] : ["--test", test]), ...flags]);
}

describe("a bad vector file", () => {
  afterEach(() => {
    expect(existsSync(out)).toBe(false);
  });
  const text = gloveText(vectorWords);
  it.each([
    ["missing", null, /no such file/],
    ["empty", "", /empty/],
    ["truncated in a row", text.slice(0, text.length - 20), /line \d+/],
    ["of wrong dimension in a row", `${text}extra 0.1 0.2\n`, /line 96/],
    ["with a header that lies", `9999999 8\n${text}`, /line 1: .*promises 9999999 rows, but the file has 95/],
    ["with NaN", text.replace(/0\.\d+/, "nan"), /line \d+/],
    ["cut-off gzip", gzipSync(text).subarray(0, 500), /gzip/],
    ["binary", Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 37) % 256)), /./],
    ["of other words", gloveText(["q1", "q2", "q3"]), /NO_VOCABULARY_OVERLAP/],
  ])("%s: is an error that names it, and nothing is written", async (name, content, message) => {
    const vectors = content === null ? world.path("missing.txt") : world.write(`bad ${name}.txt`, content);
    const ran = await finetune({ vectors });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr).toMatch(/^error (BAD_VECTOR_FILE|NO_VOCABULARY_OVERLAP): /m);
    if (!ran.stderr.includes("OVERLAP")) expect(ran.stderr).toContain(vectors);
    expect(ran.stdout).toBe("");
  });
});

describe("a vector file with faults that lose nothing", () => {
  it.each([
    ["one row less than its header says", `96 8\n${gloveText(vectorWords)}`, "promises 96 rows, but the file has 95"],
    [
      "a word twice",
      `${gloveText(vectorWords)}${gloveText(["g1x"], 2)}`,
      '1 row left out whose word came before: "g1x"',
    ],
  ])("%s: is read with a note", async (name, content, note) => {
    const ran = await finetune({ vectors: world.write(`${name}.txt`, content) });
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`note: `);
    expect(ran.stderr).toContain(note);
  });
});

describe("bad text", () => {
  it.each([
    ["missing.tsv", null, /missing\.tsv: no such file/],
    ["empty.tsv", "", /empty\.tsv.*found none/],
    ["one-label.tsv", "pos\tg1x\npos\tg2x\n", /at least two labels, found only "pos"/],
    ["columns.csv", "review,stars\ngood,5\n", /"text".*"review"/s],
    ["latin1.tsv", Buffer.from("pos\tg1x\nneg\tb1x caf\xe9\n", "latin1"), /latin1\.tsv, line 2/],
    ["no-tab.tsv", "just words\nmore words\n", /no-tab\.tsv/],
    ["what.xyz", "pos\tg1x\n", /\.tsv, \.csv, \.jsonl/],
  ])("%s is an error that says what is wrong", async (name, content, message) => {
    const train = content === null ? world.path(name) : world.write(name, content);
    const ran = await finetune({ train });
    expect(ran.stderr).toMatch(message);
    expect([1, 2]).toContain(ran.code);
    expect(existsSync(out)).toBe(false);
  });

  it("with rows that lack text or label goes on without them, and says which", async () => {
    const train = world.write("gaps.tsv", `${readFileSync(world.train, "utf8")}pos\t\n\tg1x\nneg\tb1x\n`);
    const ran = await finetune({ train }, "--json");
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout).data.train).toEqual({ rows: 241, skipped: 2 });
    expect(ran.stderr).toMatch(/left out 2 rows.*line 241: no text; line 242: no label/);
    const strict = await finetune({ train }, "--strict");
    expect(strict.code).toBe(1);
    expect(strict.stderr).toContain("line 241");
  });

  it("without a known word in an example trains on, and counts it", async () => {
    const train = world.write("unknown.tsv", `${readFileSync(world.train, "utf8")}pos\t?????\n`);
    const dev = world.write("unknown-dev.tsv", "pos\tqqqq wwww\nneg\tb1x b2x\n");
    const ran = await finetune({ train, dev }, "--tokenizer", "whitespace", "--min-count", "2");
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain("2 texts without any known word");
  });

  it("of rare words only is no text without words, whatever --min-count says", async () => {
    const all = await finetune({}, "--oov", "zero");
    const rare = await finetune({}, "--oov", "zero", "--min-count", "1000");
    expect([all.code, rare.code], rare.stderr).toEqual([0, 0]);
    const rows = (folder: string) => JSON.parse(readFileSync(`${folder}/model/config.json`, "utf8")).table.rows;
    // The five words of the text without a vector have no row; those with one keep it.
    expect(rows(out)).toBe(vectorWords.length);
    expect(rows(world.path(`out-${count - 2}`))).toBe(vectorWords.length + 5);
  });

  it("with a label in dev that train lacks is an error", async () => {
    const ran = await finetune({ dev: world.write("labels.tsv", "pos\tg1x\nmeh\tn1x\n") });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/labels\.tsv: label "meh" \(line 2\)/);
  });
});

describe("an output that cannot be written", () => {
  it("because a file stands there, or in the way", async () => {
    const file = world.write("taken", "mine");
    for (const place of [file, `${file}/below`]) {
      const ran = await finetune({ out: place });
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/error OUTPUT_FAILED: cannot write to .*taken/);
    }
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  it("because the file system refuses", async () => {
    const ran = await finetune({ out: "/proc/thawline-run" });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("error OUTPUT_FAILED");
  });

  it("because something is in the way of a result: what is there is whole, and the record says that it failed", async () => {
    const folder = world.path("blocked");
    const argv = ["finetune", "--vectors", world.vectors, "--train", world.train, "--out", folder, "--epochs", "2"];
    const ran = await run(argv, {
      onText: (text) => {
        if (/^ +1 {2}/.test(text)) mkdirSync(`${folder}/vectors.txt`);
      },
    });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/error OUTPUT_FAILED: cannot write .*vectors\.txt: it is a directory/);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(JSON.parse(readFileSync(`${folder}/run.json`, "utf8"))).toMatchObject({
      status: "failed",
      error: { code: "OUTPUT_FAILED" },
    });
    await (await openPredictor(folder)).close();
  });

  it("is refused where a folder is not empty", async () => {
    const folder = world.path("full");
    mkdirSync(`${folder}/data`, { recursive: true });
    const ran = await finetune({ out: folder });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("not empty");
    expect(readdirSync(folder)).toEqual(["data"]);
  });

  it("is refused where an earlier run stands, and replaced with --force", async () => {
    const folder = world.path("twice");
    expect((await finetune({ out: folder })).code).toBe(0);
    writeFileSync(`${folder}/notes.txt`, "mine");
    const again = await finetune({ out: folder });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("--force");
    expect((await finetune({ out: folder }, "--force", "--seed", "5")).code).toBe(0);
    expect(JSON.parse(readFileSync(`${folder}/run.json`, "utf8")).seed).toBe(5);
    expect(readFileSync(`${folder}/notes.txt`, "utf8")).toBe("mine");
    const foreign = world.path("foreign");
    mkdirSync(foreign);
    writeFileSync(`${foreign}/model`, "mine");
    expect((await finetune({ out: foreign }, "--force")).code).toBe(2);
    expect(readFileSync(`${foreign}/model`, "utf8")).toBe("mine");
  });
});

describe("numbers that are no longer finite", () => {
  it("stop the run with step, group and advice; without a finished epoch no model is written", async () => {
    const ran = await finetune({}, "--lr", "3e38");
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(
      /error NON_FINITE: step \d+ \(phase "frozen", group "head[^"]*", learning rate 3e\+38\)/,
    );
    expect(ran.stderr).toContain("smaller learning rate");
    expect(ran.stderr).toContain("no model was written");
    expect(existsSync(`${out}/model`)).toBe(false);
    expect(JSON.parse(readFileSync(`${out}/run.json`, "utf8"))).toMatchObject({
      status: "failed",
      error: { code: "NON_FINITE" },
    });
  });

  it("later on keep the last good weights", async () => {
    const flags = ["--freeze-epochs", "1", "--optimizer", "sgd", "--lr", "0.1", "--embedding-lr", "1e38"];
    const ran = await finetune({}, ...flags);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/phase "tuned"/);
    expect(ran.stderr).toContain(`were written to ${out}/model`);
    const predictor = await openPredictor(out);
    const [prediction] = await predictor.predict(["g1x g2x"]);
    await predictor.close();
    expect(prediction!.probability).toBeGreaterThan(0.5);
    expect(readdirSync(out).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
