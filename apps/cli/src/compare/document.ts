import type { RunDocument } from "../run/document.ts";

/** An accuracy over seeds with its 95 % interval: a bootstrap over examples, and over seeds where there are several. */
export interface Estimate {
  readonly mean: number;
  readonly interval: readonly [low: number, high: number];
}

/** One policy's run with one seed. Where it was cross-validated: figures of its folds taken together. */
export interface ArmRun {
  readonly seed: number;
  /** Accuracy on what the verdict looks at. */
  readonly dev: number;
  readonly test: number | null;
  /** Mean loss in nats on the same. */
  readonly devLoss: number;
  readonly testLoss: number | null;
  /** Epoch whose weights were scored; several where it was cross-validated. */
  readonly bestEpoch: readonly number[];
  /** Pre-trained rows that moved; the mean over folds. */
  readonly movedRows: number;
  /** Of the moved rows from where they were; 0 where none moved. */
  readonly meanCosineDistance: number;
  /** Share of the moved rows' 10 nearest neighbours that stayed; 1 where none moved. Of folds: the first one's. */
  readonly neighborOverlapAt10: number;
  /** Relative to the folder of the comparison; null where none was written. */
  readonly delta: string | null;
}

/** A policy over all seeds. */
export interface Arm {
  readonly policy: string;
  /** True where no phase of it trains the vectors. */
  readonly isFrozen: boolean;
  readonly seeds: readonly ArmRun[];
  readonly dev: Estimate;
  readonly test: Estimate | null;
  /** Means over the seeds. */
  readonly meanCosineDistance: number;
  readonly neighborOverlapAt10: number;
}

/** Two policies compared on the same examples with the same seeds; the difference is a − b. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly on: "dev" | "test";
  readonly difference: number;
  /** 95 %, paired by example and seed. */
  readonly interval: readonly [low: number, high: number];
  readonly pValue: number;
  /** `mcnemar` (exact) for one seed; with several a sign-flip permutation test of each example's mean over the seeds. */
  readonly test: "mcnemar" | "permutation";
}

/** The comparison with fewer training rows. */
export interface CurvePoint {
  /** Training rows of each run. */
  readonly size: number;
  readonly arms: readonly Pick<Arm, "policy" | "dev" | "test" | "meanCosineDistance">[];
  readonly pairs: readonly Pair[];
}

/** What to do, and why. */
export interface Verdict {
  /** A policy of the comparison. */
  readonly recommendation: string;
  readonly reason: string;
  readonly rule: string;
}

/** What the dev figures were taken on. */
export interface Evaluation {
  /** `dev`: the file named; `held-out`: a part of train; `cross-validation`: every row of train, by a model that did not see it. */
  readonly kind: "dev" | "held-out" | "cross-validation";
  readonly rows: number;
  readonly folds: number | null;
}

/** What `thawline compare --json` prints and `compare.json` holds. */
export interface CompareDocument {
  readonly command: "compare";
  readonly version: string;
  readonly status: "finished";
  readonly backend: string;
  readonly head: string;
  readonly seeds: readonly number[];
  readonly data: Pick<RunDocument["data"], "train" | "test" | "labels"> & {
    readonly dev: RunDocument["data"]["dev"] | null;
    readonly evaluation: Evaluation;
  };
  readonly vectors: RunDocument["vectors"];
  readonly coverage: RunDocument["coverage"];
  readonly arms: readonly Arm[];
  readonly pairs: readonly Pair[];
  readonly curve: readonly CurvePoint[] | null;
  readonly verdict: Verdict;
  /** What all arms share, with every default filled in. */
  readonly config: Readonly<Record<string, unknown>>;
  /** SHA-256 of the files as stored. */
  readonly inputs: Readonly<Record<string, string | null>>;
  readonly timing: { readonly loadMs: number; readonly trainMs: number; readonly totalMs: number };
  readonly artifacts: { readonly compare: string; readonly runs: string; readonly report: string | null };
}

/** What is printed of a comparison that was stopped. */
export interface InterruptedCompare {
  readonly command: "compare";
  readonly version: string;
  readonly status: "interrupted";
  readonly runs: { readonly done: number; readonly total: number };
}
