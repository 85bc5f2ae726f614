import {
  createTokenizer,
  type NamedTokenizer,
  type TokenizerName,
  type TokenizerSpec,
  tokenizerNames,
} from "../tokenize/tokenizer.ts";
import { countTokens, type TokenCounts } from "../vocabulary/count-tokens.ts";
import { countDropped, type Dropped } from "./count-dropped.ts";

/** How well the tokens of one tokenizer are found among the vectors. */
export interface TokenizerFit {
  readonly name: TokenizerName;
  readonly lowercase: boolean;
  /** Fraction of distinct tokens that have a vector. */
  readonly types: number;
  /** Fraction of all tokens that have a vector. */
  readonly tokens: number;
  readonly typeCount: number;
  readonly tokenCount: number;
  readonly oovTypes: number;
  readonly oovTokens: number;
  /** Pieces of the text that became no token, such as characters that `kim` does not know. */
  readonly dropped: number;
  /** Token mass: fraction of tokens and dropped pieces that have a vector. What the best is chosen by. */
  readonly fit: number;
  /** Fraction of the text's visible characters that are in a token with a vector. */
  readonly characters: number;
}

/** A fit, with the tokens it was measured on. */
export interface MeasuredTokenizer {
  readonly fit: TokenizerFit;
  readonly tokenizer: NamedTokenizer;
  readonly tokenized: readonly (readonly string[])[];
  readonly counts: TokenCounts;
}

/** Every tokenizer with and without lower-casing. */
export const auditedTokenizers: readonly Partial<TokenizerSpec>[] = tokenizerNames.flatMap((name) =>
  [false, true].map((lowercase) => ({ name, lowercase })),
);

/** How much a tokenizer changes the text: splits at spaces only; splits words; drops what is not ASCII. */
const changes: Readonly<Record<TokenizerName, number>> = { whitespace: 0, words: 2, kim: 4 };
const transformations = ({ name, lowercase }: TokenizerSpec): number => changes[name] + (lowercase ? 1 : 0);

/** What all texts lost on the way; nothing where `maxLength` cut them, for that is wanted. */
function droppedOf(texts: readonly string[], tokenized: MeasuredTokenizer["tokenized"], spec: TokenizerSpec): Dropped {
  const dropped = { pieces: 0, characters: 0 };
  if (spec.maxLength !== undefined) return dropped;
  texts.forEach((text, i) => {
    const { pieces, characters } = countDropped(spec.lowercase ? text.toLowerCase() : text, tokenized[i]!);
    dropped.pieces += pieces;
    dropped.characters += characters;
  });
  return dropped;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Tokenizes texts and measures how much of them `hasWord` finds. */
export function measureTokenizer(
  texts: readonly string[],
  spec: Partial<TokenizerSpec>,
  hasWord: (word: string) => boolean,
): MeasuredTokenizer {
  const tokenizer = createTokenizer(spec);
  const tokenized = texts.map(tokenizer.tokenize);
  const counts = countTokens(tokenized);
  const dropped = droppedOf(texts, tokenized, tokenizer.spec);
  const all = { tokens: 0, characters: 0 };
  const found = { types: 0, tokens: 0, characters: 0 };
  for (const [word, count] of counts) {
    all.tokens += count;
    all.characters += count * word.length;
    if (!hasWord(word)) continue;
    found.types++;
    found.tokens += count;
    found.characters += count * word.length;
  }
  const fit = {
    name: tokenizer.spec.name,
    lowercase: tokenizer.spec.lowercase,
    types: ratio(found.types, counts.size),
    tokens: ratio(found.tokens, all.tokens),
    typeCount: counts.size,
    tokenCount: all.tokens,
    oovTypes: counts.size - found.types,
    oovTokens: all.tokens - found.tokens,
    dropped: dropped.pieces,
    fit: ratio(found.tokens, all.tokens + dropped.pieces),
    characters: ratio(found.characters, all.characters + dropped.characters),
  };
  return { fit, tokenizer, tokenized, counts };
}

/** Differences of token mass up to this come from where marks and clitics are cut, not from what is found. */
export const fitTolerance = 0.0025;

/**
 * Chooses the tokenizer whose tokens fit the vectors best: the largest token mass. Dropped pieces count as text without
 * a vector, for a tokenizer must not win by throwing away what it cannot find. Within `fitTolerance` of the largest, more
 * characters with a vector decide (cutting a missing word in two changes token mass, not those), then fewer changes of the text.
 */
export function bestTokenizer(measured: readonly MeasuredTokenizer[]): MeasuredTokenizer {
  const most = Math.max(...measured.map(({ fit }) => fit.fit));
  const [best] = measured
    .filter(({ fit }) => fit.fit >= most - fitTolerance)
    .sort(
      (a, b) =>
        b.fit.characters - a.fit.characters ||
        b.fit.fit - a.fit.fit ||
        transformations(a.tokenizer.spec) - transformations(b.tokenizer.spec),
    );
  return best!;
}
