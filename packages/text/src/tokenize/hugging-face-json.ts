import { wordPattern } from "./split-words.ts";
import type { TokenizerName, TokenizerSpec } from "./tokenizer.ts";

type Step = Readonly<Record<string, unknown>>;

const split = (pattern: string, behavior: "Removed" | "Isolated", invert = false): Step => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior,
  invert,
});
const replace = (pattern: string, content: string): Step => ({ type: "Replace", pattern: { Regex: pattern }, content });

/** A clitic at the end of a word, or before such ones alone. */
const clitics = "(?i:n't|'(?:s|m|d|re|ve|ll))(?=(?i:n't|'(?:s|m|d|re|ve|ll))*$)";
const kimClitics = ["'s", "n't", "'ve", "'re", "'d", "'ll"];

const parts: {
  readonly [N in TokenizerName]: { readonly normalize: readonly Step[]; readonly split: readonly Step[] };
} = {
  whitespace: { normalize: [], split: [split("\\p{White_Space}+", "Removed")] },
  words: {
    normalize: [replace("[\\x{2019}\\x{02BC}\\x{FF07}\\x{201B}]", "'")],
    split: [split(wordPattern, "Removed", true), split(clitics, "Isolated")],
  },
  kim: {
    normalize: [
      replace("[^A-Za-z0-9(),!?'`.:;$%\\-]", " "),
      ...kimClitics.map((clitic) => replace(`${clitic}\\b`, ` ${clitic}`)),
    ],
    split: [split(" +", "Removed"), split("[(),!?.:;$%`]", "Isolated")],
  },
};

const sequence = (steps: readonly Step[], name: "normalizers" | "pretokenizers"): Step | null =>
  steps.length === 0 ? null : steps.length === 1 ? steps[0]! : { type: "Sequence", [name]: steps };

/** A name for the unknown token that is no word. */
function unknownName(words: ReadonlySet<string>): string {
  let name = "[UNK]";
  while (words.has(name)) name = `[${name}]`;
  return name;
}

/**
 * The `tokenizer.json` of Hugging Face's library that splits text as a tokenizer by name does and knows `words`, word i
 * with id i; the unknown token has the last id.
 * @remarks Two differences remain: a Greek capital sigma at a word's end is lower-cased to σ there, to ς here; and
 * character classes are those of each engine's Unicode version.
 */
export function huggingFaceJsonOf(spec: TokenizerSpec, words: readonly string[]): Readonly<Record<string, unknown>> {
  const unknown = unknownName(new Set(words));
  const { normalize, split: steps } = parts[spec.name];
  // By entries, since a word may be `__proto__`.
  const vocab = Object.fromEntries([...words, unknown].map((word, id) => [word, id]));
  const { maxLength } = spec;
  return {
    version: "1.0",
    truncation:
      maxLength === undefined
        ? null
        : { direction: "Right", max_length: maxLength, strategy: "LongestFirst", stride: 0 },
    padding: null,
    added_tokens: [],
    normalizer: sequence([...(spec.lowercase ? [{ type: "Lowercase" }] : []), ...normalize], "normalizers"),
    pre_tokenizer: sequence(steps, "pretokenizers"),
    post_processor: null,
    decoder: null,
    model: { type: "WordLevel", vocab, unk_token: unknown },
  };
}
