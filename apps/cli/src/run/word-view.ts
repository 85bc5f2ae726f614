import { countTokens, createEmbeddingTable, type EmbeddingTable, identityLookUp } from "@thawline/core";
import type { EncodedSplit } from "../pipeline/encode-split.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import { composeTokens, rowsBefore, rowsNow } from "./composed-words.ts";

/** With a padding row in front of the tokens. */
function padded(data: Float32Array, dimension: number): Float32Array {
  const table = new Float32Array(data.length + dimension);
  table.set(data, dimension);
  return table;
}

const behindPadding = (split: EncodedSplit): EncodedSplit => ({ ...split, ids: split.ids.map((id) => id + 1) });

/**
 * A run as its words see it, where tokens are made of weighted rows: a plain table with a row for each word of the data,
 * its vector before and now. What is said of words (which moved, how far, into what company) is read from it; what is
 * said of stored rows is not. A run whose tokens are rows is returned as it is.
 */
export function wordView(prepared: Prepared): Prepared {
  const { lookUp, table, tokenNames, train, dev, test, aligned } = prepared;
  if (lookUp.kind === "identity") return prepared;
  const { dimension } = table;
  const anchor = padded(composeTokens(lookUp, dimension, rowsBefore(table)), dimension);
  const now = padded(composeTokens(lookUp, dimension, rowsNow(table)), dimension);
  const shifted = behindPadding(train);
  const view: EmbeddingTable = createEmbeddingTable({ dimension, anchor, activeRows: "all" });
  view.activeRows.forEach((row, slot) => {
    view.overlay.set(now.subarray(row * dimension, (row + 1) * dimension), slot * dimension);
  });
  const words = ["", ...tokenNames];
  const rows = new Map(words.map((word, row) => [word, row]));
  const rowIn = (token: string): number => (token === "" ? -1 : (rows.get(token) ?? -1));
  const { finder } = prepared.weighted!;
  return {
    ...prepared,
    table: view,
    aligned: {
      ...aligned,
      words,
      data: anchor,
      fileRows: tokenNames.length,
      lookup: { spec: aligned.lookup.spec, rowOf: rowIn, ruleOf: (token) => (rowIn(token) < 0 ? -1 : 0) },
      hasVector: (token) => finder.hasOwnRow(token),
    },
    rowCounts: countTokens(shifted, words.length),
    train: shifted,
    dev: behindPadding(dev),
    test: test === null ? null : behindPadding(test),
    lookUp: identityLookUp,
    tokenNames: words,
  };
}
