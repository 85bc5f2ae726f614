import type { EpochRecord, GuardEvent } from "@thawline/core";
import type { Choice } from "./choose-backend.ts";
import type { Prepared } from "./prepare.ts";

/** What a fine-tuning run tells while it goes. */
export type RunEvent =
  /** Data and vectors are read and joined. */
  | {
      readonly kind: "prepared";
      readonly prepared: Prepared;
      readonly loadMs: number;
      /** What trains, and why. */
      readonly backend: Pick<Choice, "name" | "reason">;
    }
  /** Goes on from a checkpoint; `history` are the epochs done. */
  | { readonly kind: "resumed"; readonly file: string; readonly history: readonly EpochRecord[] }
  | { readonly kind: "phase"; readonly epoch: number; readonly phase: string; readonly index: number }
  | {
      readonly kind: "progress";
      readonly epoch: number;
      readonly epochs: number;
      readonly examplesDone: number;
      readonly examplesTotal: number;
      readonly loss: number;
      readonly examplesPerSecond: number;
    }
  /** The drift guard acted, or warned; `words` are those of the event's rows. */
  | { readonly kind: "guard"; readonly event: GuardEvent; readonly words: readonly string[] }
  | { readonly kind: "epoch"; readonly record: EpochRecord; readonly isBest: boolean }
  | { readonly kind: "checkpoint"; readonly file: string; readonly reason: "interval" | "interrupted" }
  /** Training is over, results are being measured and written. */
  | { readonly kind: "writing" };
