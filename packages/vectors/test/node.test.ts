import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { convertVectorsFile, readVectorsFile, writeFileAtomically, writeVectorsFile } from "../src/node.ts";
import { failureOf, utf8 } from "./bytes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "thawline-vectors-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const put = (name: string, content: string | Uint8Array) => {
  writeFileSync(at(name), content);
  return at(name);
};
const table = { dimension: 2, words: ["the", "café"], data: Float32Array.of(0.1, -0, 3, 1e-7) };
const big = (rows: number) =>
  Array.from({ length: rows }, (_, row) => `w${row} ${Math.fround(Math.sin(row))} ${row / 8}\n`).join("");

describe("readVectorsFile", () => {
  it("reads a file of several chunks, with its hash and progress", async () => {
    const text = big(100_000);
    const path = put("v.txt", text);
    let last = 0;
    const loaded = await readVectorsFile(path, { hash: true, onProgress: ({ bytesRead }) => (last = bytesRead) });
    expect(loaded.words).toHaveLength(100_000);
    expect(loaded.data[2 * 77_777]).toBe(Math.fround(Math.sin(77_777)));
    expect(loaded.sha256).toBe(createHash("sha256").update(text).digest("hex"));
    expect(last).toBe(text.length);
    expect(loaded.data.buffer.byteLength).toBeLessThanOrEqual(loaded.data.byteLength * 1.125);
    expect(await readVectorsFile(path)).not.toHaveProperty("sha256");
  });

  it("hashes the whole file, packed as it is, also when a limit ends the reading", async () => {
    const packed = gzipSync(big(200_000));
    const loaded = await readVectorsFile(put("v.gz", packed), { hash: true, limit: 2 });
    expect(loaded).toMatchObject({
      compression: "gzip",
      words: ["w0", "w1"],
      sha256: createHash("sha256").update(packed).digest("hex"),
    });
  });

  it("refuses a missing file and a folder, by name", async () => {
    expect(await failureOf(readVectorsFile(at("absent.txt")))).toMatchObject({
      code: "BAD_VECTOR_FILE",
      file: at("absent.txt"),
      cause: { code: "ENOENT" },
    });
    expect((await failureOf(readVectorsFile(folder))).message).toContain("directory");
    expect((await failureOf(readVectorsFile(put("empty", "")))).message).toContain("empty");
  });

  it("refuses damaged gzip", async () => {
    const packed = gzipSync(big(1000));
    expect(await failureOf(readVectorsFile(put("v.gz", packed.subarray(0, 2000))))).toMatchObject({
      code: "BAD_VECTOR_FILE",
      file: at("v.gz"),
    });
  });
});

