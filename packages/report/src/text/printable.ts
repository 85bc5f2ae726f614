/**
 * Text as it can stand in a document: control characters, lone surrogates and the characters that override the direction
 * of writing (by which a word can look like another) become U+FFFD, line ends and tabs spaces. Everything else stays,
 * whatever its script.
 */
export const printable = (text: string): string =>
  text.replace(/[\t\n\r]+/g, " ").replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Cs}/gu, "\uFFFD");

/** Printable text of at most `length` characters (code points), with an ellipsis where there were more. */
export function shortened(text: string, length: number): string {
  const whole = printable(text);
  const characters = Array.from(whole);
  return characters.length <= length ? whole : `${characters.slice(0, length - 1).join("")}…`;
}
