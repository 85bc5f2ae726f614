import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDatasetFile, readLinesFile } from "./node.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "thawline-text-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const formats: [string, string][] = [
  ["a.tsv", "x\tone\ny\ttwo\n"],
  ["a.csv", "label,text\nx,one\ny,two\n"],
  ["a.jsonl", '{"text":"one","label":"x"}\n{"text":"two","label":"y"}\n'],
];

describe("readDatasetFile", () => {
  it.each(formats)("reads %s, plain and gzip, by its extension", async (name, content) => {
    for (const path of [write(name, content), write(`${name}.gz`, gzipSync(content))]) {
      const data = await readDatasetFile(path);
      expect(data).toMatchObject({ texts: ["one", "two"], labels: ["x", "y"], file: path });
      expect(data).not.toHaveProperty("sha256");
    }
  });

  it("reads gzip of two members, as `cat a.gz b.gz` makes it", async () => {
    const path = write("two.tsv.gz", Buffer.concat([gzipSync("x\tone\n"), gzipSync("y\ttwo\n")]));
    expect(await readDatasetFile(path)).toMatchObject({ texts: ["one", "two"] });
  });

  it("hashes the stored bytes when asked", async () => {
    const bytes = gzipSync(formats[0]![1].repeat(20_000));
    const expected = createHash("sha256").update(bytes).digest("hex");
    expect(await readDatasetFile(write("h.tsv.gz", bytes), { hash: true })).toMatchObject({
      rows: 40_000,
      sha256: expected,
    });
  });

  it("takes a forced format over the extension", async () => {
    const path = write("forced.txt", formats[0]![1]);
    expect((await readDatasetFile(path, { format: "tsv" })).rows).toBe(2);
    await expect(readDatasetFile(path)).rejects.toMatchObject({ code: "INVALID_CONFIG" });
  });

  it("names a file that is missing, a folder, and a truncated gzip file", async () => {
    await expect(readDatasetFile(join(folder, "none.tsv"))).rejects.toMatchObject({
      code: "BAD_DATA_FILE",
      message: expect.stringMatching(/none\.tsv: no such file/),
    });
    await expect(readDatasetFile(folder, { format: "tsv" })).rejects.toMatchObject({
      message: expect.stringMatching(/found a folder/),
    });
    const whole = gzipSync("x\tone\n".repeat(5000));
    await expect(readDatasetFile(write("cut.tsv.gz", whole.subarray(0, 30)))).rejects.toMatchObject({
      code: "BAD_DATA_FILE",
      message: expect.stringMatching(/cut\.tsv\.gz: expected a whole gzip file/),
    });
  });
});

describe("readLinesFile", () => {
  it("gives lines without their ends", async () => {
    const lines: string[] = [];
    for await (const line of readLinesFile(write("lines.txt.gz", gzipSync("\ufeffone\r\n\ntwo")))) lines.push(line);
    expect(lines).toEqual(["one", "", "two"]);
  });
});
