import { FormatError } from "@thawline/core";
import type { Tokenizer } from "./tokenizer.ts";

/** A tokenizer that a `tokenizer.json` of Hugging Face's library describes: what the model of its vectors was made with. */
export interface HuggingFaceSpec {
  readonly name: "tokenizer.json";
  readonly version: 1;
  /** What the file's own normaliser does is its own affair. */
  readonly lowercase: false;
  /** WordPiece, Unigram, BPE or WordLevel. */
  readonly model: string;
  /** Keep the first so many known tokens of a text; all without it. */
  readonly maxLength?: number;
}

/** A tokenizer and the vocabulary behind it. */
export interface HuggingFaceTokenizer extends Tokenizer {
  readonly spec: HuggingFaceSpec;
  /** Id of the token for what is unknown, or −1. */
  readonly unknownId: number;
  /** Id of a token; −1 for one that there is none of, and for the unknown one: it is left out of a text's mean. */
  idOf(token: string): number;
}

/** How to load one. */
export interface LoadHuggingFaceOptions {
  /** Default: the file's own truncation, if it has one. */
  readonly maxLength?: number;
  /** For messages. */
  readonly file?: string;
}

interface TokenizerJson {
  readonly model?: { readonly type?: string; readonly vocab?: unknown; readonly unk_token?: string | null };
  readonly added_tokens?: readonly unknown[];
  readonly truncation?: { readonly max_length?: number } | null;
}

/** No token begins with it. */
const neverInVocabulary = "\u0000##";

/**
 * WordLevel, which the library lacks, as the WordPiece that it is equal to: no piece continues a word, so a word is whole
 * or unknown.
 */
function withoutWordLevel(json: TokenizerJson): TokenizerJson {
  if (json.model?.type !== "WordLevel") return json;
  let longest = 0;
  for (const word of Object.keys(json.model.vocab ?? {})) longest = Math.max(longest, [...word].length);
  const piece = { continuing_subword_prefix: neverInVocabulary, max_input_chars_per_word: longest };
  return { ...json, model: { ...json.model, ...piece, type: "WordPiece" } };
}

function modelOf({ model }: TokenizerJson): string {
  return model?.type ?? (Array.isArray(model?.vocab) ? "Unigram" : "WordPiece");
}

/**
 * Loads a tokenizer from the text of a `tokenizer.json`: normaliser, pre-tokeniser, model and added tokens; no special
 * tokens are put around a text, as static models want it.
 * @throws FormatError BAD_MODEL_FILE where it is no such file, or needs a part that the library does not have
 * @remarks The work is that of `@huggingface/tokenizers`, loaded when it is first needed.
 * @example
 * const tokenizer = await loadHuggingFaceTokenizer(await readFile("model/tokenizer.json", "utf8"));
 * tokenizer.tokenize("unaffable") // ["una", "##ffa", "##ble"]
 */
export async function loadHuggingFaceTokenizer(
  text: string,
  { maxLength, file }: LoadHuggingFaceOptions = {},
): Promise<HuggingFaceTokenizer> {
  const bad = (message: string, cause?: unknown): FormatError =>
    new FormatError("BAD_MODEL_FILE", message, file === undefined ? {} : { file }, { cause });
  let json: TokenizerJson;
  try {
    json = JSON.parse(text) as TokenizerJson;
  } catch (cause) {
    throw bad("expected a tokenizer.json: it is no JSON", cause);
  }
  const { Tokenizer: Library } = await import("@huggingface/tokenizers");
  const optional = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };
  let library: InstanceType<typeof Library>;
  try {
    library = new Library({ ...optional, ...withoutWordLevel(json) }, {});
  } catch (cause) {
    throw bad(
      `this tokenizer.json cannot be used (${(cause as Error).message}): choose a tokenizer of words with --tokenizer`,
      cause,
    );
  }
  const limit = maxLength ?? json.truncation?.max_length;
  const spec: HuggingFaceSpec = Object.freeze({
    name: "tokenizer.json",
    version: 1,
    lowercase: false,
    model: modelOf(json),
    ...(limit === undefined ? {} : { maxLength: limit }),
  });
  return createTokenizerOf(library, spec);
}

/** The parts of the library's tokenizer that are used. */
interface Library {
  readonly model: unknown;
  encode(text: string, options: { add_special_tokens: boolean }): { readonly ids: readonly number[] };
  id_to_token(id: number): string | undefined;
  token_to_id(token: string): number | undefined;
}

function createTokenizerOf(library: Library, spec: HuggingFaceSpec): HuggingFaceTokenizer {
  const unknownId = (library.model as { unk_token_id?: number | null }).unk_token_id ?? -1;
  const idOf = (token: string): number => {
    const id = library.token_to_id(token) ?? -1;
    return id === unknownId ? -1 : id;
  };
  const split = (text: string): string[] => {
    const tokens: string[] = [];
    if (text === "") return tokens;
    for (const id of library.encode(text, { add_special_tokens: false }).ids) {
      // Without a token for what is unknown the library gives no id: it is left out, as an unknown one is.
      const token = id === undefined ? undefined : library.id_to_token(id);
      if (token !== undefined) tokens.push(token);
    }
    return tokens;
  };
  const cut = (tokens: string[]): string[] => {
    const { maxLength } = spec;
    if (maxLength === undefined || tokens.length <= maxLength) return tokens;
    // Model2Vec leaves unknown tokens out first and cuts then.
    let known = 0;
    const end = tokens.findIndex((token) => idOf(token) >= 0 && ++known > maxLength);
    return end < 0 ? tokens : tokens.slice(0, end);
  };
  return { spec, unknownId, idOf, split, cut, tokenize: (text) => cut(split(text)) };
}
