import { nearestName, ThawlineError } from "@thawline/core";
import type { HuggingFaceSpec } from "./hugging-face-tokenizer.ts";
import { splitKim } from "./split-kim.ts";
import { splitWhitespace } from "./split-whitespace.ts";
import { splitWords } from "./split-words.ts";

const splitters = { whitespace: splitWhitespace, words: splitWords, kim: splitKim } as const;

/** Name of a tokenizer. `words` is the default. */
export type TokenizerName = keyof typeof splitters;

/** Every tokenizer's name. */
export const tokenizerNames: readonly TokenizerName[] = ["words", "whitespace", "kim"];

/** Everything that fixes how text becomes tokens: plain data, saved as `tokenizer.json`. */
export interface TokenizerSpec {
  readonly name: TokenizerName;
  /** Version of the rules; a change of what any text gives is a new version. At present 1 for each name. */
  readonly version: number;
  /** Lower-case the text first, by Unicode's rules without a locale. */
  readonly lowercase: boolean;
  /** Keep the first so many tokens of a text; all without it. */
  readonly maxLength?: number;
}

/** A tokenizer as data and a pure function. Time is linear in the text. */
export interface Tokenizer {
  readonly spec: TokenizerSpec | HuggingFaceSpec;
  /** Returns the tokens of a text, fresh: those that `cut` leaves. */
  tokenize(text: string): string[];
  /** Returns all tokens of a text, fresh, however many. Of the tokenizers by name none is empty or has white space in it. */
  split(text: string): string[];
  /** Returns the first tokens, as many as the maximal length allows; the list itself where it is no longer. */
  cut(tokens: string[]): string[];
}

/** A tokenizer by name. */
export interface NamedTokenizer extends Tokenizer {
  readonly spec: TokenizerSpec;
}

const loneSurrogate = /\p{Surrogate}/u;
const loneSurrogates = /\p{Surrogate}/gu;

const invalid = (message: string): ThawlineError => new ThawlineError("INVALID_CONFIG", message);

const specKeys: readonly string[] = ["name", "version", "lowercase", "maxLength"];

/** Checks what may come from a JSON file and fills in defaults. */
function checkedSpec(spec: Partial<TokenizerSpec>): TokenizerSpec {
  if (typeof spec !== "object" || spec === null) throw invalid(`a tokenizer is described by an object, got ${spec}`);
  for (const key of Object.keys(spec)) {
    if (specKeys.includes(key)) continue;
    throw invalid(`unknown field "${key}" of a tokenizer; did you mean "${nearestName(key, specKeys)}"?`);
  }
  const { name = "words", version = 1, lowercase = false, maxLength } = spec;
  if (!(tokenizerNames as readonly unknown[]).includes(name)) {
    const known = tokenizerNames.join(", ");
    throw invalid(
      `unknown tokenizer "${name}"; did you mean "${nearestName(String(name), tokenizerNames)}"? Known: ${known}`,
    );
  }
  if (version !== 1) {
    throw invalid(`tokenizer "${name}" has version 1 here, version ${version} was asked for; update Thawline`);
  }
  if (typeof lowercase !== "boolean") throw invalid(`lowercase of a tokenizer is true or false, got ${lowercase}`);
  if (maxLength !== undefined && !(Number.isSafeInteger(maxLength) && maxLength > 0)) {
    throw invalid(`maxLength of a tokenizer is a positive integer, got ${maxLength}`);
  }
  return Object.freeze(
    maxLength === undefined ? { name, version, lowercase } : { name, version, lowercase, maxLength },
  );
}

/**
 * Makes a tokenizer from its description; fields left out get `words`, version 1, case kept, no maximal length.
 * Lone surrogates of ill-formed text become U+FFFD, so that every token can be written as UTF-8.
 * @throws ThawlineError INVALID_CONFIG for an unknown name, version or value
 * @example
 * createTokenizer({ name: "words", lowercase: true }).tokenize("Don't wait!") // ["do", "n't", "wait", "!"]
 */
export function createTokenizer(options: Partial<TokenizerSpec> = {}): NamedTokenizer {
  const spec = checkedSpec(options);
  const splitter = splitters[spec.name];
  const split = (text: string): string[] => {
    const wellFormed = loneSurrogate.test(text) ? text.replace(loneSurrogates, "\uFFFD") : text;
    return splitter(spec.lowercase ? wellFormed.toLowerCase() : wellFormed);
  };
  const { maxLength = Number.POSITIVE_INFINITY } = spec;
  const cut = (tokens: string[]): string[] => (tokens.length > maxLength ? tokens.slice(0, maxLength) : tokens);
  return { spec, split, cut, tokenize: (text) => cut(split(text)) };
}
