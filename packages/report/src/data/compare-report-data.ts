import type { ReportOrigin, ReportTask, ReportVectors } from "./common.ts";

/** A mean with the interval around it, `[low, high]`. */
export interface ReportEstimate {
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
}

/** One policy over all seeds; accuracies are shares in [0, 1]. */
export interface ReportArm {
  readonly policy: string;
  /** True where it trains no vectors. */
  readonly isFrozen: boolean;
  readonly seeds: readonly {
    readonly seed: number;
    readonly dev: number;
    readonly test: number | null;
    readonly meanCosineDistance: number;
    /** Share of the 10 nearest neighbours that moved words kept. */
    readonly neighborOverlapAt10: number;
  }[];
  readonly dev: ReportEstimate;
  readonly test: ReportEstimate | null;
}

/** Two policies on the same rows; `difference` is `a` − `b`. */
export interface ReportPair {
  readonly a: string;
  readonly b: string;
  readonly on: "dev" | "test";
  readonly difference: number;
  readonly interval: readonly [low: number, high: number];
  readonly pValue: number;
  /** Name of the test, such as `mcnemar` or `permutation`. */
  readonly test: string;
}

/** Accuracy of one policy by the number of training rows. */
export interface ReportLearningCurve {
  readonly policy: string;
  readonly points: readonly (ReportEstimate & { readonly rows: number })[];
}

/** A comparison of policies as plain data: the fields of `compare --json`. */
export interface CompareReportData {
  readonly kind: "compare";
  readonly name: string;
  readonly task: ReportTask;
  readonly vectors: ReportVectors;
  readonly backend: string;
  readonly head: string;
  readonly seeds: readonly number[];
  /** What dev figures were taken on, in a sentence; null where it is the dev file. */
  readonly evaluation: string | null;
  readonly arms: readonly ReportArm[];
  readonly pairs: readonly ReportPair[];
  readonly verdict: { readonly recommendation: string; readonly reason: string; readonly rule: string };
  readonly learningCurves: readonly ReportLearningCurve[];
  readonly origin: ReportOrigin;
}
