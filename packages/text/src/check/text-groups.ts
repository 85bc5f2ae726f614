import { normalizedWords } from "./normalized-words.ts";

/** Rows grouped by their normalised text. */
export interface TextGroups {
  /** `[N]` group of each row. */
  readonly groupOf: Int32Array;
  /** Rows of each group, ascending. */
  readonly rows: readonly (readonly number[])[];
  /** Words of each group as numbers: word `w` of all groups has `frequency[w]` occurrences. Fresh. */
  readonly words: readonly Int32Array[];
  /** `[words]` number of groups that a word occurs in. */
  readonly frequency: Int32Array;
}

/** Groups texts that are the same but for case, punctuation, white space and Unicode form: see `normalizedWords`. */
export function groupTexts(texts: readonly string[]): TextGroups {
  const byKey = new Map<string, number>();
  const numberOf = new Map<string, number>();
  const frequency: number[] = [];
  const rows: number[][] = [];
  const words: Int32Array[] = [];
  const groupOf = new Int32Array(texts.length);
  texts.forEach((text, row) => {
    const found = normalizedWords(text);
    const key = found.join(" ");
    const known = byKey.get(key);
    if (known !== undefined) {
      groupOf[row] = known;
      rows[known]!.push(row);
      return;
    }
    const group = rows.length;
    byKey.set(key, group);
    groupOf[row] = group;
    rows.push([row]);
    const numbers = Int32Array.from(found, (word) => {
      let number = numberOf.get(word);
      if (number === undefined) {
        number = numberOf.size;
        numberOf.set(word, number);
        frequency.push(0);
      }
      return number;
    });
    for (const number of new Set(numbers)) frequency[number]!++;
    words.push(numbers);
  });
  return { groupOf, rows, words, frequency: Int32Array.from(frequency) };
}
