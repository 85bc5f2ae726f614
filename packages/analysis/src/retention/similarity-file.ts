import { FormatError } from "@thawline/core";

/** Two words and how alike people find them, on the file's own scale. */
export interface SimilarityPair {
  readonly first: string;
  readonly second: string;
  readonly score: number;
}

const isNumber = (field: string | undefined): boolean =>
  field !== undefined && field !== "" && Number.isFinite(Number(field));

/** Fields of a line: at tabs, else semicolons, else commas, else blanks. */
function fieldsOf(line: string): string[] {
  const separator = ["\t", ";", ","].find((each) => line.includes(each)) ?? /\s+/;
  return line.split(separator).map((field) => field.trim());
}

/**
 * Reads a word-similarity file: two words and a score a line, separated by tabs, semicolons, commas or blanks, as in
 * WordSim-353, SimLex-999, MEN, RG-65 and SimVerb. The score is the first column of numbers after the words (SimLex-999
 * has the part of speech between them). A first line without a number is a header; empty lines and `#` lines are skipped.
 * @throws FormatError BAD_DATA_FILE with the line for a line of another form, or for a file without pairs
 */
export function parseSimilarityPairs(text: string, file?: string): SimilarityPair[] {
  const pairs: SimilarityPair[] = [];
  let column: number | undefined;
  let isFirst = true;
  const where = file === undefined ? {} : { file };
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const fields = fieldsOf(line);
    const found = fields.findIndex((field, i) => i >= 2 && isNumber(field));
    const mayBeHeader = isFirst;
    isFirst = false;
    if (found < 0 && mayBeHeader) continue;
    column ??= found;
    if (found < 0 || !isNumber(fields[column]) || fields[0] === "" || fields[1] === "") {
      throw new FormatError("BAD_DATA_FILE", `expected "word word score", got ${JSON.stringify(line.slice(0, 80))}`, {
        ...where,
        line: index + 1,
      });
    }
    pairs.push({ first: fields[0], second: fields[1], score: Number(fields[column]) });
  }
  if (pairs.length === 0) throw new FormatError("BAD_DATA_FILE", "expected word pairs with scores, found none", where);
  return pairs;
}
