/** Scripts written without spaces: each character counts as a word, or a text would be one word. */
const unspaced =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const pattern = new RegExp(
  `[${unspaced}]|\\p{ExtPict}|\\p{RI}\\p{RI}|(?:(?![${unspaced}])[\\p{L}\\p{M}\\p{N}])+`,
  "gu",
);

/**
 * The words that two texts are compared by: Unicode NFKC, lower case, letters and digits only. Apostrophes are dropped
 * inside words (don't = dont), all other marks and white space separate; an emoji is a word, and so is each character of a
 * script without spaces. A text without any word is its own only word, trimmed: `:)` and `:(` differ.
 */
export function normalizedWords(text: string): readonly string[] {
  const plain = text.normalize("NFKC").toLowerCase();
  const words = plain.replace(/(?<=\p{L})['\u2019\u02BC\u2018`](?=\p{L})/gu, "").match(pattern);
  return words ?? [plain.replace(/\s+/gu, " ").trim()];
}

/** True where a text has no letter, digit or emoji. */
export function hasNoWords(text: string): boolean {
  pattern.lastIndex = 0;
  return !pattern.test(text.normalize("NFKC"));
}
