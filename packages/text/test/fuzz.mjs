/**
 * Fuzzing of the Parquet reader: seeded mutations of pyarrow's files must end in rows or in a typed error that says
 * where, without a hang and without an array that the input does not justify.
 *
 * As a script (after `npm run build -w @thawline/text`): node packages/text/test/fuzz.mjs [runs] [seed] prints the
 * counts, of 200,000 inputs by default. `fuzz.test.ts` reads 2,000 on the sources.
 */
import { readFileSync } from "node:fs";
import { argv, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { edges, generator, splice, watchAllocations } from "../../../scripts/test/fuzzing.mjs";

/** Largest single array that an input of 4 KB may cause. */
const CAP = 64 << 20;
const MAX_MS = 5000;
const seeds = [
  "strings-none",
  "strings-snappy",
  "strings-gzip",
  "strings-zstd",
  "strings-lz4",
  "strings-brotli",
].concat(["plain", "version-2", "delta", "dictionary", "int32-delta", "boolean", "class-label", "row-groups"]);

export async function fuzzParquet(api, { runs, seed }) {
  const sources = seeds.map((name) => {
    const bytes = readFileSync(new URL(`golden/parquet/${name}.parquet`, import.meta.url));
    if (bytes.length > 4096) throw new Error(`${name} has ${bytes.length} bytes`);
    return new Uint8Array(bytes);
  });
  const random = generator(seed);
  const counts = { runs: 0, datasets: 0, errors: 0, slowestMs: 0, largestArray: 0 };
  for (let turn = 0; turn < runs; turn++) {
    const bytes = mutate(sources, random);
    const watch = watchAllocations(CAP);
    const started = performance.now();
    let failure;
    try {
      await read(api, bytes, turn);
      counts.datasets++;
    } catch (error) {
      failure = error;
      counts.errors++;
    } finally {
      watch.stop();
    }
    const elapsed = performance.now() - started;
    counts.runs++;
    counts.slowestMs = Math.max(counts.slowestMs, elapsed);
    counts.largestArray = Math.max(counts.largestArray, watch.largest());
    const fault =
      faultOf(failure, watch.largest()) ?? (elapsed > MAX_MS ? `it took ${Math.round(elapsed)} ms` : undefined);
    if (fault !== undefined)
      throw new Error(`seed ${seed}, input ${turn}: ${fault}\n${Buffer.from(bytes).toString("base64")}`, {
        cause: failure,
      });
  }
  return counts;
}

function read(api, bytes, turn) {
  if (turn % 4 === 0) return api.readDataset(pieces(bytes, 1 + (turn % 700)), { format: "parquet" });
  return api.readParquetDataset({
    byteLength: bytes.length,
    slice: async (start, end) => bytes.slice(start, end).buffer,
  });
}

/** What is wrong with an outcome, or undefined. */
function faultOf(error, largest) {
  if (largest > CAP) return `an array of ${largest} bytes is beyond the cap of ${CAP}`;
  if (error === undefined) return undefined;
  if (error?.code !== "BAD_DATA_FILE") return `expected rows or BAD_DATA_FILE, got ${error?.stack ?? error}`;
  // A column that is not there, or is a list, has no place in the file; nor has a file without a row.
  const isPlaceless = /^expected (a |one |labelled rows|column )/.test(error.message);
  if (isPlaceless || error.offset !== undefined || error.line !== undefined) return undefined;
  return `an error without a place: ${error.message}`;
}

/** One to four changes of a seed; half of them in its footer, which is where the counts are. */
function mutate(sources, random) {
  const below = (bound) => Math.floor(random() * bound);
  let bytes = sources[below(sources.length)].slice();
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const from = random() < 0.5 ? Math.floor(bytes.length / 2) : 0;
    const at = Math.min(bytes.length, from + below(bytes.length - from + 1));
    const kind = below(9);
    if (kind === 0 && random() < 0.2) bytes = bytes.slice(0, at);
    else if (kind <= 3 && at < bytes.length) bytes[at] = below(256);
    else if (kind <= 5 && at < bytes.length) bytes[at] ^= 1 << below(8);
    else if (kind === 6 && at + 4 <= bytes.length)
      new DataView(bytes.buffer).setInt32(at, edges[below(edges.length)], true);
    else if (kind === 7) bytes = splice(bytes, at, 1 + below(4), new Uint8Array(0));
    else
      bytes = splice(
        bytes,
        at,
        below(3),
        Uint8Array.from({ length: 1 + below(5) }, () => below(256) | 128),
      );
  }
  return bytes;
}

async function* pieces(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [runs = "200000", seed = "4"] = argv.slice(2);
  const started = performance.now();
  const counts = await fuzzParquet(await import("@thawline/text"), { runs: Number(runs), seed: Number(seed) });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  stdout.write(
    `parquet: ${counts.runs} inputs, ${counts.datasets} data sets, ${counts.errors} typed errors, slowest ${counts.slowestMs.toFixed(0)} ms, largest array ${counts.largestArray} bytes, ${seconds} s\n`,
  );
}
