/**
 * Fuzzing of the readers: seeded mutations of small real files must end in a table or in a typed error that says where,
 * without a hang and without an allocation that the input does not justify.
 *
 * As a script (after `npm run build -w @thawline/vectors`): node packages/vectors/test/fuzz.mjs [runs] [seed] [reader…]
 * prints the counts; 200,000 runs of each reader by default. `fuzz.test.ts` runs 2,000 of each on the sources.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { edges, generator, splice, watchAllocations } from "../../../scripts/test/fuzzing.mjs";

const utf8 = (text) => new TextEncoder().encode(text);
/** Largest single array that an input of 4 KB may cause: where the size is known, and where it is a stream. */
const CAPS = { known: 8 << 20, stream: 64 << 20 };
const MAX_MS = 5000;

const words = ["</s>", "naïve", "東京", "a_b", "it's"];
const glove = utf8("the 0.25 -1e-3 7\n. . . 1 2 3\n\u00a0 4 5 6\nthe 1 1 1\ncaf\u00e9 nan 2 3\n");
const word2vec = utf8("3 2\nthe 0.5 1 \nof -2 3e4 \n</s> 0 0 \n");

const zipSeeds = ["one", "several", "zip64", "descriptor", "debian-pipe"];
/** Whatever the entry is read as: what is unpacked is fuzzed by the other readers. */
const zipOptions = (turn) => ({
  format: turn % 4 === 3 ? "word2vec-binary" : "word2vec",
  ...(turn % 4 === 0 ? {} : { entry: ["", "gensim.vec", "vectors/gensim.vec", "gensim.bin"][turn % 4] }),
});
let scratchFolder;
const scratch = () => {
  scratchFolder ??= mkdtempSync(join(tmpdir(), "thawline-fuzz-"));
  return scratchFolder;
};
const removeScratch = () => {
  if (scratchFolder !== undefined) rmSync(scratchFolder, { recursive: true, force: true });
  scratchFolder = undefined;
};

/** Reader → its seeds and how to read an input. */
const readers = {
  glove: {
    seeds: () => [glove],
    read: (api, bytes, turn) =>
      api.readVectors(bytes, { format: "glove", nonFinite: turn % 4 === 0 ? "error" : "skip" }),
  },
  word2vec: {
    seeds: (golden) => [word2vec, golden("gensim.vec")],
    read: (api, bytes) => api.readVectors(bytes, { format: "word2vec" }),
  },
  "word2vec-binary": {
    seeds: (golden) => [golden("gensim.bin")],
    read: (api, bytes) => api.readVectors(bytes, { format: "word2vec-binary" }),
  },
  safetensors: {
    seeds: (_, encoded) => [encoded.safetensors, encoded.float16],
    read: (api, bytes) => api.readVectors(bytes, { format: "safetensors" }),
  },
  npy: {
    seeds: (golden) =>
      ["f4-c", "f8-big-fortran", "f2-big", "f4-fortran", "version-3"].map((name) => golden(`numpy-${name}.npy`)),
    read: (api, bytes) => api.readVectors(bytes, { format: "npy", words }),
  },
  fasttext: {
    seeds: (golden) => [golden("fasttext-cbow.bin"), golden("fasttext-plain.bin"), quantizedModel()],
    read: (api, bytes) => api.readVectors(bytes, { format: "fasttext" }),
  },
  "fasttext-subwords": {
    seeds: (golden) => [golden("fasttext-cbow.bin"), golden("fasttext-plain.bin"), quantizedModel()],
    async read(api, bytes, turn) {
      const wanted = new Set(["good", "unheard"]);
      const model = await api.readFastText(bytes, turn % 2 === 0 ? {} : { wanted });
      for (const word of wanted) model.vectorOf(word);
    },
  },
  "static-model": {
    seeds: (golden) => [
      golden("folders/model2vec-mapped/model.safetensors"),
      golden("folders/nested/0_StaticEmbedding/model.safetensors"),
    ],
    async read(api, bytes, turn, golden) {
      const files = new Map([
        ["model.safetensors", bytes],
        ["tokenizer.json", golden("folders/model2vec/tokenizer.json")],
      ]);
      if (turn % 2 === 0) await api.readVectorsFolder(files);
      else await api.readStaticModel(files, turn % 4 === 1 ? {} : { wanted: new Set(["good", "[UNK]"]) });
    },
  },
  "static-tokenizer": {
    seeds: (golden) =>
      ["model2vec", "model2vec-f16", "model2vec-mapped"].map((name) => golden(`folders/${name}/tokenizer.json`)),
    read: (api, bytes, _, golden) =>
      api.readVectorsFolder(
        new Map([
          ["model.safetensors", golden("folders/model2vec/model.safetensors")],
          ["tokenizer.json", bytes],
        ]),
      ),
  },
  delta: {
    seeds: (_, encoded) => [encoded.delta],
    read: async (api, bytes) => api.decodeDelta(bytes instanceof Uint8Array ? bytes : await gather(bytes)),
  },
  zip: {
    seeds: (golden) => zipSeeds.map((name) => golden(`zips/${name}.zip`)),
    // An archive is read from its end, so a Blob stands for what is no array.
    read: async (api, bytes, turn) =>
      api.readVectors(bytes instanceof Uint8Array ? bytes : new Blob([await gather(bytes)]), zipOptions(turn)),
  },
  "zip-file": {
    seeds: (golden) => zipSeeds.map((name) => golden(`zips/${name}.zip`)),
    async read(api, bytes, turn) {
      const path = join(scratch(), "fuzz.zip");
      writeFileSync(path, bytes instanceof Uint8Array ? bytes : await gather(bytes));
      await api.readVectorsFile(path, zipOptions(turn));
    },
  },
  gzip: {
    seeds: () => [new Uint8Array(gzipSync(glove))],
    read: (api, bytes) => api.readVectors(bytes, { nonFinite: "skip" }),
  },
  detected: {
    seeds: (golden, encoded) => [
      glove,
      word2vec,
      golden("gensim.bin"),
      encoded.safetensors,
      golden("numpy-f4-c.npy"),
      golden("fasttext-plain.bin"),
    ],
    read: (api, bytes) => api.readVectors(bytes, { words }),
  },
};