describe("writeVectorsFile", () => {
  it("chooses format and compression by the name", async () => {
    for (const [name, format, compression] of [
      ["a.txt", "glove", "none"],
      ["a.vec.gz", "word2vec", "gzip"],
      ["a.bin", "word2vec-binary", "none"],
      ["a.bin.gz", "word2vec-binary", "gzip"],
      ["a.safetensors", "safetensors", "none"],
      ["A.TXT.GZ", "glove", "gzip"],
    ] as const) {
      expect(await writeVectorsFile(at(name), table)).toEqual({ rows: 2, dimension: 2, skippedWords: 0 });
      const back = await readVectorsFile(at(name));
      expect(back).toMatchObject({ format, compression, words: table.words });
      expect(new Uint8Array(back.data.slice().buffer)).toEqual(new Uint8Array(table.data.buffer));
    }
    await expect(writeVectorsFile(at("a.pkl"), table)).rejects.toThrow(RangeError);
  });

  it("gives the same bytes twice", async () => {
    for (const name of ["a.txt.gz", "a.safetensors"]) {
      await writeVectorsFile(at(name), table);
      const first = readFileSync(at(name));
      await writeVectorsFile(at(name), table);
      expect(readFileSync(at(name)).equals(first)).toBe(true);
    }
  });

  it("refuses an output whose folder is absent or a file, naming path and cause", async () => {
    const absent = at("no/such/a.txt");
    const error = await failureOf(writeVectorsFile(absent, table));
    expect(error).toMatchObject({ code: "OUTPUT_FAILED", cause: { code: "ENOENT" } });
    expect(error.message).toContain(absent);
    put("file", "x");
    expect(await failureOf(writeVectorsFile(at("file/a.txt"), table))).toMatchObject({ code: "OUTPUT_FAILED" });
    mkdirSync(at("dir.txt"));
    expect((await failureOf(writeVectorsFile(at("dir.txt"), table))).message).toContain("directory");
    expect(readdirSync(folder).sort()).toEqual(["dir.txt", "file"]);
  });

  // Root may write everywhere, so there the folder must be one that nobody can write to.
  it("refuses a folder without permission to write", async () => {
    const isRoot = process.getuid?.() === 0;
    const locked = isRoot ? "/proc" : at("locked");
    if (!isRoot) {
      mkdirSync(locked);
      chmodSync(locked, 0o500);
    }
    expect(await failureOf(writeVectorsFile(join(locked, "a.txt"), table))).toMatchObject({ code: "OUTPUT_FAILED" });
    if (!isRoot) chmodSync(locked, 0o700);
  });

  it.runIf(existsSync("/dev/full"))(
    "says that the disk is full, packed or not, and leaves the device alone",
    async () => {
      for (const options of [{ format: "glove" }, { format: "safetensors", gzip: true }] as const) {
        const error = await failureOf(writeVectorsFile("/dev/full", table, options));
        expect(error).toMatchObject({ code: "OUTPUT_FAILED", cause: { code: "ENOSPC" } });
        expect(error.message).toContain("the disk is full");
      }
      expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
    },
  );

  it("leaves what was there when it fails or is aborted, and nothing half-written", async () => {
    const path = put("a.txt", "before");
    const spaced = { ...table, words: ["the", "a\nb"] };
    expect(await failureOf(writeVectorsFile(path, spaced))).toMatchObject({ code: "OUTPUT_FAILED" });
    expect(await failureOf(writeVectorsFile(path, table, { signal: AbortSignal.abort() }))).toMatchObject({
      code: "ABORTED",
    });
    expect(readFileSync(path, "utf8")).toBe("before");
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  it("writes through a symbolic link and keeps the mode", async () => {
    const path = put("real.txt", "before");
    chmodSync(path, 0o640);
    symlinkSync(path, at("link.txt"));
    await writeVectorsFile(at("link.txt"), table);
    expect(readFileSync(path, "utf8")).toBe("the 0.1 -0\ncafé 3 0.0000001\n");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });
});

describe("writeFileAtomically", () => {
  it("returns what its producer returned and passes on what it throws", async () => {
    const written = await writeFileAtomically(at("x"), async (write) => {
      await write(utf8("ab"));
      await write(utf8("c"));
      return 7;
    });
    expect(written).toBe(7);
    expect(readFileSync(at("x"), "utf8")).toBe("abc");
    const failing = writeFileAtomically(at("y"), async (write) => {
      await write(utf8("half"));
      throw new TypeError("mine");
    });
    await expect(failing).rejects.toThrow("mine");
    expect(readdirSync(folder)).toEqual(["x"]);
  });
});

describe("convertVectorsFile", () => {
  it("goes round through every format and comes back byte for byte", async () => {
    const start = put("a.txt", big(20_000));
    // Their numbers are shortest already, so the text is what we would write.
    const canonical = at("b.txt");
    await convertVectorsFile(start, canonical);
    const steps = ["c.vec", "d.bin", "e.safetensors", "f.vec.gz", "g.txt"];
    let from = canonical;
    for (const step of steps) {
      const { output } = await convertVectorsFile(from, at(step));
      expect(output).toEqual({ rows: 20_000, dimension: 2, skippedWords: 0 });
      from = at(step);
    }
    expect(readFileSync(from).equals(readFileSync(canonical))).toBe(true);
    expect(gunzipSync(readFileSync(at("f.vec.gz"))).equals(readFileSync(at("c.vec")))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("selects rows, counts them in the header and reports on its input", async () => {
    const { input, output } = await convertVectorsFile(put("a.txt", "a 1 2\nb 3 4\na 5 6\n"), at("b.vec"), {
      read: { wanted: new Set(["a", "x"]), hash: true },
    });
    expect(readFileSync(at("b.vec"), "utf8")).toBe("1 2\na 1 2\n");
    expect(input).toMatchObject({ format: "glove", report: { fileRows: 3, duplicates: { count: 1 } } });
    expect(input.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(output.rows).toBe(1);
  });

  it("leaves nothing behind when the input is bad or the conversion is aborted", async () => {
    const bad = put("a.txt", `${big(60_000)}bad 1\n`);
    expect(await failureOf(convertVectorsFile(bad, at("b.safetensors")))).toMatchObject({
      code: "BAD_VECTOR_FILE",
      line: 60_001,
    });
    const controller = new AbortController();
    const good = put("c.txt", big(100_000));
    const aborted = convertVectorsFile(good, at("d.bin"), {
      read: { signal: controller.signal, onProgress: () => controller.abort() },
    });
    expect(await failureOf(aborted)).toMatchObject({ code: "ABORTED" });
    expect(readdirSync(folder).sort()).toEqual(["a.txt", "c.txt"]);
  });

  it.runIf(existsSync("/dev/full"))("says that the disk is full", async () => {
    const failure = failureOf(
      convertVectorsFile(put("a.txt", big(60_000)), "/dev/full", { write: { format: "glove" } }),
    );
    expect(await failure).toMatchObject({ code: "OUTPUT_FAILED", cause: { code: "ENOSPC" } });
  });
});
