import { badFile } from "../bad-file.ts";

/** What a `tokenizer.json` says of its tokens. */
export interface TokenizerVocabulary {
  /** Token of each id; undefined for an id that no token has. */
  readonly tokens: readonly (string | undefined)[];
  /** Id of the token for what is unknown, where there is one. Model2Vec drops it before the mean. */
  readonly unknownId: number | undefined;
  /** "WordPiece", "Unigram", "BPE" or "WordLevel". */
  readonly model: string;
}

/** Ids beyond this are damage, not a vocabulary. */
const MAX_TOKENS = 1 << 25;

/**
 * Reads the vocabulary of a Hugging Face `tokenizer.json`: `model.vocab` as an object of ids (WordPiece, BPE,
 * WordLevel) or as a list of [token, score] (Unigram), and `added_tokens`, which may repeat it.
 * @throws FormatError where it is no such file, or two tokens have one id
 */
export function readTokenizerVocabulary(json: Uint8Array, file: string): TokenizerVocabulary {
  const fail = (message: string, cause?: unknown) => badFile(`tokenizer.json: ${message}`, { file, offset: 0, cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (cause) {
    throw fail("it is not valid JSON in UTF-8", cause);
  }
  const { model, added_tokens: added } = asObject(parsed) ?? {};
  const { vocab, type, unk_token: unknownToken, unk_id: unknownId } = asObject(model) ?? {};
  const tokens: (string | undefined)[] = [];
  const put = (token: unknown, id: unknown): void => {
    if (typeof token !== "string" || !Number.isInteger(id) || (id as number) < 0 || (id as number) >= MAX_TOKENS)
      throw fail(
        `expected tokens with ids from 0 to ${MAX_TOKENS}, got ${String(JSON.stringify([token, id])).slice(0, 60)}`,
      );
    const at = id as number;
    if (tokens[at] !== undefined && tokens[at] !== token)
      throw fail(`the id ${at} has two tokens, ${JSON.stringify(tokens[at])} and ${JSON.stringify(token)}`);
    // No holes in the array: they would make it slow.
    while (tokens.length < at && tokens.length < MAX_TOKENS) tokens.push(undefined);
    tokens[at] = token;
  };
  if (Array.isArray(vocab)) for (const [id, entry] of vocab.entries()) put(Array.isArray(entry) ? entry[0] : entry, id);
  else if (asObject(vocab) !== undefined) for (const [token, id] of Object.entries(vocab as object)) put(token, id);
  else throw fail("expected model.vocab, an object of ids or a list of tokens");
  if (Array.isArray(added)) for (const entry of added) put(asObject(entry)?.content, asObject(entry)?.id);
  const unknown = typeof unknownToken === "string" ? tokens.indexOf(unknownToken) : unknownId;
  return {
    tokens,
    unknownId: typeof unknown === "number" && unknown >= 0 && unknown < tokens.length ? unknown : undefined,
    model: typeof type === "string" ? type : Array.isArray(vocab) ? "Unigram" : "WordPiece",
  };
}

/** A JSON object, or undefined for anything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
