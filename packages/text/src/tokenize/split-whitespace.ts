/**
 * Splits text at runs of characters with the Unicode property White_Space and at nothing else.
 * @remarks These are U+0009–U+000D, U+0020, U+0085, U+00A0, U+1680, U+2000–U+200A, U+2028, U+2029, U+202F, U+205F and
 * U+3000 (Unicode PropList.txt). Unlike `\s` of JavaScript this has U+0085 and not U+FEFF.
 */
export function splitWhitespace(text: string): string[] {
  return text.match(/\P{White_Space}+/gu) ?? [];
}
