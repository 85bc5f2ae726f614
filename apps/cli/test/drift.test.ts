import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import figures from "../../../test-fixtures/drift/drift-figures.json";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

let world: World;
let before: string;
let after: string;
beforeAll(() => {
  world = createWorld();
  before = world.write("before.txt", textOf(figures.before));
  // Another format, another order, a word of its own and a repeated one.
  const rows = textOf(figures.after).trimEnd().split("\n").reverse();
  const zeros = " 0".repeat(figures.dimension);
  after = world.write(
    "after.vec",
    `${rows.length + 2} ${figures.dimension}\n${rows.join("\n")}\nnew${zeros}\nw1${zeros}\n`,
  );
});
afterAll(() => world.remove());

/** Lines of word and numbers: every number is a float32, so that its shortest decimals read back. */
function textOf(numbers: readonly number[]): string {
  const { words, dimension } = figures;
  const row = (i: number): string => numbers.slice(i * dimension, (i + 1) * dimension).join(" ");
  return words.map((word, i) => `${word} ${row(i)}\n`).join("");
}

const drift = (...argv: string[]) => run(["drift", before, after, ...argv]);
const json = async (...argv: string[]) => {
  const ran = await drift(...argv, "--json");
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout);
};
const expectNear = (actual: number, expected: number): void =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(expected)));

