import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { FormatError } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { streamOf } from "../../../test/chunks.ts";
import { readDatasetFile } from "../../node.ts";
import type { Dataset } from "../dataset.ts";
import { readDataset, readParquetDataset } from "../read-dataset.ts";
import { memorySource } from "./parquet-source.ts";

const folder = fileURLToPath(new URL("../../../test/golden/parquet/", import.meta.url));
const golden = (name: string) => new Uint8Array(readFileSync(join(folder, `${name}.parquet`)));
type Row = readonly [text: string | null, label: string | null];
const { rows: expected } = JSON.parse(readFileSync(join(folder, "rows.json"), "utf8")) as {
  rows: Record<string, readonly Row[]>;
};

const isBlank = (value: string | null): boolean => value === null || value.trim() === "";
/** What is kept of rows as pyarrow was given them, with their numbers. */
const keptOf = (rows: readonly Row[]) =>
  rows.flatMap(([text, label], index) => (isBlank(text) || isBlank(label) ? [] : [[text, label, index + 1]]));
const rowsOf = ({ texts, labels, lines }: Dataset) => texts.map((text, row) => [text, labels[row], lines[row]]);
const read = (bytes: Uint8Array, options = {}) => readParquetDataset(memorySource(bytes), { file: "f", ...options });
const failure = async (result: Promise<unknown>): Promise<FormatError> => {
  const error: unknown = await result.then(
    () => new Error("expected an error"),
    (reason) => reason,
  );
  if (!(error instanceof FormatError)) throw error;
  expect(error.code).toBe("BAD_DATA_FILE");
  return error;
};

describe("Parquet files of pyarrow", () => {
  it("are all there", () => {
    expect(Object.keys(expected).length).toBeGreaterThanOrEqual(16);
    expect(readdirSync(folder).filter((name) => name.endsWith(".parquet")).length).toBe(
      Object.keys(expected).length + 4,
    );
  });

  it.each(Object.keys(expected))("%s: every row as it was written, nulls left out and counted", async (name) => {
    const columns = name === "required" ? { textColumn: "review", labelColumn: "stars" } : {};
    const rows = expected[name]!;
    const kept = keptOf(rows);
    const data = await read(golden(name), columns);
    expect(rowsOf(data)).toEqual(kept);
    expect(data).toMatchObject({ file: "f", rows: kept.length, skippedRows: rows.length - kept.length });
  });

  it("say which rows lack what", async () => {
    expect((await read(golden("strings-zstd"))).skipped).toEqual([
      { line: 5, reason: "no text" },
      { line: 6, reason: "no text" },
      { line: 7, reason: "no label" },
    ]);
    expect((await failure(read(golden("plain"), { strict: true }))).line).toBe(5);
  });

  it("name the columns there are where one is not there, and where one holds lists", async () => {
    const missing = await failure(read(golden("required")));
    expect(missing.message).toContain('expected a text column "text", found "stars", "review"');
    const label = await failure(read(golden("required"), { textColumn: "review", labelColumn: "star" }));
    expect(label.message).toContain('did you mean "stars"');
    expect((await failure(read(golden("nested")))).message).toContain("one value a row");
  });

  it("refuse text that is none", async () => {
    expect((await failure(read(golden("numbers")))).message).toContain("the text is a number, not a string");
    const invalid = await failure(read(golden("not-utf8")));
    expect(invalid.message).toContain("not valid UTF-8");
    expect(invalid.offset).toBe(4);
    expect((await failure(read(golden("empty")))).message).toContain("found none");
  });

  it("refuse a number that a ClassLabel does not name", async () => {
    const names = Buffer.from('["negative", "positive"]');
    const damaged = golden("class-label");
    let count = 0;
    // Escaped in the JSON of the metadata of Arrow, plain in Parquet's own.
    for (const quoted of [names, Buffer.from(names.toString().replaceAll('"', '\\"'))]) {
      for (let at = 0; ; count++) {
        at = Buffer.from(damaged.buffer).indexOf(quoted, at);
        if (at < 0) break;
        damaged.set(
          Buffer.from(
            quoted
              .toString()
              .replace(/, .*positive.*\]/, "]")
              .padEnd(quoted.length),
          ),
          at,
        );
      }
    }
    expect(count).toBeGreaterThan(0);
    const error = await failure(read(damaged));
    expect(error.message).toContain("expected a label of 0 to 0");
    expect(error.line).toBe(1);
  });

  it("refuse what is truncated, with the offset", async () => {
    const whole = golden("plain");
    for (let length = 0; length < whole.length; length += 37) {
      const error = await failure(read(whole.slice(0, length)));
      expect(error.offset).toBeLessThanOrEqual(length);
    }
  });

  it("are read by name, in place or unpacked, and hashed as they are stored", async () => {
    const scratch = mkdtempSync(join(tmpdir(), "thawline-parquet-"));
    try {
      const path = join(folder, "row-groups.parquet");
      const data = await readDatasetFile(path, { hash: true });
      expect(rowsOf(data)).toEqual(keptOf(expected["row-groups"]!));
      expect(data.sha256).toBe(createHash("sha256").update(readFileSync(path)).digest("hex"));
      const packed = join(scratch, "rows.parquet.gz");
      writeFileSync(packed, gzipSync(readFileSync(path)));
      const unpacked = await readDatasetFile(packed, { hash: true });
      expect(rowsOf(unpacked)).toEqual(rowsOf(data));
      expect(unpacked.sha256).toBe(createHash("sha256").update(readFileSync(packed)).digest("hex"));
      const wrong = join(scratch, "text.parquet");
      writeFileSync(wrong, "pos\tgood film\n");
      expect((await failure(readDatasetFile(wrong))).message).toContain("expected a Parquet file");
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  it("are read from a stream too", async () => {
    async function* pieces() {
      for (let at = 0, bytes = golden("dictionary"); at < bytes.length; at += 100) yield bytes.slice(at, at + 100);
    }
    const data = await readDataset(pieces(), { format: "parquet" });
    expect(rowsOf(data)).toEqual(keptOf(expected.dictionary!));
    expect((await failure(readDataset(streamOf("a,b\n"), { format: "parquet" }))).message).toContain("Parquet");
  });
});
