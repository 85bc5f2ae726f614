import type { LookupRule, OovStrategy } from "@thawline/text";

/** Marks the folder's `config.json`. */
export const modelFormat = "thawline-model";
/** Version of the model folder that this Thawline writes, and the newest that it reads. */
export const modelFormatVersion = 1;

/** A model folder's `config.json`. */
export interface ModelConfig {
  readonly format: typeof modelFormat;
  readonly formatVersion: number;
  readonly thawline: string;
  /** D. */
  readonly dimension: number;
  /** Class i is label i. */
  readonly labels: readonly string[];
  /** `createHead({ ...head, dimension, classes })`. */
  readonly head: { readonly type: string } & Readonly<Record<string, unknown>>;
  readonly lookup: {
    readonly rules: readonly LookupRule[];
    /** Row of `embeddings` for words that no rule finds, or -1: they are dropped. */
    readonly unknownRow: number;
  };
  readonly table: {
    readonly rows: number;
    /** `alignmentChecksum` of the words in row order, taken before training; the weights' words must have it. */
    readonly alignment: string;
    /** Rows of the pre-trained file that were kept: all, those of the data, or the first so many and those. */
    readonly keeps: "all" | "data" | number;
  };
  readonly oov: OovStrategy;
  readonly weights: { readonly file: string; readonly sha256: string };
  /** Where the table came from. */
  readonly vectors: {
    readonly file: string;
    readonly format: string;
    readonly sha256: string;
    readonly rows: number;
  };
  readonly training: Readonly<Record<string, unknown>>;
}

/** Files of a model folder. */
export const modelFiles = Object.freeze({
  config: "config.json",
  weights: "model.safetensors",
  tokenizer: "tokenizer.json",
  card: "README.md",
});
