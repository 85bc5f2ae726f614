import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPackagePage, type PackagePage } from "../../../scripts/test/package-page.ts";
import type * as text from "../src/index.ts";

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const golden = (name: string) => readFileSync(source(`golden/parquet/${name}`));

// Where no Chromium is found this file fails, and says how to get one.
let opened: PackagePage | undefined;
let page: Page;

beforeAll(async () => {
  opened = await openPackagePage("text");
  page = opened.page;
}, 120_000);
afterAll(async () => {
  await opened?.browser.close();
});

/** Reads in the page: Parquet from a Blob in place where no format is given, anything else from the Blob's stream. */
function readInPage(bytes: Uint8Array, format?: text.DataFormat) {
  const base64 = Buffer.from(bytes).toString("base64");
  return page.evaluate(
    async ({ base64, format }: { base64: string; format: text.DataFormat | undefined }) => {
      const api = (globalThis as unknown as { text: typeof text }).text;
      const blob = new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
      const slice = (start: number, end?: number) => blob.slice(start, end).arrayBuffer();
      const stream = blob.stream() as unknown as AsyncIterable<Uint8Array>;
      try {
        const { texts, labels, skippedRows } = await (format === undefined
          ? api.readParquetDataset({ byteLength: blob.size, slice })
          : api.readDataset(stream, { format }));
        return { texts, labels, skippedRows };
      } catch (error) {
        const { name, code, message } = error as { name: string; code?: string; message: string };
        return { error: { name, code, message } };
      }
    },
    { base64, format },
  );
}

type Row = readonly [text: string | null, label: string | null];
const { rows } = JSON.parse(golden("rows.json").toString()) as { rows: Record<string, readonly Row[]> };
const isWhole = ([text, label]: Row) => (text ?? "").trim() !== "" && label !== null;

describe("labelled text in Chromium", () => {
  it.each([
    "strings-none",
    "strings-snappy",
    "strings-gzip",
    "strings-zstd",
    "strings-brotli",
    "class-label",
    "row-groups",
  ])("Parquet, %s: as pyarrow wrote it", async (name) => {
    const kept = rows[name]!.filter(isWhole);
    const found = await readInPage(golden(`${name}.parquet`));
    expect(found).toEqual({
      texts: kept.map(([text]) => text),
      labels: kept.map(([, label]) => label),
      skippedRows: rows[name]!.length - kept.length,
    });
    expect(await readInPage(gzipSync(golden(`${name}.parquet`)), "parquet")).toEqual(found);
  });

  it("CSV and gzip of it, by the parser's build for browsers", async () => {
    const csv = 'text,label\n"fine, ""really"" fine",pos\nbad,neg\n';
    const expected = { texts: ['fine, "really" fine', "bad"], labels: ["pos", "neg"], skippedRows: 0 };
    expect(await readInPage(Buffer.from(csv), "csv")).toEqual(expected);
    expect(await readInPage(gzipSync(csv), "csv")).toEqual(expected);
  });

  it("errors keep their type", async () => {
    const { error } = await readInPage(golden("plain.parquet").subarray(0, 500));
    expect(error).toMatchObject({ name: "FormatError", code: "BAD_DATA_FILE" });
    expect(error?.message).toContain("its end is missing");
  });
});
