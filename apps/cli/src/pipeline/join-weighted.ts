import {
  countTokens as countIds,
  createEmbeddingTable,
  type EmbeddingTable,
  ThawlineError,
  type WeightedLookUp,
} from "@thawline/core";
import { type AlignedTable, countTokens, coverage } from "@thawline/text";
import { createTokenIds } from "../model/token-encoder.ts";
import { type EncodedSplit, encodeSplit } from "./encode-split.ts";
import type { Prepared } from "./prepare.ts";
import { proveAlignment } from "./prove-alignment.ts";
import type { Sources } from "./read-sources.ts";
import type { WeightedBase } from "./weighted-base.ts";

/** The rows of the table under their names. No word is looked up in it: tokens find their rows by `Prepared.lookUp`. */
function alignedRows({ rowNames, data, base }: WeightedBase): AlignedTable {
  return {
    words: rowNames,
    dimension: base.dimension,
    data,
    fileRows: rowNames.length - 1,
    found: new Uint8Array(0),
    rows: new Int32Array(0),
    oovWords: [],
    unknownRow: -1,
    unknownWord: null,
    oov: "zero",
    lookup: { spec: { rules: ["exact"], unknownRow: -1 }, rowOf: () => -1, ruleOf: () => -1 },
    hasVector: () => false,
  };
}

/** Rows that the tokens of a split look up. */
export function rowsLookedUp({ ids }: EncodedSplit, { offsets, rows }: WeightedLookUp): Set<number> {
  const found = new Set<number>();
  for (const id of new Set(ids)) for (let k = offsets[id]!; k < offsets[id + 1]!; k++) found.add(rows[k]!);
  return found;
}

/** A table over weighted rows, of which those can move that the training text looks up. */
export function weightedTable(base: WeightedBase, train: EncodedSplit, lookUp: WeightedLookUp): EmbeddingTable {
  return createEmbeddingTable({
    dimension: base.base.dimension,
    anchor: base.data,
    activeRows: [...rowsLookedUp(train, lookUp)],
  });
}

/** How often the training text looks each row up. */
function countRows(counts: Int32Array, { offsets, rows }: WeightedLookUp, table: EmbeddingTable): Int32Array {
  const total = new Int32Array(table.rows);
  for (let token = 0; token < counts.length; token++) {
    for (let k = offsets[token]!; k < offsets[token + 1]!; k++) total[rows[k]!]! += counts[token]!;
  }
  return total;
}

/**
 * Joins data and a table whose tokens are weighted rows: each distinct token that some row stands for gets an id.
 * @throws ThawlineError NO_VOCABULARY_OVERLAP where the training text has none
 */
export function joinWeighted(
  weighted: WeightedBase,
  { splits, tokens, base }: Pick<Sources, "splits" | "tokens" | "base">,
): Pick<
  Prepared,
  "base" | "aligned" | "proof" | "table" | "coverage" | "rowCounts" | "train" | "dev" | "test" | "lookUp" | "tokenNames"
> {
  const ids = createTokenIds(weighted.finder);
  const train = encodeSplit(tokens.train, splits.train.classes, ids.idOf);
  const dev = encodeSplit(tokens.dev, splits.dev.classes, ids.idOf);
  const test = tokens.test === null ? null : encodeSplit(tokens.test, splits.test!.classes, ids.idOf);
  if (train.ids.length === 0) {
    throw new ThawlineError(
      "NO_VOCABULARY_OVERLAP",
      `no token of the training text has a row of ${base.file}: is it the right file, its language and script those of the text?`,
    );
  }
  const lookUp = ids.lookUp();
  const table = weightedTable(weighted, train, lookUp);
  const aligned = alignedRows(weighted);
  const counts = countIds(train, ids.names.length);
  return {
    base,
    aligned,
    proof: proveAlignment({ words: aligned.words, table, lookUp, tokenNames: ids.names }),
    table,
    coverage: coverage(countTokens(tokens.train.tokens), weighted.finder.hasOwnRow),
    rowCounts: countRows(counts, lookUp, table),
    train,
    dev,
    test,
    lookUp,
    tokenNames: ids.names,
  };
}