export const readerNames = Object.keys(readers);

export async function fuzzReader(api, reader, options) {
  try {
    return await runInputs(api, reader, options);
  } finally {
    removeScratch();
  }
}

async function runInputs(api, reader, { runs, seed, golden: load }) {
  const cache = new Map();
  const golden = (name) => {
    if (!cache.has(name)) cache.set(name, load(name));
    return cache.get(name);
  };
  const { seeds, read } = readers[reader];
  const sources = seeds(golden, await encodeSeeds(api));
  for (const source of sources)
    if (source.length > 4096) throw new Error(`a seed of ${reader} has ${source.length} bytes`);
  const random = generator(seed ^ hashOf(reader));
  const counts = { reader, runs: 0, tables: 0, errors: 0, slowestMs: 0, largestAllocation: 0 };
  for (let turn = 0; turn < runs; turn++) {
    const bytes = mutate(sources, random);
    const isKnown = random() < 0.5;
    const watch = watchAllocations(isKnown ? CAPS.known : CAPS.stream);
    const started = performance.now();
    let failure;
    try {
      await read(api, isKnown ? bytes : pieces(bytes, 1 + Math.floor(random() * 700)), turn, golden);
      counts.tables++;
    } catch (error) {
      failure = error;
      counts.errors++;
    } finally {
      watch.stop();
    }
    const elapsed = performance.now() - started;
    counts.runs++;
    counts.slowestMs = Math.max(counts.slowestMs, elapsed);
    counts.largestAllocation = Math.max(counts.largestAllocation, watch.largest());
    const fault = faultOf(failure, reader) ?? (elapsed > MAX_MS ? `it took ${Math.round(elapsed)} ms` : undefined);
    if (fault !== undefined) {
      const input = Buffer.from(bytes).toString("base64");
      throw new Error(
        `${reader}, seed ${seed}, input ${turn} (${isKnown ? "known size" : "stream"}): ${fault}\n${input}`,
        {
          cause: failure,
        },
      );
    }
  }
  return counts;
}

/** What is wrong with an outcome, or undefined. */
function faultOf(error, reader) {
  if (error === undefined) return undefined;
  if (error?.code !== "BAD_VECTOR_FILE") return `expected a table or BAD_VECTOR_FILE, got ${error?.stack ?? error}`;
  // What a file is not, and what cannot be unpacked, has no place.
  if (reader === "detected" || reader === "gzip") return undefined;
  return error.offset === undefined && error.line === undefined
    ? `an error without a place: ${error.message}`
    : undefined;
}

