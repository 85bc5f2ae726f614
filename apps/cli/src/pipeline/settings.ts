import { type GuardAction, PolicyError } from "@thawline/core";
import type { OovStrategy, TokenizerName } from "@thawline/text";
import type { VectorFormatName } from "@thawline/vectors";
import type { BackendName } from "./backend-names.ts";
import { expectNodeBackend } from "./backend-names.ts";
import { defaultLr, defaults, isSequenceHead, type OptimizerName } from "./defaults.ts";

/** What `finetune` can be told; names and meanings are those of the command's flags. */
export interface FineTuneOptions {
  /** Pre-trained vectors. May be left out with `fromModel`. */
  readonly vectors?: string;
  readonly train: string;
  /** Without it a seeded tenth of `train` is held out. */
  readonly dev?: string;
  readonly test?: string;
  /** The run folder. */
  readonly out: string;
  /** Replace an earlier run in `out`. */
  readonly force?: boolean;
  /** Go on from the last checkpoint in `out`. */
  readonly resume?: boolean;
  readonly vectorsFormat?: VectorFormatName;
  readonly textColumn?: string;
  readonly labelColumn?: string;
  readonly strict?: boolean;
  readonly backend?: BackendName | "auto";
  readonly head?: HeadName;
  readonly headOptions?: HeadOptions;
  /** A preset's name (`policyNames` of @thawline/core), or the path of a JSON file with a policy. */
  readonly policy?: string;
  readonly freezeEpochs?: number;
  readonly unfreezeOn?: "plateau";
  /** Budget of drift: largest mean cosine distance of moved vectors. */
  readonly maxMeanCosineDistance?: number;
  /** What happens where it is exceeded. */
  readonly onDrift?: GuardAction;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly embeddingLr?: number;
  readonly optimizer?: OptimizerName;
  readonly schedule?: ScheduleName;
  readonly warmup?: number;
  readonly dropout?: number;
  readonly wordDropout?: number;
  readonly embeddingDropout?: number;
  /** Strength of L2-SP: at most one of `l2sp`, `recadam`, `mixout`. */
  readonly l2sp?: number;
  /** Strength of RecAdam's pull. */
  readonly recadam?: number;
  /** Step, of those in which the vectors train, at which the task and the pull weigh alike. */
  readonly recadamCenter?: number;
  readonly recadamSlope?: number;
  /** Probability of mixout. */
  readonly mixout?: number;
  readonly maxRowCosineDistance?: number;
  readonly maxRowL2?: number;
  readonly l2?: number;
  readonly maxNorm?: number;
  readonly clipNorm?: number;
  readonly classWeights?: "balanced";
  readonly labelSmoothing?: number;
  readonly patience?: number;
  readonly oov?: OovStrategy | "subword";
  readonly tokenizer?: TokenizerName;
  readonly lowercase?: boolean;
  readonly minCount?: number;
  readonly maxLength?: number;
  readonly modelRows?: "all" | "data" | number;
  /** Move the rows that training never saw by a map learned from those that it moved. */
  readonly carryUnmoved?: boolean;
  /** Folder of a saved model to go on from. */
  readonly fromModel?: string;
  readonly seed?: number;
  readonly checkpointEvery?: number;
  /** Write `report.html` and `report.md`; default true. */
  readonly report?: boolean;
}

/** Heads by name: on the mean of the word vectors, or on a vector a position. */
export type HeadName = "linear" | "mlp" | "cnn" | "attention";
/** Every head's name. */
export const headNames: readonly HeadName[] = ["linear", "mlp", "cnn", "attention"];

/** Options of a head, as its factory in `@thawline/heads` takes them. */
export type HeadOptions = Readonly<Record<string, string | number | readonly number[]>>;

/** Forms of the learning rate over training. */
export type ScheduleName = "constant" | "linear" | "slanted" | "one-cycle" | "plateau";
/** Every schedule's name. */
export const scheduleNames: readonly ScheduleName[] = ["constant", "linear", "slanted", "one-cycle", "plateau"];

/**
 * A run's configuration with every default filled in: plain data, written to `run.json` and compared by `resume`.
 * `null` means "not set"; what only the inputs decide (such as `lowercase`) stays null here.
 */
export type Settings = ReturnType<typeof resolveSettings>;

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

/** Presets with phases whose end can be chosen. */
export const unfreezingPolicies: readonly string[] = ["gradual", "ulmfit", "chain-thaw", "band-by-band"];

/** Flags that a saved model decides. */
const fixedByModel = ["head", "headOptions", "dropout", "tokenizer", "lowercase", "maxLength", "modelRows"] as const;

function checkPullFlags(options: FineTuneOptions): void {
  const given = (["l2sp", "recadam", "mixout"] as const).filter((name) => options[name] !== undefined);
  if (given.length > 1) {
    throw invalid(`expected one pull at most, got ${given.map((name) => `--${name}`).join(" and ")}`);
  }
  for (const [flag, value] of [
    ["--recadam-center", options.recadamCenter],
    ["--recadam-slope", options.recadamSlope],
  ] as const) {
    if (value !== undefined && options.recadam === undefined) throw invalid(`${flag} belongs to --recadam`);
  }
}

