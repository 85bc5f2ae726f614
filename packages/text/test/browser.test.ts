import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as text from "../src/index.ts";

// Where no Chromium is found this file fails, and says how to get one.
const systemPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome-stable"];
const candidates = [process.env.CHROMIUM_PATH ?? "", chromium.executablePath(), ...systemPaths];
const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const golden = (name: string) => readFileSync(source(`golden/parquet/${name}`));

let browser: Browser | undefined;
let page: Page;

/** The package as a browser would have it: bundled from the sources, with the browser's builds of what it imports. */
async function bundle(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), "thawline-text-page-"));
  try {
    await build({
      configFile: false,
      logLevel: "error",
      resolve: { alias: [{ find: /^@thawline\/core$/, replacement: source("../../core/src/index.ts") }] },
      build: {
        outDir,
        target: "es2022",
        minify: false,
        lib: { entry: source("../src/index.ts"), formats: ["iife"], name: "text", fileName: () => "page.js" },
      },
    });
    return readFileSync(join(outDir, "page.js"), "utf8");
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

beforeAll(async () => {
  const path = candidates.find((candidate) => candidate !== "" && existsSync(candidate));
  if (path === undefined)
    throw new Error("the readers' test in a browser needs a Chromium: run `node scripts/provision.mjs chromium`");
  browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });
  page = await browser.newPage();
  await page.addScriptTag({ content: await bundle() });
}, 120_000);
afterAll(async () => {
  await browser?.close();
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
