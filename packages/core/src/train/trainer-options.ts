import type { Backend } from "../backend.ts";
import type { LookUp } from "../embedding/look-up.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { PolicyError } from "../errors.ts";
import type { OptimizerConfig, RowOptimizerConfig } from "../optim/config.ts";
import type { ScheduleConfig } from "../optim/schedule.ts";
import type { FreezePolicy } from "../policy/policy.ts";
import type { Head } from "./head.ts";
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
  /** For heads on positions: longest L, longer examples are cut; default 256. */
  readonly maxPositions?: number;
  /** `[V]` occurrences of each row in the training text, for policies with `min-count` rules. */
  readonly rowCounts?: ArrayLike<number>;
  /** Figure that plateaus look at; default `devLoss`. */
  readonly monitor?: Monitor;
  /** Starting values of parameters by name; others are initialised from `seed`. Copied. */
  readonly parameters?: Readonly<Record<string, ArrayLike<number>>>;
  /** Default 1. */
  readonly seed?: number;
}

/** Whether a schedule's form depends on where training ends. */
function needsTotalSteps(schedule: ScheduleConfig): boolean {
  if (schedule.type === "constant") return (schedule.warmup ?? 0) > 0 && schedule.warmup! < 1;
  return schedule.type !== "plateau";
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
  for (const name of ["labelSmoothing", "wordDropout"] as const) {
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
