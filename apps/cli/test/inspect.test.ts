import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createReadingProgress } from "../src/output/reading-progress.ts";
import { run } from "./support/run-command.ts";
import { createWorld, type World } from "./support/world.ts";

/** Files that the real tools wrote; see the scripts beside them. */
const golden = (name: string): string =>
  fileURLToPath(new URL(`../../../packages/vectors/test/golden/${name}`, import.meta.url));

let world: World;
beforeAll(() => {
  world = createWorld();
});
afterAll(() => world.remove());

// Norms by hand: 5, 0, 13, and 1 for a word with a no-break space.
const odd = "good 3 4\nnothing 0 0\ngood 1 1\nbad 5 12\nlost nan 1\nno\u00A0break 1 0\n";

describe("inspect", () => {
  it("counts what is odd about a file, and measures the norms", async () => {
    const ran = await run(["inspect", world.write("odd.txt", odd), "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    const found = JSON.parse(ran.stdout);
    expect(found).toMatchObject({
      command: "inspect",
      format: "glove",
      compression: "none",
      rows: 6,
      dimension: 2,
      duplicates: 1,
      zeroRows: 1,
      nonFiniteRows: 1,
      oddTokens: 1,
      norms: { min: 0, mean: 19 / 4, max: 13, quantiles: { p50: 3 } },
    });
    expect(found.examples.duplicates).toEqual([{ word: "good", row: 2, line: 3 }]);
    expect(found).not.toHaveProperty("vectors");
    expect(ran.stderr).toBe("");
  });

  it("says it in text too", async () => {
    const packed = world.write("odd.txt.gz", gzipSync(odd));
    const { stdout, code } = await run(["inspect", packed]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/format +glove, gzip/);
    expect(stdout).toMatch(/size +6 × 2/);
    expect(stdout).toMatch(/duplicates +1: "good" \(line 3\)/);
    expect(stdout).toMatch(/zero rows +1: "nothing" \(line 2\)/);
    expect(stdout).toMatch(/NaN or infinity +1: "lost" \(line 5\)/);
  });

  it("gives the vectors of words, and null where there is none", async () => {
    const words = world.write("words.txt", "bad\n\nmissing\n__proto__\n");
    const file = world.write("odd.txt", `${odd}__proto__ 0.1 2\n`);
    const ran = await run(["inspect", file, "--vectors-of", words, "--json"]);
    const { vectors } = JSON.parse(ran.stdout);
    expect(Object.keys(vectors)).toEqual(["bad", "missing", "__proto__"]);
    expect(vectors.bad).toEqual([5, 12]);
    expect(vectors.missing).toBeNull();
    expect(Object.getOwnPropertyDescriptor(vectors, "__proto__")!.value).toEqual([Math.fround(0.1), 2]);
    const text = await run(["inspect", file, "--vectors-of", words]);
    expect(text.stdout).toMatch(/bad +5 12\n/);
    expect(text.stdout).toMatch(/missing +no vector\n/);
  });

  it("composes subword vectors of a fastText model, as fastText prints them", async () => {
    // One line a word: the word, then its vector in 5 digits, by `fasttext print-word-vectors`.
    const printed = readFileSync(golden("fasttext-sg.bin.printed"), "utf8").trimEnd().split("\n");
    const expected = new Map(printed.map((line) => [line.split(" ")[0]!, line.trim().split(" ").slice(1).map(Number)]));
    const words = world.write("asked.txt", [...expected.keys()].join("\n"));
    const ran = await run(["inspect", golden("fasttext-sg.bin"), "--vectors-of", words, "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    const { format, vectors } = JSON.parse(ran.stdout);
    expect(format).toBe("fasttext");
    expect(expected.size).toBeGreaterThan(5);
    for (const [word, row] of expected) {
      const rounded = vectors[word].map((value: number) => Number(value.toPrecision(5)));
      expect(rounded, word).toEqual(row);
    }
  });

  it.each([
    ["model2vec-int8", "model2vec"],
    ["sentence-transformers", "sentence-transformers"],
  ])("reads the folder %s", async (name, format) => {
    const { tokens, dimension } = JSON.parse(readFileSync(golden("folders.json"), "utf8"));
    const ran = await run(["inspect", golden(`folders/${name}`), "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({ format, rows: tokens.length, dimension });
  });

  it.each([
    [["inspect"], 2, "vectors"],
    [["inspect", "none.txt"], 1, "no such file"],
    [["inspect", "none.txt", "--vectors-format", "glov"], 2, '"glove"'],
  ])("%j fails with %i", async (argv, code, hint) => {
    const ran = await run(argv);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain(hint);
  });

  it("refuses an empty list of words", async () => {
    const ran = await run(["inspect", world.vectors, "--vectors-of", world.write("empty.txt", "\n")]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain("expected words, one a line");
  });

  it("shows progress on a terminal, once it takes over a second", async () => {
    const written: string[] = [];
    const output = { isTTY: true, write: (text: string) => written.push(text) };
    const progress = createReadingProgress(
      { stdout: output, stderr: output, env: {}, cwd: "/" },
      { quiet: false, doing: "reading" },
    );
    progress.onProgress({ bytesRead: 1e6, totalBytes: 4e6 });
    expect(written).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    progress.onProgress({ bytesRead: 2e6, totalBytes: 4e6 });
    expect(written.join("")).toMatch(/reading {2}50\.0 % of 4 MB {2}\d+ MB\/s/);
    progress.clear();
    expect(written.at(-1)).toBe("\r\x1b[2K");
  });
});
