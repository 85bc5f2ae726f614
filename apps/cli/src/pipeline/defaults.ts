import type { OptimizerConfig } from "@thawline/core";

/** Everything that `finetune` decides where it is not told: one place, so that the numbers can be tuned together. */
export const defaults = Object.freeze({
  backend: "auto",
  head: "linear",
  policy: "gradual",
  onDrift: "refreeze",
  optimizer: "adam",
  lr: 0.01,
  /** Of the cnn head, which takes smaller steps well: on MR it gains two points over 0.01. */
  cnnLr: 0.001,
  /** `--embedding-lr` is the head's rate divided by this. */
  embeddingLrDivisor: 5,
  /** Both rates are divided by this when training goes on from a saved model. */
  fromModelLrDivisor: 5,
  batchSize: 32,
  /** Tokens of a text that a head on positions reads: its memory grows with the longest. */
  maxPositions: 256,
  /** Examples that such a head evaluates at once. */
  sequenceEvaluationBatch: 64,
  epochs: 100,
  patience: 3,
  schedule: "constant",
  /** Gradual policy: epochs without gain on frozen vectors before they are unfrozen. */
  unfreezePatience: 1,
  /** Gradual policy: the frozen phase lasts at most so many epochs. */
  unfreezeMaxEpochs: 50,
  oov: "random",
  tokenizer: "words",
  minCount: 1,
  modelRows: "all",
  /** Subwords: of a fastText file beyond this many bytes only the rows of the data's words and n-grams are kept. */
  wholeSubwordBytes: 512 * 2 ** 20,
  seed: 1,
  checkpointEvery: 5,
  /** Checkpoints kept on disk. */
  checkpointsKept: 2,
  /** Share of the training rows that is held out where there is no `--dev`. */
  heldOut: 0.1,
  /** Decay of AdamW where `--l2` is not given (PyTorch's default). */
  adamwDecay: 0.01,
  /** RecAdam: slope times center; the task then has a weight of 0.007 in the first step and of 0.993 at twice the center. */
  recadamSlope: 5,
  /** Vectors count as lower-case where at most this share of their first words has an upper-case letter. */
  casedShare: 0.005,
  /** How many words are looked at for that. */
  casedSample: 10_000,
  /** `compare`: seeds a policy. */
  compareSeeds: 3,
  /** `compare` without `--dev`: cross-validated with fewer training rows than this, over so many folds. */
  crossValidateBelow: 1000,
  compareFolds: 5,
  progressEvery: 20,
  mostMoved: 10,
} as const);

/** An optimizer's name on the command line. */
export type OptimizerName = "sgd" | "adagrad" | "adam" | "adamw";

/** Every optimizer's name. */
export const optimizerNames: readonly OptimizerName[] = ["sgd", "adagrad", "adam", "adamw"];

/** Type and decay form of a named optimizer. */
export function optimizerOf(name: OptimizerName): Pick<OptimizerConfig, "type" | "decoupled"> {
  return name === "adamw" ? { type: "adam", decoupled: true } : { type: name };
}

/** The head's learning rate where none is asked for. */
export const defaultLr = (head: string): number => (head === "cnn" ? defaults.cnnLr : defaults.lr);

/** Whether a head reads a vector a position instead of a text's mean vector. */
export const isSequenceHead = (type: string): boolean => type === "cnn" || type === "attention";
