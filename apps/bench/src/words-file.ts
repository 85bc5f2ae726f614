import { readFile, writeFile } from "node:fs/promises";
import { decodeWord } from "@thawline/vectors";
import { readVectorRowsFile } from "@thawline/vectors/node";

/** Writes so many of a vector file's words, evenly over the file, one a line. */
export async function writeSomeWords(vectors: string, file: string, count: number): Promise<void> {
  const words: string[] = [];
  await readVectorRowsFile(vectors, { begin: () => {}, row: (_, word) => void words.push(decodeWord(word)) });
  const step = words.length / count;
  const chosen = Array.from({ length: Math.min(count, words.length) }, (_, index) => words[Math.floor(index * step)]);
  await writeFile(file, `${chosen.join("\n")}\n`);
}

/** The words of such a file. */
export async function readWordsFile(file: string): Promise<ReadonlySet<string>> {
  return new Set((await readFile(file, "utf8")).split("\n").filter((word) => word !== ""));
}
