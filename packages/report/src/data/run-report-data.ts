import type { ReportFinding, ReportOrigin, ReportScores, ReportTask, ReportVectors } from "./common.ts";

/** One epoch, as `metrics.ndjson` has it; `null` where there is nothing to know a figure from. */
export interface ReportEpoch {
  readonly epoch: number;
  readonly phase: string;
  /** By parameter group; 0 where frozen. */
  readonly learningRates: Readonly<Record<string, number>>;
  readonly trainLoss: number;
  readonly devLoss: number | null;
  readonly devAccuracy: number | null;
  /** Mean of 1 − cosine over moved rows. */
  readonly meanCosineDistance: number;
  /** 95th percentile of the same. */
  readonly p95CosineDistance?: number | null;
  readonly sampledDrift?: ReportSampledDrift | null;
}

/** Drift of a fixed sample of words at an epoch's end; `SampledDrift` of `@thawline/analysis` is one. */
export interface ReportSampledDrift {
  /** Share of the k nearest words that words of the training text kept, in [0, 1]. */
  readonly neighborOverlap: number;
  /** Linear CKA of words of the training text before and now. */
  readonly cka: number | null;
  /** How much more words of the training text came away from never-seen words than from each other, in cosines. */
  readonly breakGap: number | null;
  /** Mean cosine of two words. */
  readonly averageCosine: number | null;
  readonly partitionIsotropy: number | null;
  readonly k: number;
  /** Words of each kind. */
  readonly seenRows: number;
  readonly neverSeenRows: number;
}

/** Rows that training never saw, moved by a map learned from those that it did. */
export interface ReportCarried {
  /** 0 where the map was not trusted. */
  readonly rows: number;
  readonly reason: string;
  /** Scores of the same weights with those rows left where they were; null where none moved. */
  readonly metricsWithout: { readonly dev: ReportScores; readonly test: ReportScores | null } | null;
}

/** The best epoch of the frozen or the tuned phase. */
export interface ReportPhase {
  readonly epoch: number;
  readonly dev: ReportScores;
  readonly test: ReportScores | null;
}

/** How far the table moved as a whole. */
export interface ReportDrift {
  readonly movedRows: number;
  readonly frozenRows: number;
  /** Rows of words without a pre-trained vector that training moved. */
  readonly movedNewRows: number;
  readonly meanCosineDistance: number;
  readonly p95CosineDistance: number;
  readonly meanL2: number;
  readonly maxL2: number;
  /** Share of the 10 nearest neighbours that moved words kept. */
  readonly neighborOverlapAt10: number;
}

/** Words of about the same frequency in the training text; a `FrequencyBand` of `@thawline/analysis` is one. */
export interface ReportBand {
  /** Least number of occurrences, and the first that is of the next band; null: there is none. */
  readonly from: number;
  readonly to: number | null;
  /** Pre-trained rows of the band. */
  readonly rows: number;
  readonly movedRows: number;
  /** Of 1 − cosine over the band's moved rows. */
  readonly medianCosineDistance: number;
  readonly meanCosineDistance: number;
  readonly p95CosineDistance: number;
}

/** A word that moved far. */
export interface ReportMovedWord {
  readonly word: string;
  /** 1 − cosine. */
  readonly cosineDistance: number;
  readonly l2: number;
  /** Occurrences in the training text. */
  readonly count: number;
  readonly neighborsBefore: readonly string[];
  readonly neighborsAfter: readonly string[];
}

/** A word on the map, before and after. */
export interface ReportMapWord {
  readonly word: string;
  readonly before: readonly [x: number, y: number];
  readonly after: readonly [x: number, y: number];
  readonly cosineDistance: number;
  /** The label whose texts it is most typical of; null where there is none. */
  readonly label: string | null;
}

/** Moved words in two dimensions. */
export interface ReportMap {
  readonly words: readonly ReportMapWord[];
  /** What the axes are, in a sentence or two. */
  readonly axes: string;
}

/** Coverage of some texts by the pre-trained vectors; shares in [0, 1]. */
export interface ReportCoverage {
  readonly name: string;
  readonly rows: number;
  readonly tokens: number;
  readonly types: number;
  readonly oovTypes: number;
}

/** A word of the training text without a vector. */
export interface ReportMissingWord {
  readonly word: string;
  readonly count: number;
  /** The label that it speaks for, with the share of its texts that have it. */
  readonly label: string | null;
  readonly share: number | null;
  /** What would find it, such as "lowercase: cat". */
  readonly foundBy: readonly string[];
}

/** How the text meets the vectors. */
export interface ReportAlignment {
  readonly tokenizer: string;
  readonly splits: readonly ReportCoverage[];
  /** The worst covered first. */
  readonly classes: readonly ReportCoverage[];
  /** The most costly first. */
  readonly missing: readonly ReportMissingWord[];
}

/** What a drift guard did. */
export interface ReportGuardAction {
  readonly epoch: number;
  /** Null for several steps taken together. */
  readonly step: number | null;
  readonly action: string;
  /** Which figure was beyond which limit. */
  readonly cause: string;
  /** What was done about it. */
  readonly effect: string;
}

/** Two hashes over the rows that had to stay. */
export interface ReportFrozenRows {
  readonly count: number;
  readonly sha256Before: string;
  readonly sha256After: string;
  readonly bitIdentical: boolean;
}

/**
 * A fine-tuning run as plain data: mostly the fields of `run.json`, which can be passed as they are. Nothing in it
 * depends on the clock, so that the same run gives the same report.
 */
export interface RunReportData {
  readonly kind: "run";
  /** Name of the run, such as its folder's. */
  readonly name: string;
  readonly task: ReportTask;
  readonly vectors: ReportVectors;
  readonly backend: string;
  readonly head: string;
  readonly policy: string;
  readonly seed: number;
  readonly epochs: readonly ReportEpoch[];
  readonly bestEpoch: number | null;
  readonly metrics: {
    readonly train: ReportScores | null;
    readonly dev: ReportScores | null;
    readonly test: ReportScores | null;
  };
  readonly phases: { readonly frozen: ReportPhase | null; readonly tuned: ReportPhase | null };
  readonly verdict: { readonly recommendation: "frozen" | "tuned"; readonly reason: string } | null;
  readonly drift: ReportDrift | null;
  /** Null where it was not asked for. */
  readonly carried: ReportCarried | null;
  /** Empty where nothing moved or it was not measured; so are the moved words. */
  readonly bands: readonly ReportBand[];
  readonly movedWords: readonly ReportMovedWord[];
  readonly map: ReportMap | null;
  readonly alignment: ReportAlignment | null;
  /** Null where nobody looked. */
  readonly findings: readonly ReportFinding[] | null;
  readonly guard: readonly ReportGuardAction[];
  /** Largest mean cosine distance that the drift guard let pass; null without one. */
  readonly driftLimit: number | null;
  readonly frozenRows: ReportFrozenRows | null;
  readonly origin: ReportOrigin;
}
