import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mcNemar } from "@thawline/analysis";
import { createRandom } from "@thawline/core";
import { afterAll, describe, expect, it } from "vitest";
import type { CompareDocument } from "../src/compare/document.ts";
import type { RunResult } from "../src/compare/run-arm.ts";
import { run } from "./support/run-command.ts";
import { gloveText } from "./support/world.ts";

const folder = mkdtempSync(join(tmpdir(), "thawline-compare-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);
const write = (name: string, content: string): string => {
  writeFileSync(path(name), content);
  return path(name);
};

const words = (letter: string): string[] => Array.from({ length: 40 }, (_, i) => `${letter}${i}x`);
const [likes, dislikes] = [words("p"), words("q")];
const rowsOf = (count: number, seed: number, labelOf: (own: boolean, random: () => number) => boolean): string => {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const isOwn = i % 2 === 0;
    const text = Array.from({ length: 4 }, () => (isOwn ? likes : dislikes)[random.nextBelow(40)]!).join(" ");
    return `${labelOf(isOwn, () => random.nextFloat()) ? "pos" : "neg"}\t${text} n${i}\n`;
  }).join("");
};
/** Each word belongs to one label, which four random numbers a word cannot show: only moving the words can. */
const learnable = (count: number, seed: number) => rowsOf(count, seed, (isOwn) => isOwn);
/** A coin's labels: nothing can be learned. */
const noise = (count: number, seed: number) => rowsOf(count, seed, (_, random) => random() < 0.5);

const vectors = write("vectors.txt", gloveText([...likes, ...dislikes], 5, 4));
const task = {
  train: write("train.tsv", learnable(300, 1)),
  dev: write("dev.tsv", learnable(120, 2)),
  test: write("test.tsv", learnable(120, 3)),
};
const coin = { train: write("coin-train.tsv", noise(300, 4)), dev: write("coin-dev.tsv", noise(200, 5)) };
const fast = ["--lr", "0.02", "--embedding-lr", "0.05", "--epochs", "12"];

const flagsOf = (files: Readonly<Record<string, string>>): string[] =>
  Object.entries(files).flatMap(([name, file]) => [`--${name}`, file]);
const compare = (out: string, files: Readonly<Record<string, string>>, ...more: string[]) =>
  run(["compare", "--vectors", vectors, ...flagsOf(files), "--out", path(out), ...fast, ...more]);
const documentOf = (out: string): CompareDocument => JSON.parse(readFileSync(join(path(out), "compare.json"), "utf8"));
const resultOf = (out: string, name: string): RunResult =>
  JSON.parse(readFileSync(join(path(out), "runs", name, "result.json"), "utf8")).result;
const armOf = ({ arms }: CompareDocument, name: string) => arms.find(({ policy }) => policy === name)!;

