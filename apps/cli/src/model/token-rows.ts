import type { LookupRule } from "@thawline/text";
import { createSubwordLookUp, type SubwordTable, type WordLookUp } from "@thawline/vectors";

/** Words made of fastText rows: their own and their n-grams'. */
export interface SubwordRows extends SubwordTable {
  readonly kind: "subwords";
  /** Forms under which a word is sought among those with a row; the n-grams are always those of the token as it is. */
  readonly rules: readonly LookupRule[];
}

/** Tokens of a `tokenizer.json` and their weighted rows. */
export interface PieceRows {
  readonly kind: "pieces";
  /** [T] token of each id; "" for an id that no token has. */
  readonly tokens: readonly string[];
  /** Id of the unknown token, which is left out of texts, or −1. */
  readonly unknownId: number;
  /** [T] row of each token. */
  readonly rows: Int32Array;
  /** [T] factor of each token's row. */
  readonly weights: Float32Array | Float64Array;
}

/** How tokens become weighted rows of a table, where a token is not simply a row: plain data, saved with a model. */
export type TokenRows = SubwordRows | PieceRows;

/** Finds the rows of tokens. */
export interface TokenRowFinder {
  /** The rows that make a token's vector, and their weights; empty where nothing stands for it. */
  lookUpOf(token: string): WordLookUp;
  /** Whether the token has a row of its own, so that its vector is not merely composed. */
  hasOwnRow(token: string): boolean;
}

const nothing: WordLookUp = { rows: new Int32Array(0), weights: new Float32Array(0) };

function findSubwords(table: SubwordRows): TokenRowFinder {
  const { has, lookUpOf } = createSubwordLookUp(table);
  const folds = table.rules.includes("lowercase");
  const formOf = (token: string): string => {
    if (!folds || has(token)) return token;
    const lower = token.toLowerCase();
    return has(lower) ? lower : token;
  };
  return { lookUpOf: (token) => lookUpOf(formOf(token)), hasOwnRow: (token) => has(formOf(token)) };
}

function findPieces({ tokens, unknownId, rows, weights }: PieceRows): TokenRowFinder {
  const ids = new Map<string, number>();
  tokens.forEach((token, id) => {
    if (token !== "" && id !== unknownId && !ids.has(token)) ids.set(token, id);
  });
  return {
    hasOwnRow: (token) => ids.has(token),
    lookUpOf(token) {
      const id = ids.get(token);
      if (id === undefined) return nothing;
      return { rows: rows.subarray(id, id + 1), weights: Float32Array.of(weights[id]!) };
    },
  };
}

/** Creates the finder of a description. */
export function createTokenRowFinder(description: TokenRows): TokenRowFinder {
  return description.kind === "subwords" ? findSubwords(description) : findPieces(description);
}

/** A name for each row of the table, by which its content is verified: a word, `bucket N` or `row N`. */
export function namesOfRows(description: TokenRows, count: number): string[] {
  if (description.kind === "subwords") {
    const { words, buckets } = description;
    // No word of fastText's has a space in it.
    return words.map((word, row) => (buckets[row]! < 0 ? word : `bucket ${buckets[row]}`));
  }
  const { tokens, rows } = description;
  const isPlain = tokens.length === count && rows.every((row, id) => row === id);
  return isPlain ? [...tokens] : Array.from({ length: count }, (_, row) => `row ${row}`);
}

/** The same rows in a table without its first row, padding, or with one more. */
export function shiftRows(description: TokenRows, by: -1 | 1): TokenRows {
  if (description.kind === "pieces") return { ...description, rows: description.rows.map((row) => row + by) };
  const { words, buckets } = description;
  if (by === -1) return { ...description, words: words.slice(1), buckets: buckets.slice(1) };
  return { ...description, words: ["", ...words], buckets: prepend(buckets) };
}

function prepend(buckets: Int32Array): Int32Array {
  const longer = new Int32Array(buckets.length + 1);
  longer[0] = -1;
  longer.set(buckets, 1);
  return longer;
}
