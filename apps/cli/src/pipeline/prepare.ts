import {
  countTokens as countIds,
  createEmbeddingTable,
  deriveSeed,
  type EmbeddingTable,
  type Head,
  PolicyError,
  ThawlineError,
} from "@thawline/core";
import { createHead } from "@thawline/heads";
import {
  type AlignedTable,
  alignVocabulary,
  buildVocabulary,
  type Coverage,
  countTokens,
  coverage,
  createTokenizer,
  type LoadedVectors,
  type LookupRule,
  type OovStrategy,
  type TokenCounts,
  type TokenizedTexts,
  type Tokenizer,
  tokenizeTexts,
} from "@thawline/text";
import { type LoadedModel, loadModel } from "../model/load-model.ts";
import { type BaseVectors, baseOfFile, baseOfModel } from "./base-vectors.ts";
import { type EncodedSplit, encodeSplit } from "./encode-split.ts";
import { readSplits, type Splits } from "./read-splits.ts";
import type { Settings } from "./settings.ts";
import { hasLowerCaseWords } from "./vector-case.ts";
import { verifyTable } from "./verify-table.ts";

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
  /** Checksum over word → row of the table, taken when its rows had just been compared with the vectors. */
  readonly alignment: string;
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
    name: settings.tokenizer,
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

/** Options of a head that are none of `--head-options`. */
const decidedElsewhere = {
  type: "--head names",
  dimension: "the vectors decide",
  classes: "the labels decide",
} as const;

function headOf(settings: Settings, dimension: number, classes: number): Head {
  const { dropout, headOptions } = settings;
  if (dropout !== null && headOptions.dropout !== undefined) {
    throw new PolicyError("INVALID_CONFIG", "dropout is given twice: by --dropout and by --head-options");
  }
  const decided = Object.keys(headOptions).find((key) => Object.hasOwn(decidedElsewhere, key));
  if (decided !== undefined) {
    const by = decidedElsewhere[decided as keyof typeof decidedElsewhere];
    throw new PolicyError("INVALID_CONFIG", `--head-options does not take "${decided}": ${by} it`);
  }
  return createHead({
    type: settings.head,
    ...headOptions,
    // On the command line a list of one is a number.
    ...(typeof headOptions.widths === "number" ? { widths: [headOptions.widths] } : {}),
    ...(dropout === null ? {} : { dropout }),
    dimension,
    classes,
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
  readonly base: Prepared["base"];
  readonly oov: OovStrategy;
}

/**
 * Reads data and vectors.
 * @throws ThawlineError of the readers; ABORTED where the signal says so
 */
export async function readSources(settings: Settings, signal?: AbortSignal): Promise<Sources> {
  const checkSignal = (): void => {
    if (signal?.aborted) throw new ThawlineError("ABORTED", "stopped while reading");
  };
  const model = settings.fromModel === null ? null : await loadModel(settings.fromModel);
  const splits = await readSplits(settings, model?.config.labels);
  const choice = await chooseTokenizer(settings, model);
  const { tokenizer, rules } = choice;
  checkSignal();
  const tokens = (texts: readonly string[]): TokenizedTexts => tokenizeTexts(texts, tokenizer);
  const train = tokens(splits.train.dataset.texts);
  const dev = tokens(splits.dev.dataset.texts);
  const test = splits.test === null ? null : tokens(splits.test.dataset.texts);
  const dataWords = new Set([train, dev, ...(test === null ? [] : [test])].flatMap(({ tokens }) => tokens.flat()));
  const oov = settings.oov ?? model?.config.oov ?? "random";
  const request = { settings, rules, dataWords, oov, signal };
  const { vectors, ...base } = model === null ? await baseOfFile(request) : await baseOfModel(model, request);
  checkSignal();
  return { model, splits, choice, tokens: { train, dev, test }, vectors, base, oov };
}

/**
 * Joins data and vectors: tokens to rows, words without a vector to rows of their own.
 * @throws ThawlineError NO_VOCABULARY_OVERLAP; ALIGNMENT_MISMATCH; INVALID_CONFIG
 */
export function joinSources(sources: Sources, settings: Settings): Prepared {
  const { model, splits, choice, tokens, vectors, base, oov } = sources;
  const counts = countTokens(tokens.train.tokens);
  const aligned = alignVocabulary({
    words: buildVocabulary(counts).words,
    vectors,
    oov,
    getsRow: (word) => counts.get(word)! >= settings.minCount,
    seed: deriveSeed(settings.seed, "oov"),
    rules: choice.rules,
  });
  const alignment = verifyTable(aligned, vectors, base.file);
  const { rowOf } = aligned.lookup;
  const train = encodeSplit(tokens.train, splits.train.classes, rowOf);
  return {
    settings,
    splits,
    ...choice,
    base,
    aligned,
    alignment,
    table: tableOf(aligned, train),
    coverage: coverageOf(counts, aligned),
    rowCounts: countIds(train, aligned.words.length),
    train,
    dev: encodeSplit(tokens.dev, splits.dev.classes, rowOf),
    test: tokens.test === null ? null : encodeSplit(tokens.test, splits.test!.classes, rowOf),
    head: model?.head ?? headOf(settings, aligned.dimension, splits.labels.length),
    model,
  };
}

/**
 * Reads data and vectors, and joins them.
 * @throws as `readSources` and `joinSources`
 */
export async function prepare(settings: Settings, signal?: AbortSignal): Promise<Prepared> {
  return joinSources(await readSources(settings, signal), settings);
}
