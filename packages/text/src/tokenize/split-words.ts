const wordCharacter = "[\\p{L}\\p{M}\\p{N}_]";
const modifiers = "(?:\\uFE0F|\\p{Emoji_Modifier})*";

/** Tried in this order at each position; none can match in more than one way, so that time stays linear. */
const alternatives = [
  "-[LRlr][RCSrcs][Bb]-", // brackets of the Penn Treebank
  "\\p{Regional_Indicator}\\p{Regional_Indicator}",
  `\\p{Extended_Pictographic}${modifiers}(?:\\u200D\\p{Extended_Pictographic}${modifiers})*`,
  `\\p{L}(?:\\.\\p{L})+\\.?(?!${wordCharacter})`, // u.s. i.e
  `(?:[Mm]rs?|[Mm]s|[DdSsJj]r|[Ss]t)\\.(?!${wordCharacter})`,
  `${wordCharacter}+(?:(?:['&\\u200C\\u200D-]|(?<=\\p{N})[.,:/](?=\\p{N}))${wordCharacter}+)*`,
  `'(?:[SsMmDd]|[Rr][Ee]|[Vv][Ee]|[Ll][Ll]|[Ee][Mm])(?!${wordCharacter})`, // clitics that stand alone
  "\\.{2,}",
  "-{2,}",
  "''",
  "``",
  "[^\\p{White_Space}\\p{Cc}\\p{Cf}]",
];
/** Everything that is a token, before clitics are cut off: JavaScript's syntax with flag `u`, and Oniguruma's too. */
export const wordPattern = alternatives.join("|");
const pattern = new RegExp(wordPattern, "gu");

const clitics: ReadonlySet<string> = new Set(["n't", "'s", "'m", "'d", "'re", "'ve", "'ll"]);

/** Appends a word with apostrophes, its clitics cut off: wouldn't've → would n't 've. */
function pushWithoutClitics(word: string, tokens: string[]): void {
  const cuts: number[] = [];
  let end = word.length;
  for (;;) {
    // Only the last characters are looked at, so that a long chain of clitics stays linear.
    const length = [3, 2].find((n) => end > n && clitics.has(word.slice(end - n, end).toLowerCase()));
    if (length === undefined) break;
    cuts.push(end);
    end -= length;
  }
  tokens.push(word.slice(0, end));
  for (let i = cuts.length - 1; i >= 0; i--) {
    tokens.push(word.slice(end, cuts[i]));
    end = cuts[i]!;
  }
}

/**
 * Splits text into words, numbers and punctuation marks as vocabularies of the GloVe kind have them.
 * @remarks The rules:
 * - ’ ʼ ＇ and ‛ become `'`. Letters, marks and digits of any script and `_` make words (Unicode L, M, N).
 * - Inside a word stand `'`, `&` and `-` between word characters (late-night, at&t) and `.` `,` `:` `/` between digits
 *   (3.5, 1,000, 10:30, 1/2).
 * - English clitics are cut as the Penn Treebank does: do n't, it 's, i 'm, ca n't; those already cut stay whole.
 * - Abbreviations of single letters and Mr Mrs Ms Dr Sr Jr St keep their period. `...`, `--`, `''` and two backticks
 *   and treebank brackets (-lrb-) stay whole; any other mark is a token of its own.
 * - An emoji with its modifiers and joined parts is one token, so is a flag.
 * - White space and control or format characters separate.
 *
 * Chinese, Japanese, Thai and other text without spaces is not segmented: a run of letters is one token.
 * The character classes are those of the engine's Unicode version.
 */
export function splitWords(text: string): string[] {
  const found = text.replace(/[\u2019\u02BC\uFF07\u201B]/g, "'").match(pattern);
  if (found === null) return [];
  const tokens: string[] = [];
  for (const token of found) {
    if (token.length > 2 && token.includes("'")) pushWithoutClitics(token, tokens);
    else tokens.push(token);
  }
  return tokens;
}
