import { readFile } from "node:fs/promises";

/** One example of a peer's task file. */
export interface TaskExample {
  readonly label: string;
  readonly tokens: readonly string[];
}

/** Reads `label, tab, tokens joined by one space` lines, the form that every peer reads. */
export async function readTaskFile(file: string): Promise<readonly TaskExample[]> {
  const lines = (await readFile(file, "utf8")).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => {
    const tab = line.indexOf("\t");
    const text = line.slice(tab + 1);
    return { label: line.slice(0, tab), tokens: text === "" ? [] : text.split(" ") };
  });
}