async function encodeSeeds(api) {
  const table = { dimension: 3, words: ["a", "b\n", "東"], data: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 0.1]) };
  const tuned = { ...table, data: table.data.map((value, index) => (index === 4 ? 9 : value)) };
  return {
    safetensors: await api.encodeVectors(table, { format: "safetensors" }),
    float16: await api.encodeVectors(table, { format: "safetensors", dtype: "f16" }),
    delta: api.encodeDelta(api.createDelta(table, tuned)),
  };
}

/** A pruned, quantised model with norms, as small as one can be: fastText itself refuses to quantise below 256 rows. */
function quantizedModel() {
  const int32 = (...values) => new Uint8Array(Int32Array.from(values).buffer);
  const int64 = (...values) => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  const quantizer = (dim, parts, width, last) =>
    Buffer.concat([
      int32(dim, parts, width, last),
      new Uint8Array(Float32Array.from({ length: dim * 256 }, (_, at) => at / 256).buffer),
    ]);
  const entry = (word, type) => Buffer.concat([utf8(word), Uint8Array.of(0), int64(3), Uint8Array.of(type)]);
  return new Uint8Array(
    Buffer.concat([
      int32(793712314, 12, 2, 5, 1, 1, 5, 1, 3, 3, 10, 1, 2, 100),
      new Uint8Array(Float64Array.of(1e-4).buffer),
      int32(3, 2, 1),
      int64(9, 2),
      entry("good", 0),
      entry("é", 0),
      entry("__label__x", 1),
      int32(3, 0, 7, 1),
      Uint8Array.of(1, 1),
      int64(4, 2),
      int32(8),
      Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      quantizer(2, 2, 1, 1),
      Uint8Array.of(0, 1, 2, 3),
      quantizer(1, 1, 1, 1),
      Uint8Array.of(0),
      int64(1, 2),
      new Uint8Array(8),
    ]),
  );
}

/** One to four changes of a seed. */
function mutate(sources, random) {
  const below = (bound) => Math.floor(random() * bound);
  let bytes = sources[below(sources.length)].slice();
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(bytes.length + 1);
    const kind = below(9);
    if (kind === 0) bytes = bytes.slice(0, at);
    else if (kind <= 2 && at < bytes.length) bytes[at] = below(256);
    else if (kind === 3 && at < bytes.length) bytes[at] ^= 1 << below(8);
    else if (kind === 4)
      bytes = splice(
        bytes,
        at,
        0,
        Uint8Array.from({ length: 1 + below(8) }, () => below(256)),
      );
    else if (kind === 5) bytes = splice(bytes, at, 1 + below(16), new Uint8Array(0));
    else if (kind === 6 && at + 8 <= bytes.length) {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      if (random() < 0.5) view.setInt32(at, edges[below(edges.length)], true);
      else view.setBigInt64(at, BigInt(edges[below(edges.length)]) * BigInt(1 + below(1000)), true);
    } else if (kind === 7) {
      const other = sources[below(sources.length)];
      const from = below(other.length);
      bytes = splice(bytes, at, below(32), other.subarray(from, from + below(64)));
    } else if (kind === 8) {
      const from = below(bytes.length);
      bytes = splice(bytes, at, 0, bytes.slice(from, from + below(64)));
    }
  }
  return bytes;
}

async function* pieces(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gather(source) {
  const parts = [];
  for await (const part of source) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

function hashOf(text) {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + character.codePointAt(0)) | 0;
  return hash;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const [runs = "200000", seed = "4", ...chosen] = argv.slice(2);
  const api = { ...(await import("@thawline/vectors")), ...(await import("@thawline/vectors/node")) };
  const golden = (name) => new Uint8Array(readFileSync(new URL(`golden/${name}`, import.meta.url)));
  for (const reader of chosen.length > 0 ? chosen : readerNames) {
    const started = performance.now();
    const counts = await fuzzReader(api, reader, { runs: Number(runs), seed: Number(seed), golden });
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    stdout.write(
      `${reader}: ${counts.runs} inputs, ${counts.tables} tables, ${counts.errors} typed errors, slowest ${counts.slowestMs.toFixed(0)} ms, largest array ${counts.largestAllocation} bytes, ${seconds} s\n`,
    );
  }
}
