import type {
  DriftGuard,
  FreezePolicy,
  Graph,
  OptimizerConfig,
  PullConfig,
  RowOptimizerConfig,
  ScheduleConfig,
  TrustRegionConfig,
  ValueName,
} from "@thawline/core";

/** Families of cases, in the order in which they run. */
export const families = [
  "forward",
  "gradient",
  "loss",
  "head",
  "edge",
  "contract",
  "trajectory",
  "freeze",
  "drift",
  "transformer",
  "large",
] as const;

/** Name of a family. */
export type Family = (typeof families)[number];

/** Numbers for one input: written out, or uniform in [low, high) from a seed and rounded to float32. */
export type FeedData =
  | { readonly data: readonly number[] }
  | { readonly seed: number; readonly low: number; readonly high: number };

/** What every case has. */
interface CaseBase {
  /** `family/subject/variant`; stable, and the same on every backend. */
  readonly id: string;
  readonly family: Family;
  /** A looser bound than the backend's own, with the reason for it. */
  readonly tolerance?: { readonly factor: number; readonly reason: string };
}

/** One run of a graph: outputs, and with a loss its value and gradients, against the float64 reference. */
export interface GraphCase extends CaseBase {
  readonly kind: "graph";
  readonly graph: Graph;
  readonly feeds: Readonly<Record<ValueName, FeedData>>;
  readonly loss?: ValueName;
  readonly wrt?: readonly ValueName[];
}

/** A batch of token ids, one list an example. */
export interface BatchData {
  readonly ids: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

/** A training run, batch after batch, against the same run on the float64 reference. */
export interface TrainingCase extends CaseBase {
  readonly kind: "training";
  /** As `createHead` takes it. */
  readonly head: Readonly<Record<string, unknown>> & { readonly type: string; readonly dimension: number };
  readonly rows: number;
  readonly batches: readonly BatchData[];
  /** Step t uses batches[t mod their number]. */
  readonly steps: number;
  /** An epoch ends after so many steps; default never. */
  readonly stepsPerEpoch?: number;
  /** Monitored figure of each epoch's end, for policies that look at it. */
  readonly devLosses?: readonly number[];
  readonly optimizer: OptimizerConfig;
  readonly embeddings?: Partial<RowOptimizerConfig>;
  readonly policy?: FreezePolicy;
  readonly schedule?: ScheduleConfig;
  readonly clipNorm?: number;
  readonly maxNorm?: number;
  readonly classWeights?: readonly number[];
  readonly labelSmoothing?: number;
  readonly wordDropout?: number;
  readonly embeddingDropout?: number;
  readonly pull?: PullConfig;
  readonly trustRegion?: TrustRegionConfig;
  /** A budget of drift: the same actions at the same steps, and inside after each, by the figures' definition. */
  readonly guard?: DriftGuard;
  /** Hold each step to the definition of its pull and trust region; with plain SGD, without dropout, clipping and mixout. */
  readonly byDefinition?: boolean;
  /** Rows that must have the bits that they began with. */
  readonly frozenRows?: readonly number[];
  /** Compare the drift report as well. */
  readonly drift?: boolean;
  /** Compare the drift figures of the table as a whole: neighbours a row, and where frequency bands begin. */
  readonly figures?: { readonly k: number; readonly bandStarts: readonly number[] };
}

/** A promise of the contract that is not a number. */
export interface ContractCase extends CaseBase {
  readonly kind: "contract";
  /** Key of the behaviour that is checked. */
  readonly behaviour: string;
}

/** One case: plain data. */
export type ConformanceCase = GraphCase | TrainingCase | ContractCase;
