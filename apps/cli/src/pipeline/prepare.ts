import { statSync } from "node:fs";
import {
  countTokens as countIds,
  createEmbeddingTable,
  deriveSeed,
  type EmbeddingTable,
  type Head,
  identityLookUp,
  type LookUp,
  PolicyError,
  ThawlineError,
} from "@thawline/core";
import {
  type AlignedTable,
  alignVocabulary,
  buildVocabulary,
  type Coverage,
  countTokens,
  coverage,
  createTokenizer,
  extendAlignment,
  type LoadedVectors,
  type LookupRule,
  type OovStrategy,
  type TokenCounts,
  type TokenizedTexts,
  type Tokenizer,
  tokenizeTexts,
} from "@thawline/text";
import { type LoadedModel, loadModel } from "../model/load-model.ts";
import type { ModelOov } from "../model/model-config.ts";
import { type BaseRequest, type BaseVectors, baseOfFile, baseOfModel } from "./base-vectors.ts";
import { defaults } from "./defaults.ts";
import { type EncodedSplit, encodeSplit } from "./encode-split.ts";
import { joinWeighted } from "./join-weighted.ts";
import { makeHead } from "./make-head.ts";
import { type Alignment, type AlignmentProof, proveAlignment, verifyIds } from "./prove-alignment.ts";
import { readSplits, type Splits } from "./read-splits.ts";
import type { Settings } from "./settings.ts";
import { hasLowerCaseWords } from "./vector-case.ts";
import { verifyTable } from "./verify-table.ts";
import {
  type PieceBase,
  readPieceBase,
  readSubwordBase,
  type WeightedBase,
  weightedBaseOfModel,
} from "./weighted-base.ts";

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

async function chooseTokenizer(
  settings: Settings,
  model: LoadedModel | null,
): Promise<Pick<Prepared, "tokenizer" | "lowercaseIsGuessed" | "rules">> {
  if (model !== null) {
    return { tokenizer: model.tokenizer, lowercaseIsGuessed: false, rules: model.config.lookup.rules };
  }
  const isGuessed = settings.lowercase === null;
  const format = settings.vectorsFormat === null ? {} : { format: settings.vectorsFormat };
  const lowercase = settings.lowercase ?? (await hasLowerCaseWords(settings.vectors!, format));
  const tokenizer = createTokenizer({
    name: settings.tokenizer ?? defaults.tokenizer,
    lowercase,
    ...(settings.maxLength === null ? {} : { maxLength: settings.maxLength }),
  });
  return { tokenizer, lowercaseIsGuessed: isGuessed, rules: lowercase ? ["exact"] : ["exact", "lowercase"] };
}

/** Tokens found in the pre-trained rows, not in those made up for the training words without a vector. */
function coverageOf(counts: TokenCounts, { lookup, fileRows }: AlignedTable): Coverage {
  return coverage(counts, (token) => lookup.ruleOf(token) >= 0 && lookup.rowOf(token) <= fileRows);
}

/** A table of its own over the aligned rows: nothing of it has moved. */
export function tableOf(aligned: AlignedTable, train: EncodedSplit): EmbeddingTable {
  const pretrained = new Uint8Array(aligned.words.length);
  pretrained.fill(1, 1, 1 + aligned.fileRows);
  return createEmbeddingTable({
    dimension: aligned.dimension,
    anchor: aligned.data,
    activeRows: train.ids,
    pretrained,
  });
}

/** What a run reads, before any seed has a part in it. */
export interface Sources {
  readonly model: LoadedModel | null;
  readonly splits: Splits;
  readonly choice: Pick<Prepared, "tokenizer" | "lowercaseIsGuessed" | "rules">;
  readonly tokens: {
    readonly train: TokenizedTexts;
    readonly dev: TokenizedTexts;
    readonly test: TokenizedTexts | null;
  };
  readonly vectors: LoadedVectors;
  /** Rows of `--vectors` for words that the model's table lacks; null without a model, or without more vectors. */
  readonly added: LoadedVectors | null;
  readonly weighted: WeightedBase | PieceBase | null;
  readonly distinctTokens: number;
  readonly base: Prepared["base"];
  readonly oov: ModelOov;
}

