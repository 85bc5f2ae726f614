import { readLinesFile } from "@thawline/text/node";
import { UsageError } from "../options/usage-error.ts";

/**
 * The words of a file that has one a line, in its order; empty lines are none.
 * @throws FormatError BAD_DATA_FILE where it cannot be read; UsageError where it has no word
 */
export async function readWords(path: string): Promise<readonly string[]> {
  const words: string[] = [];
  for await (const line of readLinesFile(path)) if (line !== "") words.push(line);
  if (words.length === 0) throw new UsageError(`${path}: expected words, one a line, and found none`);
  return words;
}
