import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { deriveSeed, PolicyError, ThawlineError } from "@thawline/core";
import { type Dataset, datasetOf, splitDataset } from "@thawline/text";
import { writeFileAtomically } from "@thawline/vectors/node";

/** The demo's data, written as files that any other command takes too. */
export interface DemoData {
  readonly vectors: string;
  readonly files: { readonly train: string; readonly dev: string; readonly test: string };
  readonly rows: number;
  /** Rows that the sample has no class for: file and place. */
  readonly skipped: readonly string[];
}

const sources = ["amazon", "imdb", "yelp"] as const;

/** Beside the build in the published package; in the repository's fixtures while developing. */
function sampleVectors(): string {
  const name = "glove-sample.safetensors";
  const places = [`./${name}`, `../../../test-fixtures/${name}`, `../../../../test-fixtures/${name}`];
  const found = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (found !== undefined) {
    const shorter = relative(process.cwd(), found);
    return shorter.startsWith("..") ? found : shorter;
  }
  throw new ThawlineError("BAD_VECTOR_FILE", `the sample vectors (${name}) are missing from this installation`);
}

/** The sentences of the npm package `sentiment`, and the rows that have no class. */
async function readSample(): Promise<{ readonly dataset: Dataset; readonly skipped: string[] }> {
  const require = createRequire(import.meta.url);
  const texts: string[] = [];
  const labels: string[] = [];
  const skipped: string[] = [];
  for (const source of sources) {
    const path = require.resolve(`sentiment/test/fixtures/${source}.json`);
    const rows = JSON.parse(await readFile(path, "utf8")) as { text?: unknown; class?: unknown }[];
    rows.forEach((row, index) => {
      const isWhole = typeof row.text === "string" && row.text.trim() !== "" && (row.class === 0 || row.class === 1);
      if (!isWhole) {
        skipped.push(`${source}.json row ${index + 1}`);
        return;
      }
      texts.push((row.text as string).replace(/\s+/g, " ").trim());
      labels.push(row.class === 1 ? "positive" : "negative");
    });
  }
  return { dataset: datasetOf(texts, labels), skipped };
}

/** Name of the folder inside the run folder that the sample text is written to. */
export const demoDataFolder = "data";

/** The folder may be new, empty, or an earlier demo's. */
async function checkFolder(out: string): Promise<void> {
  if (!existsSync(out)) return;
  const record = await readFile(join(out, "run.json"), "utf8").catch(() => null);
  const isFree =
    record === null
      ? readdirSync(out).every((name) => name === demoDataFolder)
      : (JSON.parse(record) as { command?: string }).command === "demo";
  if (!isFree)
    throw new PolicyError("INVALID_CONFIG", `${out} is not empty and holds no earlier demo: name another --out`);
}

/**
 * Writes the sample text, split 80 / 10 / 10 by seed and stratified by label, to `data/` of the folder.
 * @throws PolicyError INVALID_CONFIG where the folder holds something else; ThawlineError OUTPUT_FAILED
 */
export async function prepareDemo(out: string, seed: number): Promise<DemoData> {
  await checkFolder(out).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOTDIR") throw cause;
    throw new ThawlineError("OUTPUT_FAILED", `cannot write to ${out}: it is a file, expected a folder`, { cause });
  });
  const { dataset, skipped } = await readSample();
  const first = splitDataset(dataset, { fraction: 0.1, seed: deriveSeed(seed, "demo-test") });
  const second = splitDataset(first.train, { fraction: 1 / 9, seed: deriveSeed(seed, "demo-dev") });
  const folder = join(out, demoDataFolder);
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new ThawlineError("OUTPUT_FAILED", `cannot write to ${out}: ${(cause as Error).message}`, { cause });
  });
  const write = async (name: string, { texts, labels }: Dataset): Promise<string> => {
    const path = join(folder, `${name}.tsv`);
    const bytes = new TextEncoder().encode(texts.map((text, i) => `${labels[i]}\t${text}\n`).join(""));
    await writeFileAtomically(path, (put) => put(bytes));
    return path;
  };
  const files = {
    train: await write("train", second.train),
    dev: await write("dev", second.held),
    test: await write("test", first.held),
  };
  return { vectors: sampleVectors(), files, rows: dataset.rows, skipped };
}
