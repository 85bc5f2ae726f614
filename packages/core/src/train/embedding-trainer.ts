import type { GuardEvent } from "../drift/drift-guard.ts";
import type { DriftReport } from "../drift/drift-report.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import type { FreezePhase, FreezePolicy } from "../policy/policy.ts";
import type { FloatArray, TensorMap } from "../tensor.ts";
import type { Examples } from "./examples.ts";
import type { Head } from "./head.ts";
import type { ClassificationMetrics } from "./metrics.ts";
import type { TrainerSnapshot } from "./snapshot.ts";
import type { EpochRecord, Monitor, TrainingState } from "./training-state.ts";

/** What a step did. */
export interface StepReport {
  /** Mean loss of the batch before the update. */
  readonly loss: number;
  /** Steps done, this one included. */
  readonly step: number;
  /** Learning rate of each group in this step; 0 where frozen. */
  readonly learningRates: Readonly<Record<string, number>>;
  /** What the drift guard did after the update; absent where nothing. With a `stop` among them training is over. */
  readonly guard?: readonly GuardEvent[];
}

/** Loss and gradients of a batch, nothing moved. Fresh arrays. */
export interface BatchGradients {
  readonly loss: number;
  readonly logits: FloatArray;
  readonly parameters: TensorMap;
  /** `[U]` rows ascending, and their gradients `[U, D]`. */
  readonly rows: Int32Array;
  readonly rowValues: Float64Array;
}

/** Trains a head and an embedding table under a freeze policy. Its methods must not overlap. */
export interface EmbeddingTrainer {
  /**
   * The table that is trained. Under a decoupled pull, rows that are absent from steps pay what they owe when they are looked
   * up, and all of them in `drift`, `logits`, `evaluate`, `endEpoch` and a snapshot of weights: call one before reading rows.
   */
  readonly table: EmbeddingTable;
  /** Token ids that there are: V, or T of a weighted look-up. */
  readonly tokens: number;
  readonly head: Head;
  readonly policy: FreezePolicy;
  readonly monitor: Monitor;
  readonly batchSize: number;
  readonly state: TrainingState;
  /** The policy's phase for the coming step. */
  readonly phase: FreezePhase;
  /** Parameters by name: live, not copies. */
  readonly parameters: TensorMap;
  /**
   * One optimizer step on at most `batchSize` examples. `learningRates` stand, for the groups they cover, instead of what
   * schedule and policy say; a group that the policy freezes stays frozen.
   * @throws NonFiniteError with step, group and advice; nothing was updated then. BackendError
   */
  step(batch: Examples, options?: { readonly learningRates?: Readonly<Record<string, number>> }): Promise<StepReport>;
  /** Gradients of every group, frozen or not, without dropout. */
  gradients(batch: Examples): Promise<BatchGradients>;
  /**
   * Scores `[N, C]` before the softmax, without dropout. Fresh.
   * @throws NonFiniteError where a score, row or parameter is not finite
   */
  logits(examples: Examples): Promise<Float64Array>;
  evaluate(examples: Examples): Promise<ClassificationMetrics>;
  drift(options?: { readonly mostMoved?: number }): DriftReport;
  /** What the drift guard did in the present epoch, checks of `checkDrift` included. */
  readonly guardEvents: readonly GuardEvent[];
  /** Has the drift guard measure every row, act where it has to, and say what it did: before an epoch is evaluated. */
  checkDrift(): readonly GuardEvent[];
  /** Ends an epoch: the record joins the history and may change the phase. */
  endEpoch(record: EpochRecord): void;
  /** Everything that training depends on, copied; `weightsOnly` leaves out the optimizers' state. */
  snapshot(options?: { readonly weightsOnly?: boolean }): TrainerSnapshot;
  /** Goes back to a snapshot; `weightsOnly` leaves optimizer state, step count and history as they are. */
  restore(snapshot: TrainerSnapshot, options?: { readonly weightsOnly?: boolean }): void;
  /** Releases compiled programs; the backend stays open. */
  close(): Promise<void>;
}
