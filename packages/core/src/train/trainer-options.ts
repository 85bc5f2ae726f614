import type { Backend } from "../backend.ts";
import type { DriftGuard } from "../drift/drift-guard.ts";
import type { LookUp } from "../embedding/look-up.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { PolicyError } from "../errors.ts";
import type { OptimizerConfig, RowOptimizerConfig } from "../optim/config.ts";
import { checkPull, type PullConfig } from "../optim/pull.ts";
import type { ScheduleConfig } from "../optim/schedule.ts";
import { checkTrustRegion, type TrustRegionConfig } from "../optim/trust-region.ts";
import type { LabelCounts } from "../policy/label-counts.ts";
import type { FreezePolicy } from "../policy/policy.ts";
import type { Head } from "./head.ts";
import type { InputStatistics } from "./standardized-input.ts";
import type { Monitor } from "./training-state.ts";

/** Name of the embedding table's group in policies and learning rates. */
export const embeddingsGroup = "embeddings";

/** What a trainer is made of. */
export interface TrainerOptions {
  readonly backend: Backend;
  /** Its overlay is written by training. */
  readonly table: EmbeddingTable;
  readonly head: Head;
  /** Default: token id = row. */
  readonly lookUp?: LookUp;
  /** Of the head's parameters. */
  readonly optimizer: OptimizerConfig;
  /** Of the table's rows; what is not given is as in `optimizer`. */
  readonly embeddings?: Partial<RowOptimizerConfig>;
  /** Default `fullPolicy`. */
  readonly policy?: FreezePolicy;
  /** Default constant. */
  readonly schedule?: ScheduleConfig;
  /** Steps that training has at most; schedules that end need it. */
  readonly totalSteps?: number;
  /** B: examples a step; smaller batches are padded with examples of weight 0. */
  readonly batchSize: number;
  /** Examples an evaluation run; default 256. */
  readonly evaluationBatchSize?: number;
  /** Joint L2 norm that gradients are clipped to. */
  readonly clipNorm?: number;
  /** Kim's max-norm on the rows of output weights. */
  readonly maxNorm?: number;
  /** `[C]`. */
  readonly classWeights?: ArrayLike<number>;
  /** In [0, 1). */
  readonly labelSmoothing?: number;
  /** Probability in [0, 1) that a token is left out of a training step. */
  readonly wordDropout?: number;
  /** Probability in [0, 1) that a component of an example's vectors is 0 in a training step, at all its positions alike. */
  readonly embeddingDropout?: number;
  /** Pulls the table's rows towards their pre-trained values. */
  readonly pull?: PullConfig;
  /** How far the table's rows may be from their pre-trained values: a projection after each update. */
  readonly trustRegion?: TrustRegionConfig;
  /** A budget of drift, and what happens where it is exceeded. */
  readonly guard?: DriftGuard;
  /** For heads on positions: longest L, longer examples are cut; default 256. */
  readonly maxPositions?: number;
  /** `[V]` occurrences of each row in the training text, for policies with rules about frequency. */
  readonly rowCounts?: ArrayLike<number>;
  /** `[V]` word of each row, for policies with `words` or `pattern` rules. */
  readonly rowWords?: readonly string[];
  /** Of the training text (`countLabels`), for policies with `class-indicative` rules. */
  readonly rowLabelCounts?: LabelCounts;
  /** Figure that plateaus look at; default `devLoss`. */
  readonly monitor?: Monitor;
  /** Starting values of parameters by name; others are initialised from `seed`. Copied. */
  readonly parameters?: Readonly<Record<string, ArrayLike<number>>>;
  /**
   * Of the pooled vectors that the head's `inputLayer` reads. With them that layer is updated as if its input were
   * standardised: optimizer, decay and moments see the weights of (x − μ) / s, while the head computes with the same
   * function's plain weights. Mean vectors share a large common part, which slows plain steps down. Heads without an
   * `inputLayer` do not read it.
   */
  readonly inputStatistics?: InputStatistics;
  /** Default 1. */
  readonly seed?: number;
}

/** Whether a schedule's form depends on where training ends. */
function needsTotalSteps(schedule: ScheduleConfig): boolean {
  if (schedule.type === "constant") return (schedule.warmup ?? 0) > 0 && schedule.warmup! < 1;
  return schedule.type !== "plateau";
}

/** Sizes of what is known about the rows. */
function checkRowFacts(
  { table: { rows }, head, rowWords, rowLabelCounts: labels }: TrainerOptions,
  fail: (message: string) => never,
): void {
  if (rowWords !== undefined && rowWords.length !== rows) {
    fail(`rowWords should be ${rows} words, one a row, got ${rowWords.length}`);
  }
  if (labels === undefined) return;
  const { classes, counts, examples, rows: counted } = labels;
  if (classes !== head.classes || counts.length !== counted.length * classes || examples.length !== classes) {
    fail(
      `rowLabelCounts should be ${counted.length} × ${head.classes} counts and ${head.classes} totals, got ${counts.length} and ${examples.length} for ${classes} classes`,
    );
  }
}

/** Checks what no other part checks. @throws PolicyError INVALID_CONFIG */
export function checkTrainerOptions(options: TrainerOptions): void {
  const { table, head, batchSize } = options;
  const fail = (message: string): never => {
    throw new PolicyError("INVALID_CONFIG", message);
  };
  if (head.dimension !== table.dimension) {
    fail(`the head takes vectors of dimension ${head.dimension}, the table has ${table.dimension}`);
  }
  const { inputStatistics } = options;
  if (inputStatistics !== undefined) {
    const { mean, scale } = inputStatistics;
    if (mean.length !== table.dimension || scale.length !== table.dimension || !scale.every((s) => s > 0)) {
      fail(`inputStatistics should be a mean and a scale > 0 for each of ${table.dimension} components`);
    }
  }
  const { totalSteps, schedule, rowCounts } = options;
  for (const [name, value] of Object.entries({
    batchSize,
    evaluationBatchSize: options.evaluationBatchSize ?? 1,
    maxPositions: options.maxPositions ?? 1,
    totalSteps: totalSteps ?? 1,
  })) {
    if (!Number.isInteger(value) || value < 1) fail(`${name} should be a whole number ≥ 1, got ${value}`);
  }
  if (totalSteps === undefined && schedule !== undefined && needsTotalSteps(schedule)) {
    fail(`a ${schedule.type} schedule needs totalSteps, to know where it ends`);
  }
  if (rowCounts !== undefined && rowCounts.length !== table.rows) {
    fail(`rowCounts should be ${table.rows} numbers, one a row, got ${rowCounts.length}`);
  }
  checkRowFacts(options, fail);
  if (options.pull !== undefined) checkPull(options.pull);
  if (options.trustRegion !== undefined) checkTrustRegion(options.trustRegion);
  for (const name of ["labelSmoothing", "wordDropout", "embeddingDropout"] as const) {
    const value = options[name] ?? 0;
    if (!(value >= 0 && value < 1)) fail(`${name} should be in [0, 1), got ${value}`);
  }
  for (const name of ["clipNorm", "maxNorm"] as const) {
    const value = options[name];
    if (value !== undefined && !(value > 0)) fail(`${name} should be > 0, got ${value}`);
  }
  const weights = options.classWeights;
  if (
    weights !== undefined &&
    (weights.length !== head.classes || Array.from(weights).some((w) => !(w >= 0 && Number.isFinite(w))))
  ) {
    fail(`classWeights should be ${head.classes} numbers ≥ 0, got [${Array.from(weights).slice(0, 10)}]`);
  }
}
