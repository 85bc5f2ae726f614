import { FormatError } from "@thawline/core";
import { countTokens, createTokenizer, type TokenizerName, tokenizeTexts } from "@thawline/text";
import { readLinesFile } from "@thawline/text/node";
import { defaults } from "../pipeline/defaults.ts";
import { readLabelled } from "../pipeline/read-splits.ts";
import { isLowerCase } from "../pipeline/vector-case.ts";

/** How the text of `--data` is read. */
export interface CountTextOptions {
  readonly tokenizer?: TokenizerName;
  readonly lowercase?: boolean;
  readonly textColumn?: string;
  readonly labelColumn?: string;
}

/** Occurrences of words in a labelled text. */
export interface TextCounts {
  /** By word of the vectors; words that the text lacks are not in it. */
  readonly counts: ReadonlyMap<string, number>;
  readonly rows: number;
  readonly tokens: number;
  /** Share of the tokens that have a vector. */
  readonly coverage: number;
}

/**
 * Counts the words of vectors in a text, as `finetune` finds them: as they stand, else (unless the text is lower-cased
 * as a whole, because the vectors are) in lower case.
 * @throws FormatError BAD_DATA_FILE
 */
export async function countText(
  path: string,
  words: readonly string[],
  options: CountTextOptions = {},
): Promise<TextCounts> {
  const { textColumn = null, labelColumn = null } = options;
  const { dataset } = await readLabelled(path, { textColumn, labelColumn, strict: false });
  const lowercase = options.lowercase ?? isLowerCase(words.slice(0, defaults.casedSample));
  const tokenizer = createTokenizer({ name: options.tokenizer ?? defaults.tokenizer, lowercase });
  const known = new Set(words);
  const counts = new Map<string, number>();
  let tokens = 0;
  let found = 0;
  for (const [token, count] of countTokens(tokenizeTexts(dataset.texts, tokenizer).tokens)) {
    tokens += count;
    const word = [token, token.toLowerCase()].find((form) => known.has(form));
    if (word === undefined) continue;
    found += count;
    counts.set(word, (counts.get(word) ?? 0) + count);
  }
  return { counts, rows: dataset.rows, tokens, coverage: tokens === 0 ? 0 : found / tokens };
}

/**
 * Reads counts: a word and its count a line, separated by a tab or blanks; a word that comes twice counts for both.
 * @throws FormatError BAD_DATA_FILE with the line
 */
export async function readCounts(path: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let line = 0;
  for await (const text of readLinesFile(path)) {
    line++;
    if (text.trim() === "") continue;
    const [, word, digits] = /^(.*\S)\s+(\d+)\s*$/.exec(text) ?? [];
    if (word === undefined || digits === undefined) {
      const got = JSON.stringify(text.slice(0, 80));
      throw new FormatError("BAD_DATA_FILE", `expected a word and its count, got ${got}`, { file: path, line });
    }
    counts.set(word, (counts.get(word) ?? 0) + Number(digits));
  }
  if (counts.size === 0)
    throw new FormatError("BAD_DATA_FILE", "expected words with counts, found none", { file: path });
  return counts;
}