/** The vectors of a folder with its own tokenizer, unless words were asked for. */
async function piecesOf(settings: Settings, signal: AbortSignal | undefined): Promise<PieceBase | null> {
  const { fromModel, vectors, tokenizer } = settings;
  if (fromModel !== null || tokenizer !== null || vectors === null) return null;
  const isFolder = statSync(vectors, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder ? readPieceBase(settings, { signal }) : null;
}

const noVectors: LoadedVectors = { words: [], dimension: 1, data: new Float32Array(0) };

/** Reads the table: rows of words, or rows that tokens are made of. */
async function readTable(
  model: LoadedModel | null,
  pieces: PieceBase | null,
  request: Omit<BaseRequest, "oov">,
): Promise<Pick<Sources, "vectors" | "added" | "weighted" | "base" | "oov">> {
  const { settings } = request;
  if (model !== null && model.tokenRows !== null) {
    const weighted = weightedBaseOfModel(model, model.tokenRows);
    if (settings.vectors !== null || settings.oov !== null) {
      const flag = settings.vectors !== null ? "--vectors" : "--oov";
      throw new PolicyError(
        "INVALID_CONFIG",
        `the model in ${model.folder} makes its words of ${model.tokenRows.kind}: ${flag} cannot change that, leave it out`,
      );
    }
    return { vectors: noVectors, added: null, weighted, base: weighted.base, oov: model.config.oov };
  }
  if (pieces !== null) return { vectors: noVectors, added: null, weighted: pieces, base: pieces.base, oov: "drop" };
  const oov = settings.oov ?? (model === null ? "random" : (model.config.oov as OovStrategy));
  if (oov === "subword") {
    if (model !== null) {
      throw new PolicyError(
        "INVALID_CONFIG",
        `the model in ${model.folder} has a row for each word and none for n-grams: --oov subword needs --vectors alone, a fastText .bin`,
      );
    }
    const weighted = await readSubwordBase(settings, request);
    return { vectors: noVectors, added: null, weighted, base: weighted.base, oov };
  }
  if (model === null) {
    const { vectors, ...base } = await baseOfFile({ ...request, oov });
    return { vectors, added: null, weighted: null, base, oov };
  }
  const { vectors, added, ...base } = await baseOfModel(model, { ...request, oov });
  return { vectors, added, weighted: null, base, oov };
}

/**
 * Reads data and vectors.
 * @throws ThawlineError of the readers; ABORTED where the signal says so
 */
export async function readSources(
  settings: Settings,
  signal?: AbortSignal,
  onProgress?: BaseRequest["onProgress"],
): Promise<Sources> {
  const checkSignal = (): void => {
    if (signal?.aborted) throw new ThawlineError("ABORTED", "stopped while reading");
  };
  const model = settings.fromModel === null ? null : await loadModel(settings.fromModel);
  const splits = await readSplits(settings, model?.config.labels);
  const pieces = await piecesOf(settings, signal);
  const choice =
    pieces === null
      ? await chooseTokenizer(settings, model)
      : { tokenizer: pieces.tokenizer, lowercaseIsGuessed: false, rules: ["exact"] as const };
  const { tokenizer, rules } = choice;
  checkSignal();
  const tokens = (texts: readonly string[]): TokenizedTexts => tokenizeTexts(texts, tokenizer);
  const train = tokens(splits.train.dataset.texts);
  const dev = tokens(splits.dev.dataset.texts);
  const test = splits.test === null ? null : tokens(splits.test.dataset.texts);
  const dataWords = new Set([train, dev, ...(test === null ? [] : [test])].flatMap(({ tokens }) => tokens.flat()));
  const table = await readTable(model, pieces, {
    settings,
    rules,
    dataWords,
    signal,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  checkSignal();
  return { model, splits, choice, tokens: { train, dev, test }, distinctTokens: dataWords.size, ...table };
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
