import { statSync } from "node:fs";
import { PolicyError, ThawlineError } from "@thawline/core";
import {
  createTokenizer,
  type LoadedVectors,
  type OovStrategy,
  type TokenizedTexts,
  tokenizeTexts,
} from "@thawline/text";
import { type LoadedModel, loadModel } from "../model/load-model.ts";
import type { ModelOov } from "../model/model-config.ts";
import { type BaseRequest, baseOfFile, baseOfModel } from "./base-vectors.ts";
import { defaults } from "./defaults.ts";
import { readPieceBase } from "./piece-base.ts";
import type { Prepared } from "./prepare.ts";
import { readSplits, type Splits } from "./read-splits.ts";
import type { Settings } from "./settings.ts";
import { readSubwordBase } from "./subword-base.ts";
import { hasLowerCaseWords } from "./vector-case.ts";
import { type PieceBase, type WeightedBase, weightedBaseOfModel } from "./weighted-base.ts";

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
