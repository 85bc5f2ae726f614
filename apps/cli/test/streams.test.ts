import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleCommand } from "./support/bundle-command.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

const goldenVectors = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/vectors/test/golden/${name}`, import.meta.url));
const goldenText = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/text/test/golden/parquet/${name}`, import.meta.url));

let world: World;
let script: string;
beforeAll(async () => {
  world = createWorld();
  script = await bundleCommand();
}, 120_000);
afterAll(() => {
  world.remove();
  rmSync(dirname(script), { recursive: true, force: true });
});

/** Runs the command as a process of its own with `input` on stdin; its stdout as bytes. */
function pipe(input: Uint8Array | string, ...argv: string[]) {
  const child = spawn(process.execPath, [script, ...argv], { cwd: world.folder, env: { PATH: process.env.PATH } });
  const out: Buffer[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  // The command may end before it has read all.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const { pid } = child;
  return new Promise<{ pid: number | undefined; code: number | null; stdout: Buffer; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ pid, code, stdout: Buffer.concat(out), stderr }));
  });
}

const compass = "east 1 0\nnorth 0 0.1\nwest -1 0\n";
const reviews = (rows: readonly (readonly [string, string])[]) => rows.map((row) => row.join("\t")).join("\n");

describe("stdin and stdout", () => {
  it.each(["word2vec", "word2vec-binary", "safetensors"])(
    "convert - - through %s and back gives the same bytes, and leaves no file behind",
    async (format) => {
      const there = await pipe(compass, "convert", "-", "-", "--to", format);
      expect(there.code, there.stderr).toBe(0);
      expect(there.stderr).toContain(`${format}, 3 rows`);
      const back = await pipe(there.stdout, "convert", "-", "-", "--to", "glove", "--quiet");
      expect(back).toMatchObject({ code: 0, stderr: "" });
      expect(back.stdout.toString()).toBe(compass);
      expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`thawline-${there.pid}-`))).toEqual([]);
    },
  );

  it("inspects gzip and a zip archive that come by a pipe", async () => {
    const packed = await pipe(gzipSync(compass), "inspect", "-", "--json");
    expect(JSON.parse(packed.stdout.toString())).toMatchObject({ rows: 3, dimension: 2, compression: "gzip" });
    const zipped = await pipe(readFileSync(goldenVectors("zips/one.zip")), "inspect", "-", "--json");
    expect(JSON.parse(zipped.stdout.toString())).toMatchObject({ rows: 5, dimension: 7, compression: "zip" });
    const several = await pipe(readFileSync(goldenVectors("zips/several.zip")), "inspect", "-");
    expect(several.code).toBe(1);
    expect(several.stderr).toContain("holds 4 files");
  });

  it("says what stdout cannot be", async () => {
    const cases = [
      [["convert", "-", "-"], 2, "say which format with --to"],
      [["convert", "-", "-", "--to", "npy"], 1, "need a file beside it"],
      [["convert", "-", "-", "--to", "glove", "--json"], 2, "--json prints on stdout"],
    ] as const;
    for (const [argv, code, message] of cases) {
      const ran = await pipe(compass, ...argv);
      expect([ran.code, ran.stderr]).toEqual([code, expect.stringContaining(message)]);
    }
  });

  it("ends without an error where the reader of stdout has seen enough", async () => {
    const rows = Array.from({ length: 50_000 }, (_, row) => `w${row} ${row} ${row / 8}\n`).join("");
    const many = world.write("many.txt", rows);
    const child = spawn(process.execPath, [script, "convert", many, "-", "--to", "glove"], { cwd: world.folder });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("reads labelled text by its content: tab-separated, CSV, JSON lines, Parquet, and gzip of them", async () => {
    const rows = [
      ["pos", "east north"],
      ["neg", "west"],
    ] as const;
    const csv = `label,text\n${rows.map((row) => row.join(",")).join("\n")}\n`;
    const jsonl = rows.map(([label, text]) => JSON.stringify({ label, text })).join("\n");
    const vectors = world.write("compass.txt", compass);
    for (const input of [reviews(rows), csv, jsonl, gzipSync(reviews(rows))]) {
      const { code, stdout, stderr } = await pipe(input, "align", "--vectors", vectors, "--data", "-", "--json");
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout.toString()).splits.train.tokens).toBe(1);
    }
    const parquet = readFileSync(goldenText("row-groups.parquet"));
    const { stdout } = await pipe(parquet, "align", "--vectors", vectors, "--data", "-", "--json");
    expect(JSON.parse(stdout.toString()).data.train.rows).toBe(200);
  });

  it("trains on one, and evaluates on one", async () => {
    const train = readFileSync(world.train);
    const ran = await pipe(
      train,
      "finetune",
      "--vectors",
      world.vectors,
      "--train",
      "-",
      "--out",
      "piped",
      "--epochs",
      "1",
    );
    expect(ran.code, ran.stderr).toBe(0);
    const evaluated = await pipe(train, "evaluate", "--model", "piped", "--data", "-", "--json");
    expect(JSON.parse(evaluated.stdout.toString()).metrics.rows).toBeGreaterThan(0);
  });
});

describe("stdin where it will not do", () => {
  it.each([
    [["align", "--vectors", "-", "--data", "-"], "--vectors and --data are all"],
    [["convert", "-", "out.vec", "--keep-words", "-"], "<in> and --keep-words"],
    [["inspect", "-", "--vectors-of", "-"], "<vectors> and --vectors-of"],
    [["neighbors", "-", "good", "--compare", "-"], "<vectors> and --compare"],
    [["finetune", "--vectors", "-", "--train", "t.tsv", "--out", "o"], "--vectors is read more than once"],
    [["finetune", "--vectors", "v", "--train", "-", "--dev", "-", "--out", "o"], "--train and --dev"],
  ])("%j is a usage error", async (argv, message) => {
    const ran = await run(argv);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe("Parquet and zip archives by their names", () => {
  it("finetune takes both, with the names of a ClassLabel", async () => {
    const ran = await run([
      ...["align", "--vectors", `${goldenVectors("zips/several.zip")}#vectors/gensim.vec`],
      ...["--data", goldenText("class-label.parquet"), "--json"],
    ]);
    expect(ran.code, ran.stderr).toBe(0);
    const audit = JSON.parse(ran.stdout);
    expect(audit.vectors).toMatchObject({ format: "word2vec", rows: 5 });
    expect(audit.perClass.map((each: { label: string }) => each.label).sort()).toEqual(["negative", "positive"]);
    // Nulls, an empty text and a label of −1.
    expect(audit.data.train).toMatchObject({ rows: 7, skipped: 3 });
  });
});

it("convert --keep-words without a match is an error, and writes nothing", async () => {
  const words = world.write("none.words", "EAST\nSouth\n");
  const source = world.write("compass.txt", compass);
  const ran = await run(["convert", source, world.path("kept.vec"), "--keep-words", words]);
  expect(ran.code).toBe(1);
  expect(ran.stderr).toContain("error NO_VOCABULARY_OVERLAP: none of the 2 words wanted");
  expect(ran.stderr).toContain('among the 3 rows read; its words begin "east", "north", "west"');
  expect(readdirSync(world.folder)).not.toContain("kept.vec");
});
