import { type ReadVectorsFileOptions, readVectorsFile } from "@thawline/vectors/node";
import { defaults } from "./defaults.ts";

/** True where (almost) none of the words has an upper-case letter: text should then be lower-cased. */
export function isLowerCase(words: readonly string[]): boolean {
  const cased = words.filter((word) => word !== word.toLowerCase() && !/^[<[].*[>\]]$/.test(word)).length;
  return cased <= words.length * defaults.casedShare;
}

/** Whether the first words of a vector file are lower-case. Reads no more of it than that. */
export async function hasLowerCaseWords(path: string, options: ReadVectorsFileOptions): Promise<boolean> {
  const { words } = await readVectorsFile(path, { ...options, limit: defaults.casedSample });
  return isLowerCase(words);
}