describe("the verdict", () => {
  it("is to tune where tuning truly helps, with the document of the contract", async () => {
    const { code, stdout, stderr } = await compare(
      "helps",
      task,
      "--policies",
      "frozen,full,gradual",
      "--seeds",
      "2",
      "--json",
    );
    expect(stderr).toContain("6/6 gradual-seed-2");
    expect(code).toBe(0);
    const document: CompareDocument = JSON.parse(stdout);
    expect(document).toEqual(documentOf("helps"));
    expect(document).toMatchObject({ command: "compare", status: "finished", seeds: [1, 2], backend: "cpu" });
    expect(document.data.evaluation).toEqual({ kind: "dev", rows: 120, folds: null });
    expect(document.arms.map(({ policy }) => policy)).toEqual(["frozen", "full", "gradual"]);
    for (const arm of document.arms) {
      expect(arm.seeds.map(({ seed }) => seed)).toEqual([1, 2]);
      const [low, high] = arm.dev.interval;
      expect(low <= arm.dev.mean && arm.dev.mean <= high).toBe(true);
      expect(arm.dev.mean).toBeCloseTo((arm.seeds[0]!.dev + arm.seeds[1]!.dev) / 2, 12);
      expect(arm.isFrozen).toBe(arm.policy === "frozen");
    }
    expect(document.pairs.map(({ a, b, on }) => `${a} ${b} ${on}`)).toEqual([
      "full frozen dev",
      "gradual frozen dev",
      "gradual full dev",
      "full frozen test",
      "gradual frozen test",
      "gradual full test",
    ]);
    const gain = document.pairs[0]!;
    expect(gain.difference).toBeCloseTo(armOf(document, "full").dev.mean - armOf(document, "frozen").dev.mean, 12);
    expect(gain.difference).toBeGreaterThan(0.1);
    expect(gain.interval[0]).toBeGreaterThan(0);
    expect(gain).toMatchObject({ test: "permutation" });
    expect(gain.pValue).toBeLessThan(0.01);
    expect(["full", "gradual"]).toContain(document.verdict.recommendation);
    expect(document.verdict.reason).toMatch(/^tune: .* changed dev accuracy by \+.* points \(95 % interval \+/);
    expect(document.verdict.rule).toContain("Keep the vectors frozen unless");
    // The first run of all loads everything, and later tests read what it wrote.
  }, 120_000);

  it("is to keep frozen where the labels are noise", async () => {
    const { code, stdout } = await compare("noise", coin, "--policies", "frozen,gradual", "--seeds", "2");
    expect(code).toBe(0);
    expect(stdout).toContain("Verdict  frozen. keep frozen: gradual changed dev accuracy by");
    const { verdict, pairs } = documentOf("noise");
    expect(verdict.recommendation).toBe("frozen");
    expect(pairs[0]!.interval[0]).toBeLessThanOrEqual(0);
    expect(documentOf("noise").data.test).toBeNull();
    expect(pairs.every(({ on }) => on === "dev")).toBe(true);
  });
});

describe("the runs", () => {
  it("are those of finetune with the same policy and seed, to the last digit", async () => {
    for (const policy of ["frozen", "gradual"]) {
      const flags = [
        "--vectors",
        vectors,
        ...flagsOf(task),
        ...fast,
        "--policy",
        policy,
        "--seed",
        "2",
        "--json",
        "--quiet",
      ];
      const { stdout } = await run(["finetune", ...flags, "--out", path(`fine-${policy}`)]);
      const { metrics, drift, bestEpoch } = JSON.parse(stdout);
      const own = armOf(documentOf("helps"), policy).seeds[1]!;
      expect(own).toMatchObject({
        seed: 2,
        dev: metrics.dev.accuracy,
        test: metrics.test.accuracy,
        devLoss: metrics.dev.loss,
        testLoss: metrics.test.loss,
        bestEpoch: [bestEpoch],
        movedRows: drift.movedRows,
        meanCosineDistance: drift.meanCosineDistance,
        neighborOverlapAt10: drift.neighborOverlapAt10,
      });
    }
  });

  it("start from untouched vectors, and leave their changed rows", () => {
    const frozen = armOf(documentOf("helps"), "frozen");
    expect(frozen.seeds.every(({ movedRows, meanCosineDistance }) => movedRows === 0 && meanCosineDistance === 0)).toBe(
      true,
    );
    const { delta } = armOf(documentOf("helps"), "full").seeds[0]!;
    expect(delta).toBe("runs/full-seed-1/delta.safetensors");
    expect(existsSync(join(path("helps"), delta!))).toBe(true);
    expect(readdirSync(join(path("helps"), "runs/full-seed-1")).sort()).toEqual([
      "delta.safetensors",
      "metrics.ndjson",
      "result.json",
    ]);
  });

  it("end to the same bytes when made again, timings apart", async () => {
    await compare("again", task, "--policies", "frozen,full,gradual", "--seeds", "2", "--quiet");
    const bytes = (out: string): string => {
      const { timing: _, artifacts: __, ...rest } = documentOf(out);
      return JSON.stringify(rest);
    };
    expect(bytes("again")).toBe(bytes("helps"));
    const delta = "runs/gradual-seed-2/delta.safetensors";
    expect(readFileSync(join(path("again"), delta)).equals(readFileSync(join(path("helps"), delta)))).toBe(true);
  });

  it("have one seed judged by McNemar's test on the same rows", async () => {
    await compare("one", task, "--policies", "frozen,full", "--seeds", "1", "--seed", "2", "--quiet", "--no-deltas");
    const [a, b] = ["full-seed-2", "frozen-seed-2"].map((name) =>
      Array.from(resultOf("one", name).dev.correct, (digit) => digit === "1"),
    );
    const pair = documentOf("one").pairs[0]!;
    expect(pair).toMatchObject({ a: "full", b: "frozen", on: "dev", test: "mcnemar" });
    // Exact binomial tail over the rows that one arm alone has right.
    expect(pair.pValue).toBe(mcNemar(a!, b!).pValue);
    const only = (x: readonly boolean[], y: readonly boolean[]): number =>
      x.filter((right, i) => right && !y[i]).length;
    expect(pair.difference).toBeCloseTo((only(a!, b!) - only(b!, a!)) / 120, 12);
    expect(existsSync(join(path("one"), "runs/full-seed-2/delta.safetensors"))).toBe(false);
  });
});

describe("without --dev", () => {
  it("small data are cross-validated: each row is judged once a seed, by a model that did not see it", async () => {
    const { train, test } = task;
    const { stderr } = await compare(
      "folds",
      { train, test },
      "--policies",
      "frozen,full",
      "--seeds",
      "2",
      "--folds",
      "3",
    );
    expect(stderr).toContain("3-fold cross-validation");
    const document = documentOf("folds");
    expect(document.data.evaluation).toEqual({ kind: "cross-validation", rows: 300, folds: 3 });
    expect(document.data.dev).toBeNull();
    expect(document.data.train.rows).toBe(300);
    const rows = [1, 2, 3].map((fold) => resultOf("folds", `full-seed-1-fold-${fold}`).dev.correct.length);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
    const [first] = armOf(document, "full").seeds;
    const right = [1, 2, 3].flatMap((fold) => [...resultOf("folds", `full-seed-1-fold-${fold}`).dev.correct]);
    expect(first!.dev).toBeCloseTo(right.filter((digit) => digit === "1").length / 300, 12);
    expect(first!.bestEpoch).toHaveLength(3);
    expect(document.verdict.recommendation).toBe("full");
    expect(first!.delta).toBeNull();
  });
});

describe("--sizes", () => {
  it("gives a learning curve beside the whole", async () => {
    const { code, stdout } = await compare(
      "sizes",
      task,
      "--policies",
      "frozen,full",
      "--seeds",
      "2",
      "--sizes",
      "8,100,all",
    );
    expect(code).toBe(0);
    const { curve } = documentOf("sizes");
    expect(curve!.map(({ size }) => size)).toEqual([8, 100]);
    for (const point of curve!) {
      expect(point.arms.map(({ policy }) => policy)).toEqual(["frozen", "full"]);
      expect(point.pairs.map(({ on }) => on)).toEqual(["dev", "test"]);
    }
    const tuned = [...curve!, { arms: documentOf("sizes").arms }].map(({ arms }) => arms[1]!.dev.mean);
    expect(tuned[2]!).toBeGreaterThan(tuned[0]!);
    expect(stdout).toContain("training rows");
  });
});

describe("an interrupted comparison", () => {
  it("exits with 130, keeps its runs, and goes on with --resume to the same document", async () => {
    const controller = new AbortController();
    const args = ["compare", "--vectors", vectors, ...flagsOf(task), ...fast, "--policies", "frozen,full,gradual"];
    const flags = [...args, "--seeds", "2", "--out", path("stopped")];
    const stopped = await run(flags, {
      signal: controller.signal,
      onText: (text) => {
        if (text.startsWith("2/6")) controller.abort();
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("2 of 6 runs are kept");
    expect(JSON.parse(readFileSync(join(path("stopped"), "compare.json"), "utf8"))).toMatchObject({
      status: "interrupted",
      runs: { done: 2, total: 6 },
    });
    const again = await run([...flags, "--resume"]);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain("2/6 full-seed-1: dev");
    expect(again.stderr.match(/kept from before/g)).toHaveLength(2);
    expect(documentOf("stopped").arms).toEqual(documentOf("helps").arms);
    expect(documentOf("stopped").verdict).toEqual(documentOf("helps").verdict);
  });
});

describe("wrong use", () => {
  it.each([
    [["--policies", "frozen,gradul"], /Did you mean "gradual"/],
    [["--seeds", "0"], /whole number ≥ 1, got "0"/],
    [["--sizes", "10,many"], /whole number ≥ 1, got "many"/],
    [["--sizes", "5000"], /each run trains on 300 rows at most, got 5000/],
    [["--policies", "full,full"], /two of the name "full"/],
    [["--policies", "frozen"], /at least one that trains the vectors/],
    [["--folds", "3"], /--folds splits --train where there is no --dev/],
    [["--policies", "frozen,full", "--freeze-epochs", "2"], /--freeze-epochs belongs to policies that unfreeze/],
    [["--policy", "full"], /unknown option '--policy'/],
  ])("%j", async (flags, message) => {
    const { code, stderr } = await compare("wrong", task, ...flags);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(path("wrong"))).toBe(false);
  });

  it("names a folder that is in use, and what would take it", async () => {
    const { code, stderr } = await compare("helps", task);
    expect(code).toBe(2);
    expect(stderr).toContain("--force replaces the comparison in it, --resume goes on with it");
    const other = await run(["compare", "--vectors", vectors, ...flagsOf(task), "--out", folder, "--force"]);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain("holds no earlier comparison");
  });

  it("asks for --out and --train", async () => {
    expect((await run(["compare", "--vectors", vectors, "--train", task.train])).stderr).toContain(
      "expected --out DIR",
    );
    expect((await run(["compare", "--vectors", vectors, "--out", path("none")])).stderr).toContain(
      "expected --train FILE",
    );
  });
});

it("policies from files, and frozen where none is named", async () => {
  const policy = { name: "careful", phases: [{ name: "all", learningRates: { embeddings: 0.1 } }] };
  const file = write("careful.json", JSON.stringify(policy));
  const { code } = await compare("file", task, "--policies", file, "--seeds", "1", "--quiet", "--epochs", "2");
  expect(code).toBe(0);
  expect(documentOf("file").arms.map(({ policy, isFrozen }) => [policy, isFrozen])).toEqual([
    ["frozen", true],
    ["careful", false],
  ]);
});
