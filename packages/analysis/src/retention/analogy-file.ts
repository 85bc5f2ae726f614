import { FormatError } from "@thawline/core";

/** "`a` is to `b` as `c` is to `d`". */
export interface Analogy {
  readonly section: string;
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly d: string;
}

/**
 * Reads analogies in the form of `questions-words.txt`: four words a line separated by blanks, and lines `: name` that
 * begin a section. Empty lines and `#` lines are skipped.
 * @throws FormatError BAD_DATA_FILE with the line for a line of another form, or for a file without analogies
 */
export function parseAnalogies(text: string, file?: string): Analogy[] {
  const analogies: Analogy[] = [];
  let section = "";
  const where = file === undefined ? {} : { file };
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith(":")) {
      section = line.slice(1).trim();
      continue;
    }
    const [a, b, c, d, more] = line.split(/\s+/);
    if (d === undefined || more !== undefined) {
      throw new FormatError("BAD_DATA_FILE", `expected four words, got ${JSON.stringify(line.slice(0, 80))}`, {
        ...where,
        line: index + 1,
      });
    }
    analogies.push({ section, a, b, c, d });
  }
  if (analogies.length === 0) throw new FormatError("BAD_DATA_FILE", "expected analogies, found none", where);
  return analogies;
}
