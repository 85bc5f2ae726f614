import { type EncodingDamageKind, encodingDamage } from "./encoding-damage.ts";
import { hasNoWords } from "./normalized-words.ts";
import { placeOf, type RowPlace, type SplitRows } from "./split-rows.ts";

/** Why a text stands out. */
export type OddKind = EncodingDamageKind | "no-words" | "one-word" | "long";

/** A text that stands out. */
export interface OddText extends RowPlace {
  readonly text: string;
  /** The text as it was likely meant, where that is known. */
  readonly repaired: string | null;
}

/** Texts that stand out in one way. */
export interface OddTexts {
  readonly kind: OddKind;
  readonly rows: number;
  readonly samples: readonly OddText[];
}

/** Lengths and oddities of texts. */
export interface TextReport {
  /** Words (letters and digits) of a text. */
  readonly words: { readonly min: number; readonly median: number; readonly max: number };
  readonly odd: readonly OddTexts[];
}

/** A text is long with more than so many times the median's words, and more words than this. */
const long = { timesMedian: 10, words: 100 };

const kinds: readonly OddKind[] = ["replacement", "mojibake", "control", "html", "no-words", "one-word", "long"];

/** Looks for texts with damaged characters, and for those without words, with a single one, or far longer than the rest. */
export function findOddTexts(rows: SplitRows, lengths: Int32Array, top: number): TextReport {
  const sorted = lengths.slice().sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  const found = new Map<OddKind, { rows: number; samples: OddText[] }>();
  const add = (kind: OddKind, row: number, repaired: string | null = null): void => {
    const entry = found.get(kind) ?? { rows: 0, samples: [] };
    found.set(kind, entry);
    entry.rows++;
    if (entry.samples.length < top) entry.samples.push({ ...placeOf(rows, row), text: rows.texts[row]!, repaired });
  };
  rows.texts.forEach((text, row) => {
    const damage = encodingDamage(text);
    if (damage !== null) add(damage.kind, row, damage.repaired);
    if (lengths[row]! > Math.max(long.words, long.timesMedian * median)) add("long", row);
    else if (lengths[row]! === 1) add(hasNoWords(text) ? "no-words" : "one-word", row);
  });
  return {
    words: { min: sorted[0] ?? 0, median, max: sorted[sorted.length - 1] ?? 0 },
    odd: kinds.flatMap((kind) => (found.has(kind) ? [{ kind, ...found.get(kind)! }] : [])),
  };
}
