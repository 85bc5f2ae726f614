import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { mkdtemp, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Figures, runPeer } from "./run-peer.ts";
import { UsageError } from "./usage-error.ts";

const options = {
  scratch: { type: "string" },
  rows: { type: "string", default: "3000000" },
  dimension: { type: "string", default: "300" },
  wanted: { type: "string", default: "20000" },
  cpu: { type: "string", default: "1" },
  keep: { type: "boolean", default: false },
} as const;

const bench = fileURLToPath(new URL("./main.js", import.meta.url));
/** What a filtered load may take at its peak. */
const LOAD_MEGABYTES = 400;

/**
 * `bench big --scratch DIR`: makes a word2vec binary file of the size of GoogleNews (3.6 GB), loads 20,000 of its words
 * and converts it to float16 safetensors, each in a process of its own, and prints time and peak memory. What it makes
 * is deleted afterwards, but for `--keep`.
 */
export async function big(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options });
  if (values.scratch === undefined || !existsSync(values.scratch))
    throw new UsageError("--scratch names a folder with room for some 6 GB, which are deleted afterwards");
  const [rows, dimension, wanted, cpu] = [values.rows, values.dimension, values.wanted, values.cpu].map(Number);
  const folder = await mkdtemp(join(values.scratch, "thawline-big-"));
  try {
    await checkRoom(folder, rows! * dimension! * 6);
    const table = join(folder, "big.bin");
    await writeTable(table, rows!, dimension!);
    const { size } = await stat(table);
    process.stdout.write(`${table}: ${rows} × ${dimension}, ${(size / 1e9).toFixed(2)} GB\n`);
    const words = join(folder, "words.txt");
    const chosen = Array.from({ length: wanted! }, (_, index) => wordOf(Math.floor((index * rows!) / wanted!)));
    await writeFile(words, `${chosen.join("\n")}\n`);
    const load = await run(["load", table, "binary", "--words", words], cpu!);
    report(`load, ${wanted} wanted words`, load, wanted!);
    const isSmall = load.peak_rss_mb < LOAD_MEGABYTES;
    process.stdout.write(
      `${isSmall ? "reached" : "MISSED "}  peak memory: ${load.peak_rss_mb} MB, at most ${LOAD_MEGABYTES}\n`,
    );
    const converted = await run(["convert", table, join(folder, "big.safetensors"), "--dtype", "f16"], cpu!);
    report("convert to float16 safetensors", converted, rows!);
    const check = await run(["load", join(folder, "big.safetensors"), "safetensors", "--words", words], cpu!);
    report("load of that file, the same words", check, wanted!);
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

const run = (argv: readonly string[], cpu: number): Promise<Figures> =>
  runPeer({ name: argv[0]!, argv: [process.execPath, bench, ...argv], folder: process.cwd() }, cpu);

function report(what: string, figures: Figures, rows: number): void {
  if (figures.V !== rows) throw new Error(`${what}: expected ${rows} rows, got ${figures.V}`);
  process.stdout.write(
    `${what}: ${figures.load_s} s, peak memory ${figures.peak_rss_mb} MB (${figures.rss_before_mb} MB at start)\n`,
  );
}

async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes * 1.1)
    throw new UsageError(
      `--scratch has ${((bavail * bsize) / 1e9).toFixed(0)} GB; ${((bytes * 1.1) / 1e9).toFixed(0)} are needed`,
    );
}

const wordOf = (row: number): string => `word_${row}`;

/** Rows are windows on one block of seeded noise, each at another place: no two are alike, and it is made in no time. */
async function writeTable(path: string, rows: number, dimension: number): Promise<void> {
  const noise = Float32Array.from({ length: 1 << 20 }, seededNoise(7));
  const file = createWriteStream(path, { highWaterMark: 1 << 22 });
  const failed = once(file, "error").then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  file.write(`${rows} ${dimension}\n`);
  const rowBytes = dimension * 4;
  for (let first = 0; first < rows; first += 4096) {
    const parts: Uint8Array[] = [];
    for (let row = first; row < Math.min(rows, first + 4096); row++) {
      const at = (row * 7919) % (noise.length - dimension);
      parts.push(Buffer.from(`${wordOf(row)} `), new Uint8Array(noise.buffer, at * 4, rowBytes), newline);
    }
    if (!file.write(Buffer.concat(parts))) await Promise.race([once(file, "drain"), failed]);
  }
  file.end();
  await Promise.race([once(file, "close"), failed]);
}

const newline = Uint8Array.of(0x0a);

/** Numbers of −1 to 1 (mulberry32). */
function seededNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}
