/** What is wrong with the characters of a text. */
export type EncodingDamageKind =
  /** U+FFFD: a byte was lost when the text was decoded. */
  | "replacement"
  /** UTF-8 read as Windows-1252, such as `Ã©` for `é`. */
  | "mojibake"
  /** C1 controls, such as U+0092 for an apostrophe: Windows-1252 read as Latin-1. */
  | "control"
  /** HTML that was not decoded: `&amp;`, `<br />`. */
  | "html";

/** Damage of one text. */
export interface EncodingDamage {
  readonly kind: EncodingDamageKind;
  /** The text as it was likely meant; null where that is not known. */
  readonly repaired: string | null;
}

/** Bytes 0x80 to 0x9F of Windows-1252; five are undefined and stand for themselves, as browsers read them (WHATWG encoding). */
const windows1252 =
  "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";
const byteOf = new Map([...windows1252].map((character, i) => [character, 0x80 + i]));
const html =
  /&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[\da-f]{1,5});|<\/?(?:br|p|div|span|a|b|i|em|strong|li|ul|td|tr|h\d)\b[^<>]{0,200}>/i;

/** The byte of Windows-1252 that a character stands for; 0 for one that it has not. */
const toByte = (character: string): number => {
  const code = character.charCodeAt(0);
  return byteOf.get(character) ?? (code < 0x100 ? code : 0);
};
/** Bytes of the UTF-8 sequence that a lead byte begins; 0 for other bytes. */
const sequenceLength = (lead: number): number =>
  lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;

/** The character whose UTF-8 sequence begins at `at`, read byte by byte; null where there is none. */
function decodeAt(text: string, at: number): string | null {
  const length = sequenceLength(toByte(text[at]!));
  if (length === 0 || at + length > text.length) return null;
  const bytes = Uint8Array.from({ length }, (_, i) => toByte(text[at + i]!));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The text with every misread sequence decoded; the same text where there is none. */
function repairMojibake(text: string): string {
  let result = "";
  for (let at = 0; at < text.length; ) {
    const decoded = decodeAt(text, at);
    result += decoded ?? text[at]!;
    at += decoded === null ? 1 : sequenceLength(toByte(text[at]!));
  }
  return result;
}

/**
 * What is wrong with the characters of a text, or null. The first kind that applies.
 * @remarks Mojibake by the test of ftfy (Speer 2019): characters that, as bytes of Windows-1252, are well-formed UTF-8 of
 * several bytes hardly occur in text that was read rightly.
 */
export function encodingDamage(text: string): EncodingDamage | null {
  if (text.includes("\uFFFD")) return { kind: "replacement", repaired: null };
  if (/[\u00C2-\u00F4]/.test(text)) {
    const repaired = repairMojibake(text);
    if (repaired !== text) return { kind: "mojibake", repaired };
  }
  if (/[\u0080-\u009F]/.test(text)) {
    const repaired = text.replace(/[\u0080-\u009F]/g, (each) => windows1252[each.charCodeAt(0) - 0x80]!);
    return { kind: "control", repaired };
  }
  return html.test(text) ? { kind: "html", repaired: null } : null;
}
