import { ThawlineError } from "@thawline/core";
import { quoteText } from "../util/quote-text.ts";

/** The error of a vocabulary that shares no word with its vectors, with what lower-casing would change, counted. */
export function noOverlap(words: readonly string[], vectorWords: readonly string[]): ThawlineError {
  const real = words.filter((word) => word !== "");
  const show = (list: readonly string[]): string =>
    list
      .slice(0, 5)
      .map((word) => quoteText(word, 20))
      .join(", ");
  const has = new Set(vectorWords);
  const lowered = real.filter((word) => has.has(word.toLowerCase())).length;
  const advice =
    lowered > 0
      ? `Lower-casing would find ${lowered} of ${real.length}: set lowercase`
      : "Is it the right file, its language and script those of the text, and does the tokenizer fit?";
  const sides = `the text has ${show(real) || "no word"}; the vectors have ${show(vectorWords) || "no word"}`;
  const message = `none of the text's ${real.length} words has a vector: ${sides}. ${advice}`;
  return new ThawlineError("NO_VOCABULARY_OVERLAP", message);
}
