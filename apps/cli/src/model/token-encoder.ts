import { identityLookUp, type LookUp, type WeightedLookUp } from "@thawline/core";
import type { TokenizedTexts } from "@thawline/text";
import { joinLookUps, type WordLookUp } from "@thawline/vectors";
import { type EncodedSplit, encodeSplit } from "../pipeline/encode-split.ts";
import type { TokenRowFinder } from "./token-rows.ts";

/** Turns tokens into the ids of a look-up. */
export interface TokenEncoder {
  /** What the ids look up. Of weighted rows it holds the tokens of the last `encode` alone. */
  readonly lookUp: LookUp;
  /** Ids of tokenized texts; tokens that nothing stands for are dropped. Examples before are then of no use any more. */
  encode(texts: TokenizedTexts, classes: Int32Array): EncodedSplit;
}

/** Token id = row. */
export function plainEncoder(rowOf: (token: string) => number): TokenEncoder {
  return { lookUp: identityLookUp, encode: (texts, classes) => encodeSplit(texts, classes, rowOf) };
}

/** Ids for distinct tokens, in the order in which they come, and their look-ups. */
export function createTokenIds({ lookUpOf }: Pick<TokenRowFinder, "lookUpOf">) {
  const ids = new Map<string, number>();
  const names: string[] = [];
  const found: WordLookUp[] = [];
  return {
    /** Token of each id. */
    names: names as readonly string[],
    /** Id of a token; −1 where nothing stands for it. */
    idOf(token: string): number {
      const known = ids.get(token);
      if (known !== undefined) return known;
      const look = lookUpOf(token);
      const id = look.rows.length === 0 ? -1 : names.length;
      ids.set(token, id);
      if (id >= 0) {
        names.push(token);
        found.push(look);
      }
      return id;
    },
    /** The look-up of all ids so far. */
    lookUp: (): WeightedLookUp => joinLookUps(found),
  };
}

/**
 * An encoder for any text: tokens that the model never saw are composed where their rows allow. Each `encode` starts
 * anew, so that memory does not grow with what was asked before.
 */
export function weightedEncoder(finder: Pick<TokenRowFinder, "lookUpOf">): TokenEncoder {
  let current: WeightedLookUp = joinLookUps([]);
  return {
    lookUp: {
      kind: "weighted",
      get offsets() {
        return current.offsets;
      },
      get rows() {
        return current.rows;
      },
      get weights() {
        return current.weights;
      },
    },
    encode(texts, classes) {
      const ids = createTokenIds(finder);
      const split = encodeSplit(texts, classes, ids.idOf);
      current = ids.lookUp();
      return split;
    },
  };
}
