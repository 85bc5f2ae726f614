import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Runs the command and returns the JSON document that it prints. */
export async function thawline({ cli }, args) {
  const child = spawn(process.execPath, [cli, ...args, "--no-config", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (part) => {
    text += part;
  });
  const code = await new Promise((done) => child.on("close", done));
  if (code !== 0) throw new Error(`thawline ${args.join(" ")} ended with ${code}: ${text}`);
  return JSON.parse(text);
}

/** The files of a data set as flags. */
export const splitsOf = ({ data }, name) =>
  ["train", "dev", "test"].flatMap((split) => [`--${split}`, join(data, name, `${split}.tsv`)]);

/** Writes a file whole. */
export function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

/** A JSON file, made once. */
export async function once(path, make) {
  if (!existsSync(path)) write(path, `${JSON.stringify(await make())}\n`);
  return JSON.parse(readFileSync(path, "utf8"));
}

/** The vectors of the words of a data set alone: many runs on them read 20 times less. */
export async function taskVectors(place, name) {
  const out = join(place.work, "vectors", `${name}.txt`);
  if (existsSync(out)) return out;
  const words = new Set();
  for (const split of ["train", "dev", "test"]) {
    const text = readFileSync(join(place.data, name, `${split}.tsv`), "utf8").toLowerCase();
    for (const word of text.split(/[^\p{L}\p{N}'’.-]+/u)) words.add(word);
    for (const word of text.split(/\s+/u)) words.add(word);
    for (const word of text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []) words.add(word);
  }
  const list = join(place.work, "vectors", `${name}.words.txt`);
  write(list, `${[...words].filter(Boolean).sort().join("\n")}\n`);
  await thawline(place, ["convert", place.vectors, out, "--keep-words", list]);
  return out;
}

/** SHA-256 of text, in hexadecimal. */
export const hashOf = (text) => createHash("sha256").update(text).digest("hex");

/** The results of `work` on each item, in their order, some at once. */
export async function inParallel(items, jobs, work) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}