describe("drift", () => {
  it("gives the figures of numpy and scipy for two files of different formats", async () => {
    const report = await json("--top", "12");
    expect(report.command).toBe("drift");
    expect(report.before).toEqual({ file: before, format: "glove", rows: 90, dimension: 7, duplicates: 0 });
    expect(report.after).toMatchObject({ format: "word2vec", rows: 92, duplicates: 1 });
    expect(report.drift).toMatchObject({ sharedRows: 90, movedRows: 53, unmovedRows: 37, onlyBefore: 0, onlyAfter: 1 });
    for (const [name, value] of Object.entries(figures.summary)) expectNear(report.drift[name], value);
    expectNear(report.drift.neighborOverlap.overlap, figures.neighborOverlap[0]!.figures.overlap);
    expectNear(report.drift.isotropy.after.partition, figures.isotropy.partition.after);
    expectNear(report.drift.isotropy.before.averageCosine, figures.isotropy.averageCosine.before);
    expectNear(report.drift.cka.shared, figures.cka.all);
    expectNear(report.drift.norms.after.median, figures.norms.after.median);
    const words = figures.mostMoved.map(({ word, neighborsAfter }) => [word, neighborsAfter]);
    expect(
      report.drift.mostMoved.map((each: { word: string; neighborsAfter: string[] }) => [
        each.word,
        each.neighborsAfter,
      ]),
    ).toEqual(words);
    expect(report).toMatchObject({ data: null, retention: { similarity: [], analogies: [] }, gates: [] });
    expect(report.drift.bands).toBeNull();
  });

  it("takes sizes and seed of the samples", async () => {
    const { options, figures: expected } = figures.neighborOverlap[1]!;
    const { k, sample, candidates, seed } = options;
    const sizes = { "--k": k, "--sample": sample, "--candidates": candidates, "--seed": seed };
    const report = await json(...Object.entries(sizes).flatMap(([flag, value]) => [flag, String(value)]));
    expect(report.drift.neighborOverlap).toMatchObject({ k, sample, candidates: expected.candidates, seed });
    expectNear(report.drift.neighborOverlap.overlap, expected.overlap);
  });

  it("tells drift by the words' counts, and the break to words that the text lacks", async () => {
    const seen = figures.words.filter((_, i) => figures.seen[i]);
    // "w5 w5" counts twice; "Nowhere" is no word of the vectors.
    const data = world.write("text.tsv", `a\t${seen.join(" ")}\nb\t${seen[0]} Nowhere ${seen[1]!.toUpperCase()}\n`);
    const report = await json("--data", data, "--k", "4", "--tokenizer", "whitespace");
    expect(report.data).toMatchObject({ file: data, rows: 2, tokens: seen.length + 3 });
    expectNear(report.data.coverage, (seen.length + 2) / (seen.length + 3));
    const bands = report.drift.bands.map((band: { from: number; rows: number }) => [band.from, band.rows]);
    expect(bands).toEqual([
      [0, 90 - seen.length],
      [1, seen.length - 2],
      [2, 2],
    ]);
    const { figures: expected } = figures.breakBySeen[0]!;
    for (const [name, value] of Object.entries(expected)) expectNear(report.drift.break[name], value);
  });

  it("takes counts from a file, compressed or not", async () => {
    const lines = figures.words.map((word, i) => `${word}\t${figures.counts[i]}\n`).join("");
    for (const path of [world.write("counts.tsv", lines), world.write("counts.txt.gz", gzipSync(lines))]) {
      const { bands } = (await json("--counts", path)).drift;
      expect(bands).toHaveLength(figures.bands.length);
      figures.bands.forEach((band, i) => {
        for (const [name, value] of Object.entries(band)) if (value !== null) expectNear(bands[i][name], value);
      });
    }
  });

  it("says what was kept of similarities and analogies", async () => {
    const similarity = world.write("sim.tsv", figures.similarity.file);
    const analogies = world.write("questions.txt", figures.analogies.file);
    const { retention } = await json("--similarity", similarity, similarity, "--analogies", analogies);
    expect(retention.similarity).toHaveLength(2);
    expect(retention.similarity[1]).toMatchObject({ file: similarity, pairs: 41, used: figures.similarity.used });
    expectNear(retention.similarity[1].before, figures.similarity.before);
    expectNear(retention.similarity[1].after, figures.similarity.after);
    // All 90 words are candidates here, 70 in the fixture.
    expect(retention.analogies[0]).toMatchObject({ file: analogies, total: 124, used: 122, candidates: 90 });
  });

  it("writes a report for people", async () => {
    const data = world.write("few.tsv", `a\t${figures.words.slice(0, 60).join(" ")}\n`);
    const similarity = world.write("sim.tsv", figures.similarity.file);
    const ran = await drift("--data", data, "--similarity", similarity);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toContain("53 of 90 shared words moved, 37 are the same to the bit; 1 only after");
    expect(ran.stdout).toMatch(/cosine distance +0\.2241 +0\.1624 +0\.6029 +2\.0000/);
    expect(ran.stdout).toContain("Neighbours kept: 64.2 % of the 10 nearest (53 moved words, among 90 words, seed 1)");
    expect(ran.stdout).toMatch(/Break between moved words and words that the text lacks: [+-]0\.\d{4}/);
    expect(ran.stdout).toMatch(/similarity \(Spearman\) +37 of 41 +0\.1389 +-0\.0348 +-0\.1736/);
    expect(ran.stdout).toMatch(/\nw7 +2\.0000 +1 /);
  });

  it("of a file and itself is nothing", async () => {
    const ran = await run(["drift", before, before]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain("0 of 90 shared words moved");
    expect(ran.stdout).not.toContain("moved most");
  });

  it("exits with 3 beyond a limit, and says which", async () => {
    const passed = await drift("--max-mean-cosine-distance", "0.3", "--max-cosine-distance", "2");
    expect(passed.code).toBe(0);
    expect(passed.stderr).toContain("mean cosine distance 0.2241; --max-mean-cosine-distance is 0.3: passed");
    const failed = await drift("--max-mean-cosine-distance", "0.2", "--min-neighbor-overlap", "0.6", "--json");
    expect(failed.code).toBe(3);
    expect(failed.stderr).toContain("--max-mean-cosine-distance is 0.2: FAILED");
    expect(JSON.parse(failed.stdout).gates).toMatchObject([
      { figure: "meanCosineDistance", limit: 0.2, passed: false },
      { figure: "neighborOverlap", limit: 0.6, passed: true },
    ]);
    expect((await drift("--max-cosine-distance", "1.9", "--quiet")).code).toBe(3);
    const lost = await drift("--min-neighbor-overlap", "0.7", "--quiet");
    expect(lost).toMatchObject({ code: 3 });
    expect(lost.stderr).toMatch(/^share of neighbours kept 0\.6415; .*FAILED\n$/);
  });

  it("measures a run as the run measures itself", async () => {
    const out = world.path("run");
    const files = ["--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", out];
    const tuned = await run(["finetune", ...files, "--epochs", "3", "--policy", "full", "--backend", "cpu", "--json"]);
    expect(tuned.code, tuned.stderr).toBe(0);
    const document = JSON.parse(tuned.stdout);
    const ran = await run(["drift", world.vectors, document.artifacts.vectors, "--json"]);
    const { drift: measured } = JSON.parse(ran.stdout);
    expect(measured.movedRows).toBe(document.drift.movedRows);
    expect(measured.unmovedRows).toBe(document.drift.frozenRows);
    for (const name of ["meanCosineDistance", "p95CosineDistance", "meanL2", "maxL2"]) {
      expectNear(measured[name], document.drift[name]);
    }
    expectNear(measured.neighborOverlap.overlap, document.drift.neighborOverlapAt10);
    expect(measured.mostMoved[0].word).toBe(document.drift.mostMoved[0].word);
  });
});

describe("finetune", () => {
  it("measures the space at each epoch's end, on one sample", async () => {
    const out = world.path("series");
    const files = ["--vectors", world.vectors, "--train", world.train, "--dev", world.dev, "--out", out];
    const policy = ["--policy", "gradual", "--freeze-epochs", "2", "--epochs", "4", "--embedding-lr", "0.05"];
    const ran = await run(["finetune", ...files, ...policy, "--backend", "cpu", "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    const { epochs } = JSON.parse(ran.stdout);
    const series = epochs.map((epoch: { sampledDrift: Record<string, number> }) => epoch.sampledDrift);
    expect(epochs.map((epoch: { phase: string }) => epoch.phase)).toEqual(["frozen", "frozen", "tuned", "tuned"]);
    // 70 of the 95 words are in the text.
    for (const figures of series)
      expect(figures).toMatchObject({ k: 10, seenRows: 70, neverSeenRows: 25, queries: 50 });
    for (const frozen of series.slice(0, 2)) {
      expect(frozen).toMatchObject({ neighborOverlap: 1, breakGap: 0 });
      expectNear(frozen.cka, 1);
    }
    expect(series[2].cka).toBeLessThan(1 - 1e-6);
    expect(series[3].cka).toBeLessThan(series[2].cka);
    expect(series[3].neighborOverlap).toBeLessThan(1);
    expect(series[3].breakGap).not.toBe(0);
    expect(series[3].averageCosine).not.toBe(series[0].averageCosine);
  });
});

describe("drift refuses", () => {
  it.each([
    [() => [before], 2, "after"],
    [() => [before, world.path("none.txt")], 1, "none.txt"],
    [() => [before, world.vectors], 1, "expected vectors of dimension 7"],
    [() => [before, world.write("other.txt", "x 1 2 3 4 5 6 7\ny 1 2 3 4 5 6 7\n")], 1, "share no word"],
    [() => [before, after, "--similarity", world.write("bad.tsv", "a b c\na b c\n")], 1, "bad.tsv, line 2"],
    [() => [before, after, "--analogies", world.write("bad.txt", "a b c\n")], 1, "expected four words"],
    [
      () => [before, after, "--counts", world.write("bad-counts.txt", "w1 2\nw2\n")],
      1,
      "line 2: expected a word and its",
    ],
    [() => [before, after, "--min-neighbor-overlap", "70"], 2, "a number from 0 to 1"],
    [() => [before, after, "--max-mean-cosine", "0.1"], 2, "--max-mean-cosine-distance"],
  ])("case %#", async (argv, code, hint) => {
    const ran = await run(["drift", ...argv()]);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(hint);
    expect(ran.stdout).toBe("");
  });
});
