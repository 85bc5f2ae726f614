import { guardActions, policyNames } from "@thawline/core";
import type { OovStrategy, TokenizerName } from "@thawline/text";
import type { VectorFormatName } from "@thawline/vectors";
import { type Command, Option } from "commander";
import {
  distance,
  keyValues,
  notNegative,
  oneOf,
  type Parser,
  policyName,
  positive,
  rowsKept,
  share,
  wholeNumber,
} from "../options/parsers.ts";
import { backendNames, nodeBackendNames } from "../pipeline/backend-names.ts";
import { defaults, optimizerNames } from "../pipeline/defaults.ts";
import { headNames, scheduleNames } from "../pipeline/settings.ts";

// Repeated here so that `--help` need not load the packages; a test compares them.
/** Names of the vector formats. */
export const vectorFormatNames = [
  "glove",
  "word2vec",
  "word2vec-binary",
  "safetensors",
  "npy",
  "fasttext",
  "model2vec",
  "sentence-transformers",
] as const satisfies readonly VectorFormatName[];
/** Names of the strategies for words without a vector. */
export const oovNames = ["random", "mean", "zero", "unk", "subword"] as const satisfies readonly (
  | OovStrategy
  | "subword"
)[];
/** Names of the tokenizers. */
export const tokenizerFlagNames = ["words", "whitespace", "kim"] as const satisfies readonly TokenizerName[];

type Flag = readonly [flags: string, text: string, parser?: Parser<unknown>];

