import { parseArgs } from "node:util";
import { readVectorsFile } from "@thawline/vectors/node";
import { peakMegabytes } from "./peak-megabytes.ts";
import { readTaskFile } from "./read-task-file.ts";
import { UsageError } from "./usage-error.ts";
import { readWordsFile } from "./words-file.ts";

const formats = { glove: "glove", text: "word2vec", binary: "word2vec-binary", safetensors: "safetensors" } as const;

/**
 * `bench load FILE glove|text|binary|safetensors [--words-of DIR | --words FILE]`: reads a file of vectors and prints
 * seconds, rows and memory.
 */
export async function load(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { "words-of": { type: "string" }, words: { type: "string" } },
    allowPositionals: true,
  });
  const [file, kind = ""] = positionals;
  if (file === undefined || !(kind in formats))
    throw new UsageError(`load takes FILE and one of ${Object.keys(formats).join(", ")}`);
  const folder = values["words-of"];
  const wanted =
    values.words !== undefined
      ? await readWordsFile(values.words)
      : folder === undefined
        ? undefined
        : await wordsOf(folder);
  const before = peakMegabytes();
  const start = performance.now();
  const table = await readVectorsFile(file, {
    format: formats[kind as keyof typeof formats],
    ...(wanted && { wanted }),
  });
  const seconds = (performance.now() - start) / 1000;
  const figures = {
    peer: "thawline-load",
    kind,
    V: table.words.length,
    dim: table.dimension,
    load_s: Number(seconds.toFixed(3)),
    peak_rss_mb: peakMegabytes(),
    rss_before_mb: before,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** Every token of a task's three parts. */
async function wordsOf(folder: string): Promise<ReadonlySet<string>> {
  const words = new Set<string>();
  for (const part of ["train", "dev", "test"])
    for (const { tokens } of await readTaskFile(`${folder}/${part}.tsv`)) for (const token of tokens) words.add(token);
  return words;
}
