import { joinLookUps } from "@thawline/vectors";
import { composeToken } from "../run/composed-words.ts";
import type { LoadedModel } from "./load-model.ts";
import { createTokenRowFinder } from "./token-rows.ts";

/** A model's words with a vector for each. */
export interface ModelWords {
  readonly words: readonly string[];
  readonly dimension: number;
  /** Writes the vector of `words[index]` to `into` [D]. */
  write(index: number, into: Float32Array): void;
}

/**
 * The words of a saved model: of its rows; those with a row of their own, each made of it and its n-grams; or a
 * tokenizer's tokens, each its row times its weight.
 */
export function wordsOfModel({ words, tokenRows, embeddings, config: { dimension } }: LoadedModel): ModelWords {
  const valuesOf = (row: number): Float32Array => embeddings.subarray(row * dimension, (row + 1) * dimension);
  if (tokenRows === null) return { words, dimension, write: (row, into) => into.set(valuesOf(row)) };
  const named =
    tokenRows.kind === "pieces"
      ? tokenRows.tokens.filter((token, id) => token !== "" && id !== tokenRows.unknownId)
      : tokenRows.words.filter((_, row) => tokenRows.buckets[row]! < 0);
  const { lookUpOf } = createTokenRowFinder(tokenRows);
  return {
    words: named,
    dimension,
    write: (index, into) => composeToken(joinLookUps([lookUpOf(named[index]!)]), 0, { valuesOf, into }),
  };
}
