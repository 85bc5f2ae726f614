import { ThawlineError } from "@thawline/core";
import { quoteText } from "../util/quote-text.ts";
import { alignmentChecksum } from "./alignment-checksum.ts";

/** What to verify, against what. */
export interface VerifyAlignmentOptions {
  /** The word of each row, as they are about to be used. */
  readonly words: readonly string[];
  /** What `alignmentChecksum` gave when rows were assigned. */
  readonly checksum: string;
  /** The word of each row as it was then, where still at hand: the error then names the rows that differ. */
  readonly expectedWords?: readonly string[];
  /** File or stage, for the message. */
  readonly where?: string;
}

const quote = (word: string | undefined): string => (word === undefined ? "no row" : quoteText(word, 40));

/** Says what became of the rows: swapped, shifted, or others altogether. */
function difference(words: readonly string[], expected: readonly string[]): string {
  const length = Math.max(words.length, expected.length);
  let first = -1;
  let last = -1;
  let differing = 0;
  for (let row = 0; row < length; row++) {
    if (words[row] === expected[row]) continue;
    if (first === -1) first = row;
    last = row;
    differing++;
  }
  if (first === -1) return `its checksum is not that of the ${expected.length} words it should stand for`;
  const seen = `row ${first} is that of ${quote(words[first])}, expected ${quote(expected[first])}`;
  if (differing === 2 && words[first] === expected[last] && words[last] === expected[first]) {
    return `rows ${first} and ${last} are swapped: ${seen}`;
  }
  const common = Math.min(words.length, expected.length) - first - 1;
  const isShifted = (a: readonly string[], b: readonly string[]): boolean => {
    for (let i = 0; i < common; i++) if (a[first + 1 + i] !== b[first + i]) return false;
    return common > 0;
  };
  if (isShifted(words, expected)) return `from row ${first} on, words are one row too low: ${seen}`;
  if (isShifted(expected, words)) return `from row ${first} on, words are one row too high: ${seen}`;
  return `${differing} of ${length} rows belong to other words, as of another run's vocabulary: ${seen}`;
}

/**
 * Verifies that every row still has the word it was assigned to.
 * @throws ThawlineError ALIGNMENT_MISMATCH where not; with `expectedWords` the message names the first such row, both of
 * its words, and whether two rows were swapped, rows were shifted by one, or the vocabulary is another
 */
export function verifyAlignment(options: VerifyAlignmentOptions): void {
  const { words, checksum, expectedWords, where } = options;
  if (alignmentChecksum(words) === checksum) return;
  const what =
    expectedWords === undefined
      ? `the checksum of its ${words.length} words (row 0 ${quote(words[0])}, the last ${quote(words.at(-1))}) is not the recorded one`
      : difference(words, expectedWords);
  throw new ThawlineError(
    "ALIGNMENT_MISMATCH",
    `${where === undefined ? "" : `${where}: `}words and rows do not belong together: ${what}. Take words and vectors from one run, unchanged`,
  );
}
