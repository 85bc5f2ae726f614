/** Something about a text that costs coverage. */
export interface Anomaly {
  readonly kind:
    | "no-overlap"
    | "frequent-missing"
    | "texts-without-tokens"
    | "texts-without-vectors"
    | "mojibake"
    | "markup"
    | "invisible-characters"
    | "unsegmented-script"
    | "class-gap"
    | "split-gap";
  /** Which split, or null where it concerns the whole. */
  readonly split: string | null;
  /**
   * Texts it concerns; classes for `class-gap`, tokens for `no-overlap` and
   * `frequent-missing`.
   */
  readonly count: number;
  /** The first few: texts cut to 80 characters, or names. */
  readonly examples: readonly string[];
  /** What it is and what to do. */
  readonly message: string;
}

const exampleLimit = 3;

/** Tests of a text's characters, with what a hit means. */
const textTests: readonly { readonly kind: Anomaly["kind"]; readonly pattern: RegExp; readonly message: string }[] = [
  {
    kind: "mojibake",
    // U+FFFD, or UTF-8 read as Windows-1252: é as Ã©, ’ as â€™.
    pattern: /\uFFFD|\u00C3[\u0080-\u00BF\u0152-\u0178\u2018-\u203A]|\u00E2\u20AC|\u00C2[\u00A0-\u00BF]/,
    message: "characters decoded with the wrong encoding: read the source as UTF-8",
  },
  {
    kind: "markup",
    pattern: /<\/?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]{0,200})?\/?>|&(?:[A-Za-z]{2,8}|#\d{1,6}|#x[0-9A-Fa-f]{1,6});/,
    message: "HTML tags or entities in the text: take them out, they become tokens",
  },
  {
    kind: "invisible-characters",
    pattern: /[\u00AD\u200B\u2060\uFEFF]|[\u0000-\u0008\u000E-\u001F]/,
    message: "soft hyphens, zero-width spaces or controls inside the text: they cut or change words",
  },
  {
    kind: "unsegmented-script",
    pattern:
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{4}/u,
    message: "a script without spaces is not segmented here: split it beforehand and use the whitespace tokenizer",
  },
];

/** One anomaly of those texts that `test` says, if there is any. */
function ofTexts(
  anomaly: Pick<Anomaly, "kind" | "split" | "message">,
  texts: readonly string[],
  test: (index: number) => boolean,
): Anomaly[] {
  const examples: string[] = [];
  let count = 0;
  for (let i = 0; i < texts.length; i++) {
    if (!test(i)) continue;
    count++;
    if (examples.length < exampleLimit) examples.push(texts[i]!.slice(0, 80));
  }
  return count === 0 ? [] : [{ ...anomaly, count, examples }];
}

/** Finds what is odd about the texts of one split. `tokenized` by text, in the same order. */
export function findTextAnomalies(
  split: string,
  { texts, tokenized }: { readonly texts: readonly string[]; readonly tokenized: readonly (readonly string[])[] },
  hasWord: (word: string) => boolean,
): Anomaly[] {
  const noTokens = "no token at all: a model sees a zero vector";
  const noVectors = "tokens, but none with a vector: a model sees only what such words are given";
  return [
    ...ofTexts({ kind: "texts-without-tokens", split, message: noTokens }, texts, (i) => tokenized[i]!.length === 0),
    ...ofTexts(
      { kind: "texts-without-vectors", split, message: noVectors },
      texts,
      (i) => tokenized[i]!.length > 0 && !tokenized[i]!.some(hasWord),
    ),
    ...textTests.flatMap(({ kind, pattern, message }) =>
      ofTexts({ kind, split, message }, texts, (i) => pattern.test(texts[i]!)),
    ),
  ];
}
