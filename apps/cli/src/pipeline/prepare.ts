import {
  countTokens as countIds,
  createEmbeddingTable,
  deriveSeed,
  type EmbeddingTable,
  type Head,
  identityLookUp,
  type LookUp,
} from "@thawline/core";
import {
  type AlignedTable,
  alignVocabulary,
  buildVocabulary,
  type Coverage,
  countTokens,
  coverage,
  extendAlignment,
  type LookupRule,
  type OovStrategy,
  type TokenCounts,
  type Tokenizer,
} from "@thawline/text";
import type { LoadedModel } from "../model/load-model.ts";
import type { ModelOov } from "../model/model-config.ts";
import type { BaseRequest, BaseVectors } from "./base-vectors.ts";
import { type EncodedSplit, encodeSplit } from "./encode-split.ts";
import { joinWeighted } from "./join-weighted.ts";
import { makeHead } from "./make-head.ts";
import { type Alignment, type AlignmentProof, proveAlignment, verifyIds } from "./prove-alignment.ts";
import { readSources, type Sources } from "./read-sources.ts";
import type { Splits } from "./read-splits.ts";
import type { Settings } from "./settings.ts";
import { verifyTable } from "./verify-table.ts";
import type { PieceBase, WeightedBase } from "./weighted-base.ts";

/** Everything that training starts from. */
export interface Prepared {
  readonly settings: Settings;
  readonly splits: Splits;
  readonly tokenizer: Tokenizer;
  /** True where the vectors decided on lower case, not the user. */
  readonly lowercaseIsGuessed: boolean;
  readonly rules: readonly LookupRule[];
  /** Where the table came from; its rows are in `aligned`. */
  readonly base: Omit<BaseVectors, "vectors">;
  readonly aligned: AlignedTable;
  /** What ties words to rows and their content, taken when the rows had just been compared with the vectors. */
  readonly proof: AlignmentProof;
  /** What token ids look up: rows, or weighted lists of them (fastText subwords, a folder's tokenizer). */
  readonly lookUp: LookUp;
  /** Token of each id: of the plain look-up the row's word. */
  readonly tokenNames: readonly string[];
  /** Number of distinct tokens of all splits. */
  readonly distinctTokens: number;
  /** What the proof was taken of. */
  readonly alignment: Alignment;
  /** The table, where its tokens are weighted rows; null where each is a row. */
  readonly weighted: WeightedBase | PieceBase | null;
  /** What words without a vector get: a strategy, their subwords, or nothing, where a tokenizer has none such. */
  readonly oov: ModelOov;
  readonly table: EmbeddingTable;
  /** Of the training text. */
  readonly coverage: Coverage;
  /** `[V]` occurrences of each row in the training text. */
  readonly rowCounts: Int32Array;
  readonly train: EncodedSplit;
  readonly dev: EncodedSplit;
  readonly test: EncodedSplit | null;
  readonly head: Head;
  /** The model that training goes on from. */
  readonly model: LoadedModel | null;
}

/** Tokens found in the pre-trained rows, not in those made up for the training words without a vector. */
function coverageOf(counts: TokenCounts, { lookup, fileRows }: AlignedTable): Coverage {
  return coverage(counts, (token) => lookup.ruleOf(token) >= 0 && lookup.rowOf(token) <= fileRows);
}

/** A table of its own over the aligned rows: nothing of it has moved. */
function tableOf(aligned: AlignedTable, train: EncodedSplit): EmbeddingTable {
  const pretrained = new Uint8Array(aligned.words.length);
  pretrained.fill(1, 1, 1 + aligned.fileRows);
  return createEmbeddingTable({
    dimension: aligned.dimension,
    anchor: aligned.data,
    activeRows: train.ids,
    pretrained,
  });
}

/**
 * Joins data and vectors: tokens to rows, words without a vector to rows of their own.
 * @throws ThawlineError NO_VOCABULARY_OVERLAP; ALIGNMENT_MISMATCH; INVALID_CONFIG
 */
export function joinSources(sources: Sources, settings: Settings): Prepared {
  const { model, splits, choice, weighted, oov } = sources;
  const joined = weighted === null ? joinRows(sources, settings) : joinWeighted(weighted, sources);
  const { dimension } = joined.aligned;
  const normalize = weighted !== null && "normalize" in weighted && weighted.normalize;
  return {
    settings,
    splits,
    ...choice,
    ...joined,
    alignment: {
      words: joined.aligned.words,
      table: joined.table,
      lookUp: joined.lookUp,
      tokenNames: joined.tokenNames,
    },
    distinctTokens: sources.distinctTokens,
    weighted,
    oov,
    head: model?.head ?? makeHead(settings, { dimension, classes: splits.labels.length, normalize }),
    model,
  };
}

/** Each token a row: those of the file, of the model, or of their own. */
function joinRows(
  { model, splits, choice, tokens, vectors, added, base, oov }: Sources,
  settings: Settings,
): ReturnType<typeof joinWeighted> {
  const counts = countTokens(tokens.train.tokens);
  const request = {
    words: buildVocabulary(counts).words,
    oov: oov as OovStrategy,
    getsRow: (word: string) => counts.get(word)! >= settings.minCount,
    seed: deriveSeed(settings.seed, "oov"),
    rules: choice.rules,
  };
  const aligned =
    model === null
      ? alignVocabulary({ ...request, vectors })
      : extendAlignment({ ...request, table: vectors, ...(added === null ? {} : { vectors: added }) });
  verifyTable(aligned, added === null ? [vectors] : [vectors, added], base.file);
  const { rowOf } = aligned.lookup;
  const names = { names: aligned.words, unknownId: aligned.unknownRow, where: base.file };
  verifyIds(counts.keys(), { idOf: rowOf, ...names });
  const train = encodeSplit(tokens.train, splits.train.classes, rowOf);
  const table = tableOf(aligned, train);
  return {
    base: model === null ? base : { ...base, loadedRows: aligned.fileRows },
    aligned,
    proof: proveAlignment({ words: aligned.words, table, lookUp: identityLookUp, tokenNames: aligned.words }),
    table,
    coverage: coverageOf(counts, aligned),
    rowCounts: countIds(train, aligned.words.length),
    train,
    dev: encodeSplit(tokens.dev, splits.dev.classes, rowOf),
    test: tokens.test === null ? null : encodeSplit(tokens.test, splits.test!.classes, rowOf),
    lookUp: identityLookUp,
    tokenNames: aligned.words,
  };
}

/**
 * Reads data and vectors, and joins them.
 * @throws as `readSources` and `joinSources`
 */
export async function prepare(
  settings: Settings,
  signal?: AbortSignal,
  onProgress?: BaseRequest["onProgress"],
): Promise<Prepared> {
  return joinSources(await readSources(settings, signal, onProgress), settings);
}
