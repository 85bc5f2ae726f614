import type { LookupRule, OovStrategy } from "@thawline/text";

/** Marks the folder's `config.json`. */
export const modelFormat = "thawline-model";
/** Version of the model folder that this Thawline writes, and the newest that it reads. */
export const modelFormatVersion = 1;

/** What words without a vector get: a strategy, their subwords, or nothing where a tokenizer leaves none but unknown ones. */
export type ModelOov = OovStrategy | "subword" | "drop";

/** How tokens find rows that they are not: by subwords, or as pieces of a tokenizer. */
export type LookupKind =
  | {
      readonly kind: "subwords";
      /** n-gram lengths and number of hash buckets, as in the fastText file. Which n-grams have a row: `subwords.buckets`. */
      readonly minn: number;
      readonly maxn: number;
      readonly bucket: number;
    }
  | {
      readonly kind: "pieces";
      /** Id of the token for what is unknown, which is left out, or −1. Row and weight of each token: `pieces.rows`, `pieces.weights`. */
      readonly unknownId: number;
      /** Known tokens kept of a text, or null for all. */
      readonly maxLength: number | null;
      /** Whether the input model scales a text's mean to length 1. */
      readonly normalize: boolean;
    };

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
    /** Absent where each token is a row. */
    readonly tokens?: LookupKind;
  };
  readonly table: {
    readonly rows: number;
    /** `alignmentChecksum` of the words in row order, taken before training; the weights' words must have it. */
    readonly alignment: string;
    /** SHA-256 of what ties rows to words: `row_checksums`, and the tensors of the look-up. */
    readonly content: string;
    /** Rows of the pre-trained file that were kept: all, those of the data, or the first so many and those. */
    readonly keeps: "all" | "data" | number;
  };
  readonly oov: ModelOov;
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