function checkCombinations(options: FineTuneOptions): void {
  if (options.backend !== undefined && options.backend !== "auto") expectNodeBackend(options.backend);
  if (options.vectors === undefined && options.fromModel === undefined) {
    throw invalid("expected --vectors FILE (or --from-model DIR), got neither");
  }
  if (options.fromModel !== undefined) {
    const given = fixedByModel.find((name) => options[name] !== undefined);
    if (given !== undefined) {
      const flag = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      throw invalid(`--${flag} comes from the model with --from-model: leave it out`);
    }
  }
  checkPullFlags(options);
  const unfreezes = unfreezingPolicies.includes(options.policy ?? defaults.policy);
  for (const [flag, value] of [
    ["--freeze-epochs", options.freezeEpochs],
    ["--unfreeze-on", options.unfreezeOn],
  ] as const) {
    if (value !== undefined && !unfreezes)
      throw invalid(`${flag} belongs to --policy ${unfreezingPolicies.join(", ")}, not "${options.policy}"`);
  }
  if (options.carryUnmoved && (options.modelRows ?? "all") !== "all") {
    throw invalid(
      `--carry-unmoved moves the rows of the whole table: it needs --model-rows all, not "${options.modelRows}"`,
    );
  }
  if (options.onDrift !== undefined && options.maxMeanCosineDistance === undefined) {
    throw invalid("--on-drift needs a limit: --max-mean-cosine-distance X");
  }
}

/**
 * Fills in the defaults.
 * @throws PolicyError INVALID_CONFIG for flags that contradict each other
 */
export function resolveSettings(options: FineTuneOptions) {
  checkCombinations(options);
  const careful = options.fromModel === undefined ? 1 : defaults.fromModelLrDivisor;
  const head = options.head ?? defaults.head;
  const lr = options.lr ?? defaultLr(head) / careful;
  const optimizer = options.optimizer ?? defaults.optimizer;
  return {
    vectors: options.vectors ?? null,
    train: options.train,
    dev: options.dev ?? null,
    test: options.test ?? null,
    vectorsFormat: options.vectorsFormat ?? null,
    textColumn: options.textColumn ?? null,
    labelColumn: options.labelColumn ?? null,
    strict: options.strict ?? false,
    backend: options.backend ?? defaults.backend,
    head,
    headOptions: options.headOptions ?? {},
    policy: options.policy ?? defaults.policy,
    freezeEpochs: options.freezeEpochs ?? null,
    unfreezeOn: options.unfreezeOn ?? null,
    maxMeanCosineDistance: options.maxMeanCosineDistance ?? null,
    onDrift: options.maxMeanCosineDistance === undefined ? null : (options.onDrift ?? defaults.onDrift),
    epochs: options.epochs ?? defaults.epochs,
    batchSize: options.batchSize ?? defaults.batchSize,
    lr,
    embeddingLr: options.embeddingLr ?? lr / defaults.embeddingLrDivisor,
    optimizer,
    schedule: options.schedule ?? defaults.schedule,
    warmup: options.warmup ?? null,
    dropout: options.dropout ?? null,
    wordDropout: options.wordDropout ?? 0,
    embeddingDropout: options.embeddingDropout ?? 0,
    l2sp: options.l2sp ?? null,
    recadam: options.recadam ?? null,
    recadamCenter: options.recadamCenter ?? null,
    recadamSlope: options.recadamSlope ?? null,
    mixout: options.mixout ?? null,
    maxRowCosineDistance: options.maxRowCosineDistance ?? null,
    maxRowL2: options.maxRowL2 ?? null,
    l2: options.l2 ?? (optimizer === "adamw" ? defaults.adamwDecay : 0),
    maxNorm: options.maxNorm ?? null,
    clipNorm: options.clipNorm ?? null,
    classWeights: options.classWeights ?? null,
    labelSmoothing: options.labelSmoothing ?? 0,
    patience: options.patience ?? defaults.patience,
    oov: options.oov ?? null,
    // A folder of vectors may bring its own.
    tokenizer: options.tokenizer ?? null,
    lowercase: options.lowercase ?? null,
    minCount: options.minCount ?? defaults.minCount,
    maxLength: options.maxLength ?? (isSequenceHead(head) ? defaults.maxPositions : null),
    // Of subwords the size of the file decides.
    modelRows: options.modelRows ?? (options.oov === "subword" ? null : defaults.modelRows),
    carryUnmoved: options.carryUnmoved ?? false,
    fromModel: options.fromModel ?? null,
    seed: options.seed ?? defaults.seed,
    checkpointEvery: options.checkpointEvery ?? defaults.checkpointEvery,
    report: options.report ?? true,
  } as const;
}
