/** One way in which text and vectors may write the same word differently. */
export interface RecoveryRule {
  readonly name: string;
  /** What it does, for a reader. */
  readonly description: string;
  /**
   * Forms to look up for a token, the likeliest first, each as pieces that must all have a vector. A form that is the
   * token itself is passed over.
   */
  candidates(token: string): readonly (readonly string[])[];
  /** Whether the vectors follow the convention at all; asks only for `conventionWords`. Default: they may. */
  appliesTo?(hasWord: (word: string) => boolean): boolean;
}

/** Words that tell conventions about digits: a file that writes every digit as 0 has no 1, one that writes # has ##. */
export const conventionWords: readonly string[] = ["0", "1", "##"];

const single = (form: (token: string) => string) => (token: string) => [[form(token)]];

/** First letter upper-case, the rest as it is. */
function capitalize(token: string): string {
  const first = String.fromCodePoint(token.codePointAt(0)!);
  return first.toUpperCase() + token.slice(first.length);
}

const singleQuotes = /[\u2018\u2019\u201A\u201B\u02BC\u0060\u00B4\uFF07]/g;
const doubleQuotes = /[\u201C\u201D\u201E\u201F\u00AB\u00BB\uFF02]|''|``/g;

/** Straight, typographic, and as the Penn Treebank has them. */
function quoteForms(token: string): string[][] {
  const straight = token.replace(doubleQuotes, '"').replace(singleQuotes, "'");
  return [
    [straight],
    [straight.replace(/'/g, "\u2019")],
    [straight.replace(/"/g, "\u201D")],
    [straight.replace(/"/g, "''")],
    [straight.replace(/"/g, "``")],
  ];
}

const digits = /\p{Nd}/gu;
const wholeNumber = /^[+-]?\p{Nd}+(?:[.,:/]\p{Nd}+)*$/u;
const numberTokens = ["<number>", "<num>", "<NUM>", "<NUMBER>", "[NUM]", "[NUMBER]", "NUMBER"];
const numberAs = (words: readonly string[]) => (token: string) =>
  wholeNumber.test(token) ? words.map((word) => [word]) : [];

/** Clitics that mean one word; 's and 'd mean several. */
const cliticWords = new Map([
  ["n't", "not"],
  ["'m", "am"],
  ["'re", "are"],
  ["'ve", "have"],
  ["'ll", "will"],
]);
const cliticForms = (token: string): string[][] => {
  const word = cliticWords.get(token.toLowerCase());
  return word === undefined ? [] : [[word]];
};

const hyphens = /[-\u2010-\u2015\u2212]+/;

/** Parts at a separator; nothing where there is only one. */
function parts(token: string, separator: RegExp): string[][] {
  const pieces = token.split(separator).filter((piece) => piece !== "");
  return pieces.length > 1 ? [pieces] : [];
}

/** The parts at hyphens, joined by something else. */
const rejoin = (joint: string) => (token: string) => parts(token, hyphens).map((pieces) => [pieces.join(joint)]);

/** Token without its accents: decomposed, combining marks dropped. */
const withoutMarks = (token: string): string => token.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");

/** Every rule that looks at one token, in the order of reports. Phrases of neighbours are measured apart. */
export const recoveryRules: readonly RecoveryRule[] = [
  { name: "lowercase", description: "lower-case the token", candidates: single((token) => token.toLowerCase()) },
  { name: "capitalize", description: "capitalize its first letter", candidates: single(capitalize) },
  { name: "nfc", description: "Unicode form NFC", candidates: single((token) => token.normalize("NFC")) },
  { name: "nfkc", description: "Unicode form NFKC", candidates: single((token) => token.normalize("NFKC")) },
  { name: "quotes", description: "apostrophes and quotes as the vectors have them", candidates: quoteForms },
  { name: "clitics", description: "n't 'm 're 've 'll as not am are have will", candidates: cliticForms },
  {
    name: "digits-to-0",
    description: "each digit as 0, as these vectors have them",
    candidates: single((token) => token.replace(digits, "0")),
    appliesTo: (hasWord) => hasWord("0") && !hasWord("1"),
  },
  {
    name: "digits-to-#",
    description: "each digit as #, as these vectors have them",
    candidates: single((token) => token.replace(digits, "#")),
    appliesTo: (hasWord) => hasWord("##"),
  },
  {
    name: "number-token",
    description: "a number as the vectors' token for numbers",
    candidates: numberAs(numberTokens),
  },
  {
    name: "number-word",
    description: "a number as the word number: a stand-in, not its spelling",
    candidates: numberAs(["number"]),
  },
  {
    name: "thousands",
    description: "a number without its thousands separators",
    candidates: single((token) => (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(token) ? token.replaceAll(",", "") : token)),
  },
  { name: "hyphens-split", description: "split at hyphens", candidates: (token) => parts(token, hyphens) },
  { name: "hyphens-joined", description: "hyphens left out", candidates: rejoin("") },
  { name: "hyphens-to-_", description: "hyphens as _", candidates: rejoin("_") },
  { name: "underscores-split", description: "split at _", candidates: (token) => parts(token, /_+/) },
  { name: "diacritics", description: "without accents", candidates: single(withoutMarks) },
];

/** The first form of a token under a rule that the vectors have, its pieces with spaces between; undefined: none. */
export function recover(rule: RecoveryRule, token: string, hasWord: (word: string) => boolean): string | undefined {
  for (const pieces of rule.candidates(token)) {
    if (pieces.length === 1 && (pieces[0] === token || pieces[0] === "")) continue;
    if (pieces.every(hasWord)) return pieces.join(" ");
  }
  return undefined;
}

/** Name of the rule that joins a token with its neighbour by `_`. */
export const phraseRule = "phrases";

/** A token with the one after it, as vectors of phrases have them. */
export const phraseOf = (token: string, next: string): string => `${token}_${next}`;
