/** What no tokenizer makes a token of: white space, controls, invisible format characters. */
const nothing = /[\p{White_Space}\p{Cc}\p{Cf}]/gu;

/** One shape for characters that tokenizers write in another: typographic apostrophes, lone surrogates. */
const sameShape = (text: string): string =>
  text.replace(/[\u2019\u02BC\uFF07\u201B]/g, "'").replace(/\p{Surrogate}/gu, "\uFFFD");

/** What a tokenizer left out. */
export interface Dropped {
  /** Runs of visible characters. */
  readonly pieces: number;
  /** Their UTF-16 code units. */
  readonly characters: number;
}

/**
 * Counts the pieces of a text, runs of visible characters, that are in none of its tokens: what a tokenizer dropped.
 * `text` as the tokenizer saw it (lower-cased where it does that); tokens in the order of the text.
 */
export function countDropped(text: string, tokens: readonly string[]): Dropped {
  const visible = sameShape(text);
  let pieces = 0;
  let characters = 0;
  let at = 0;
  const count = (piece: string): void => {
    for (const run of piece.split(/\p{White_Space}+/u)) {
      const { length } = run.replace(nothing, "");
      if (length > 0) pieces++;
      characters += length;
    }
  };
  for (const token of tokens) {
    const start = visible.indexOf(sameShape(token), at);
    // A token that is not in the text was rewritten, not dropped.
    if (start === -1) continue;
    count(visible.slice(at, start));
    at = start + token.length;
  }
  count(visible.slice(at));
  return { pieces, characters };
}
