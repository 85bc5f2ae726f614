import type { VectorFormatName } from "@thawline/vectors";
import type { Io } from "../io.ts";
import { checkOneStdin } from "../options/one-stdin.ts";
import { createReadingProgress } from "../output/reading-progress.ts";
import { styleFor } from "../output/style.ts";
import { textTable } from "../output/text-table.ts";
import { findNeighbors, type WordNeighbors } from "../pipeline/find-neighbors.ts";

interface NeighborFlags {
  readonly k?: number;
  readonly compare?: string;
  readonly vectorsFormat?: VectorFormatName;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

function describe({ word, neighbors, after, distance }: WordNeighbors, compare: boolean): string {
  const cell = (list: WordNeighbors["neighbors"], i: number): string[] => {
    const each = list?.[i];
    return each === undefined ? ["", ""] : [each.word, each.cosine.toFixed(4)];
  };
  const rows = Array.from({ length: Math.max(neighbors?.length ?? 0, after?.length ?? 0) }, (_, i) => [
    ...cell(neighbors, i),
    ...(compare ? cell(after, i) : []),
  ]);
  const head = compare ? [`${word} before`, "cosine", "after", "cosine"] : [word, "cosine"];
  const moved = distance === null ? "" : `cosine distance before to after: ${distance.toFixed(4)}\n`;
  return `${textTable(head, rows)}\n${moved}\n`;
}

/** `thawline neighbors` with parsed flags. Exit code 1 where none of the words is there. */
export async function runNeighbors(
  file: string,
  words: readonly string[],
  flags: NeighborFlags,
  io: Io,
): Promise<number> {
  const { k = 10, compare, vectorsFormat, json, quiet = false } = flags;
  checkOneStdin({ "<vectors>": file, "--compare": compare });
  const progress = createReadingProgress(io, { quiet, doing: "reading" });
  const result = await findNeighbors(file, words, {
    k,
    onProgress: progress.onProgress,
    ...(compare === undefined ? {} : { compare }),
    ...(vectorsFormat === undefined ? {} : { vectorsFormat }),
  }).finally(progress.clear);
  const style = styleFor(io.stderr, io);
  for (const { word, suggestions } of result.unknown) {
    const hint = suggestions.length === 0 ? "" : `; there are ${suggestions.map((each) => `"${each}"`).join(", ")}`;
    io.stderr.write(`${style.yellow(`"${word}" is not in ${file}${hint}`)}\n`);
  }
  if (json) io.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else for (const each of result.words) io.stdout.write(describe(each, compare !== undefined));
  return result.words.length === 0 ? 1 : 0;
}
