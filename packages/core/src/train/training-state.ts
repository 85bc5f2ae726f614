import type { GuardEvent } from "../drift/drift-guard.ts";
import type { BandDrift } from "../drift/frequency-bands.ts";

/** What is known of a finished epoch; `null` where there is nothing to know it from. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Name of the policy's phase. */
  readonly phase: string;
  /** Learning rate of each group at the epoch's last step; 0 where frozen. */
  readonly learningRates: Readonly<Record<string, number>>;
  /** Mean loss over the epoch's examples while training (dropout, class weights and smoothing included). */
  readonly trainLoss: number;
  readonly devLoss: number | null;
  readonly devAccuracy: number | null;
  /** Mean cosine distance of moved rows from the anchor. */
  readonly meanCosineDistance: number;
  /** More of the drift at the epoch's end. */
  readonly drift?: EpochDrift;
  /** What the drift guard did in the epoch; absent where nothing. */
  readonly guard?: readonly GuardEvent[];
}

/** Drift at an epoch's end, over moved rows as in `DriftReport`. */
export interface EpochDrift {
  readonly movedRows: number;
  readonly medianCosineDistance: number;
  readonly p95CosineDistance: number;
  readonly maxCosineDistance: number;
  readonly meanL2: number;
  /** By frequency in the training text; `null` where the trainer does not know the rows' counts. */
  readonly bands: readonly BandDrift[] | null;
}

/** Figure that early stopping, plateaus and the choice of the best epoch look at. */
export type Monitor = "devLoss" | "devAccuracy" | "trainLoss";

/** The monitored figure, lower is better: the loss, or 1 − accuracy. Without a dev figure the training loss. */
export function monitored(record: EpochRecord, monitor: Monitor): number {
  if (monitor === "devLoss" && record.devLoss !== null) return record.devLoss;
  if (monitor === "devAccuracy" && record.devAccuracy !== null) return 1 - record.devAccuracy;
  return record.trainLoss;
}

/** Where training is. Plain data. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly history: readonly EpochRecord[];
}
