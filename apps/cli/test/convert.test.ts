import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { readSafetensors } from "@thawline/vectors";
import { readVectorsFile } from "@thawline/vectors/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

const compass = () => world.write("compass.txt", "east 1 0\nnorth 0 0.1\nwest -1 0\n");
/** Files of a fresh folder of the world. */
const filesOf = (folder: string): string[] => readdirSync(world.path(folder)).sort();

describe("convert", () => {
  it.each([".vec", ".bin", ".safetensors", ".npy", ".vec.gz", ".txt.gz"])(
    "to %s and back gives the same bytes",
    async (extension) => {
      const there = world.path(`there${extension}`);
      const back = world.path(`back${extension}.txt`);
      for (const argv of [
        [compass(), there],
        [there, back],
      ]) {
        const ran = await run(["convert", ...argv]);
        expect(ran.code, ran.stderr).toBe(0);
        expect(ran.stdout).toBe("");
        expect(ran.stderr).toContain(", 3 rows\n");
      }
      expect(readFileSync(back, "utf8")).toBe(readFileSync(compass(), "utf8"));
    },
  );

  it("writes the forms that the formats have", async () => {
    const vec = world.path("plain.vec.gz");
    await run(["convert", compass(), vec]);
    expect(gunzipSync(readFileSync(vec)).toString()).toBe("3 2\neast 1 0\nnorth 0 0.1\nwest -1 0\n");
    const named = world.path("no-extension");
    expect((await run(["convert", compass(), named, "--to", "word2vec"])).code).toBe(0);
    expect(readFileSync(named, "utf8")).toMatch(/^3 2\n/);
    const half = world.path("half.safetensors");
    expect((await run(["convert", compass(), half, "--dtype", "f16"])).code).toBe(0);
    // IEEE 754 binary16, little-endian: 1 is 0x3c00, the nearest to 0.1 is 0x2e66, −1 is 0xbc00.
    expect(readFileSync(half).subarray(-12).toString("hex")).toBe("003c00000000662e00bc0000");
    expect(readSafetensors(readFileSync(half)).tensors.get("embeddings")!.shape).toEqual([3, 2]);
  });

  it("gives gensim's text for gensim's binary", async () => {
    const out = world.path("gensim.vec");
    expect((await run(["convert", golden("gensim.bin"), out])).code).toBe(0);
    const ours = await readVectorsFile(out);
    const theirs = await readVectorsFile(golden("gensim.vec"));
    expect(ours.words).toEqual(theirs.words);
    expect(ours.data).toEqual(theirs.data);
  });

  it("keeps some words, the first rows, and the first of duplicates, and reports it", async () => {
    const file = world.write("doubled.txt", "a 1 2\nb 3 4\na 5 6\nc 7 8\n");
    const words = world.write("keep.txt", "c\na\nmissing\n");
    const out = world.path("kept.txt");
    const ran = await run(["convert", file, out, "--keep-words", words, "--json"]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(readFileSync(out, "utf8")).toBe("a 1 2\nc 7 8\n");
    expect(JSON.parse(ran.stdout)).toMatchObject({
      command: "convert",
      input: { format: "glove", rows: 4, dimension: 2 },
      output: { file: out, format: "glove", rows: 2, dtype: "f32", compression: "none" },
      duplicates: 1,
      skipped: { nonFinite: 0, unwritable: 0 },
      missingWords: 1,
    });
    expect(ran.stderr).toContain('left out 1 row whose word came before: "a"');
    expect(ran.stderr).toContain("1 word to keep was not among the rows read");
    await run(["convert", file, out, "--limit", "2", "--quiet"]);
    expect(readFileSync(out, "utf8")).toBe("a 1 2\nb 3 4\n");
  });

  it("leaves rows out only where that is asked for, and writes nothing on an error", async () => {
    const file = world.write("bad.txt", "a 1 2\nb nan 4\nc 5 6\n");
    const out = world.path("bad-out/out.vec");
    world.write("bad-out/other", "");
    const refused = await run(["convert", file, out]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("BAD_VECTOR_FILE");
    expect(refused.stderr).toContain("line 2");
    expect(filesOf("bad-out")).toEqual(["other"]);
    const ran = await run(["convert", file, out, "--skip-bad-rows"]);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("left out 1 row with NaN or infinity");
    expect(readFileSync(out, "utf8")).toBe("2 2\na 1 2\nc 5 6\n");
  });

  it("leaves an older output alone when it is interrupted", async () => {
    const out = world.write("older.vec", "1 2\nold 1 2\n");
    const ran = await run(["convert", compass(), out], { signal: AbortSignal.abort() });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain("nothing was written");
    expect(readFileSync(out, "utf8")).toBe("1 2\nold 1 2\n");
  });

  it.each([
    [["out.xyz"], ".safetensors or .npy"],
    [["out.txt", "--dtype", "f16"], "safetensors and npy"],
    [["out.vec", "--to", "glov"], '"glove"'],
    [["out.vec", "--limit", "0"], "a whole number ≥ 1"],
    [[], "missing required argument"],
  ])("%j is wrong usage", async ([out, ...flags], hint) => {
    const path = out === undefined ? [] : [world.path(out)];
    const ran = await run(["convert", compass(), ...path, ...flags]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(hint);
    if (out !== undefined) expect(existsSync(path[0]!)).toBe(false);
  });
});