const groups: readonly (readonly [heading: string, flags: readonly Flag[]])[] = [
  [
    "Model",
    [
      [
        "--backend <name>",
        `auto, ${nodeBackendNames.join(", ")} (default auto; see thawline backends)`,
        oneOf(["auto", ...backendNames]),
      ],
      [
        "--head <name>",
        "linear or mlp, on the mean of the word vectors; cnn (Kim 2014) or attention, on their sequence (default linear)",
        oneOf(headNames),
      ],
      [
        "--head-options <k=v,...>",
        "options of the head: hidden=64,activation=gelu (mlp), widths=3+4+5,maps=100,pool=valid (cnn), hidden=64 (attention)",
        keyValues,
      ],
      [
        "--dropout <share>",
        "of the head's input (linear, attention: pooled), hidden units (mlp) or maxima (cnn: default 0.5)",
        share,
      ],
      [
        "--from-model <dir>",
        `go on from a saved model: its words, tokenizer and head; rates are divided by ${defaults.fromModelLrDivisor}`,
      ],
      [
        "--model-rows <rows>",
        "rows the model keeps: all, data, or a number N: the first N and those of the data (default all; of subwords data where the file is over 512 MB)",
        rowsKept,
      ],
      [
        "--carry-unmoved",
        "also move the words that training never saw, by a linear map learned from those that it moved; only where held-out words show that it helps",
      ],
    ],
  ],
  [
    "Freezing",
    [
      [
        "--policy <name>",
        `${policyNames.join(", ")} (default ${defaults.policy}), or a JSON file with phases (see thawline policy)`,
        policyName,
      ],
      [
        "--freeze-epochs <n>",
        "gradual (and ulmfit, chain-thaw, band-by-band: each phase): unfreeze after n epochs (with --unfreeze-on plateau: at the latest)",
        wholeNumber(1),
      ],
      [
        "--unfreeze-on <event>",
        `plateau (default): gradual unfreezes when the dev loss stops falling, after ${defaults.unfreezeMaxEpochs} epochs at the latest`,
        oneOf(["plateau"]),
      ],
      [
        "--max-mean-cosine-distance <x>",
        "budget of drift: mean cosine distance of the vectors that moved, held at every step and epoch unless --on-drift warn",
        notNegative,
      ],
      [
        "--on-drift <action>",
        `beyond the budget: ${guardActions.join(", ")} (default ${defaults.onDrift})`,
        oneOf(guardActions),
      ],
    ],
  ],
  [
    "Staying near the pre-trained vectors",
    [
      [
        "--l2sp <x>",
        "L2-SP: every step pulls each vector back by (its learning rate · x) of its way, also words absent from the step",
        notNegative,
      ],
      [
        "--recadam <x>",
        "RecAdam: the same pull, at full strength x in the beginning and none in the end, while the task's steps grow",
        notNegative,
      ],
      [
        "--recadam-center <n>",
        "step with trainable vectors at which task and pull weigh alike (default: after an epoch)",
        wholeNumber(1),
      ],
      ["--recadam-slope <x>", `steepness of the change (default ${defaults.recadamSlope} / center)`, positive],
      ["--mixout <share>", "mixout: in training, this share of each vector's components is the pre-trained one", share],
      [
        "--max-row-cosine-distance <x>",
        "no vector goes farther than this from its pre-trained one: it is turned back after each step",
        distance,
      ],
      ["--max-row-l2 <x>", "the same for the Euclidean distance", notNegative],
    ],
  ],
  [
    "Training",
    [
      ["--epochs <n>", `at most so many (default ${defaults.epochs})`, wholeNumber(1)],
      ["--batch-size <n>", `default ${defaults.batchSize}`, wholeNumber(1)],
      ["--lr <x>", `learning rate of the head (default ${defaults.lr}; ${defaults.cnnLr} of the cnn head)`, positive],
      ["--embedding-lr <x>", `learning rate of the vectors (default: --lr / ${defaults.embeddingLrDivisor})`, positive],
      ["--optimizer <name>", `${optimizerNames.join(", ")} (default ${defaults.optimizer})`, oneOf(optimizerNames)],
      [
        "--schedule <name>",
        `of the learning rates: ${scheduleNames.join(", ")} (default ${defaults.schedule})`,
        oneOf(scheduleNames),
      ],
      [
        "--warmup <x>",
        "rising part of the schedule: a share of all steps, or from 1 on a number of steps",
        notNegative,
      ],
      [
        "--patience <n>",
        `stop after so many epochs without a lower dev loss (default ${defaults.patience})`,
        wholeNumber(1),
      ],
      ["--word-dropout <share>", "leave out so many of the words in training", share],
      [
        "--embedding-dropout <share>",
        "set so many components of a text's vectors to 0 in training, at all its words alike",
        share,
      ],
      ["--l2 <x>", "weight decay of the head's weights; never of the vectors", notNegative],
      ["--max-norm <x>", "largest L2 norm of an output weight row (Kim 2014)", positive],
      ["--clip-norm <x>", "largest joint L2 norm of the gradients", positive],
      ["--class-weights <how>", "balanced: as if every label were equally frequent", oneOf(["balanced"])],
      ["--label-smoothing <share>", "share of the target spread over all labels", share],
      ["--seed <n>", `default ${defaults.seed}`, wholeNumber(0)],
    ],
  ],
  [
    "Text and words",
    [
      ["--text-column <name>", "column (CSV, Parquet) or key (JSONL) of the text (default text)"],
      ["--label-column <name>", "column (CSV, Parquet) or key (JSONL) of the label (default label)"],
      ["--strict", "a row without text or label is an error"],
      [
        "--tokenizer <name>",
        `${tokenizerFlagNames.join(", ")} (default ${defaults.tokenizer}; of a Model2Vec or sentence-transformers folder its own)`,
        oneOf(tokenizerFlagNames),
      ],
      ["--lowercase", "lower-case the text (default: where the vectors are lower-case)"],
      ["--no-lowercase", "keep case"],
      [
        "--max-length <n>",
        `keep the first n tokens of a text (default: all; cnn and attention ${defaults.maxPositions})`,
        wholeNumber(1),
      ],
      [
        "--oov <how>",
        "words without a vector get a row that is random (default), the mean, zero, or one for all: unk; subword makes them, and every word, of their n-grams (fastText .bin)",
        oneOf(oovNames),
      ],
      [
        "--min-count <n>",
        `words without a vector get one only where they occur n times (default ${defaults.minCount})`,
        wholeNumber(1),
      ],
      [
        "--vectors-format <name>",
        `${vectorFormatNames.join(", ")} (default: seen from the content)`,
        oneOf(vectorFormatNames),
      ],
    ],
  ],
];

/** Adds the options of a fine-tuning run, but for its inputs, its folder and those in `except`. */
export function fineTuneFlags(command: Command, except: readonly string[] = []): Command {
  for (const [heading, flags] of groups) {
    for (const [names, text, parser] of flags) {
      const option = new Option(names, text).helpGroup(`${heading}:`);
      if (except.includes(option.long ?? "")) continue;
      if (parser !== undefined) option.argParser(parser);
      command.addOption(option);
    }
  }
  return command;
}
