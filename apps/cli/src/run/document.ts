import type { LearnedMap } from "@thawline/analysis";
import type { ClassificationMetrics } from "@thawline/core";
import type { MeasuredEpoch } from "../pipeline/drift-probe.ts";

/** Scores of one split; what `--json` prints of each. */
export interface SplitScores {
  readonly accuracy: number;
  readonly macroF1: number;
  /** Mean negative log-likelihood in nats. */
  readonly loss: number;
  readonly rows: number;
}

/** Best epoch of the frozen or the tuned phase, evaluated with its own weights. */
export interface PhaseScores {
  readonly epoch: number;
  readonly dev: SplitScores;
  readonly test: SplitScores | null;
}

/** A row that moved far. */
export interface MovedWord {
  readonly word: string;
  /** 1 − cosine. */
  readonly cosineDistance: number;
  readonly l2: number;
  /** Occurrences in the training text. */
  readonly count: number;
  /** Nearest words before and after training. */
  readonly neighborsBefore: readonly string[];
  readonly neighborsAfter: readonly string[];
}

/** How tokens are made of the rows of a table, and how many of the data's distinct tokens in which way. */
export interface TokenFacts {
  readonly kind: "subwords" | "pieces";
  /** Rows that belong to a word, and to an n-gram; of pieces all are the tokens'. */
  readonly ownRows: number;
  readonly ngramRows: number;
  /** Distinct tokens of all splits with a row of their own, made of n-grams alone, and with neither: left out. */
  readonly known: number;
  readonly composed: number;
  readonly without: number;
  /** n-gram lengths and hash buckets; null for pieces. */
  readonly subwords: { readonly minn: number; readonly maxn: number; readonly bucket: number } | null;
}

/** What `--carry-unmoved` did to the rows that training never saw. */
export interface CarriedRows {
  /** How many were moved; 0 where the map is not trusted. */
  readonly rows: number;
  /** Why they were moved, or why not. */
  readonly reason: string;
  /** The map's kind and errors; null where too few rows moved to learn one. */
  readonly map: Pick<LearnedMap, "kind" | "lambda" | "heldOutError" | "candidates" | "rows"> | null;
  /** Scores of the same weights with those rows left where they were; `metrics` are with them moved. Null where none moved. */
  readonly metricsWithout: { readonly dev: SplitScores; readonly test: SplitScores | null } | null;
}

/** The document of a fine-tuning run: what `finetune --json` prints and `run.json` begins with. Absent data is null. */
export interface RunDocument {
  readonly command: string;
  readonly version: string;
  readonly status: "finished" | "interrupted";
  readonly backend: string;
  readonly head: string;
  readonly policy: string;
  readonly seed: number;
  readonly data: {
    readonly train: { readonly rows: number; readonly skipped: number };
    readonly dev: { readonly rows: number; readonly skipped: number };
    readonly test: { readonly rows: number; readonly skipped: number } | null;
    readonly labels: readonly string[];
    /** True where dev was held out of the training file. */
    readonly devIsHeldOut: boolean;
  };
  readonly vectors: {
    readonly format: string;
    readonly rows: number;
    readonly dimension: number;
    readonly loadedRows: number;
    /** Only where tokens are made of weighted rows. */
    readonly tokens?: TokenFacts;
  };
  /** Of the training text: shares of types and tokens with a pre-trained vector. */
  readonly coverage: { readonly types: number; readonly tokens: number; readonly oovTypes: number };
  readonly epochs: readonly MeasuredEpoch[];
  /** Null where training was interrupted. */
  readonly bestEpoch: number | null;
  readonly metrics: {
    readonly train: SplitScores | null;
    readonly dev: SplitScores | null;
    readonly test: SplitScores | null;
  };
  readonly phases: { readonly frozen: PhaseScores | null; readonly tuned: PhaseScores | null };
  readonly verdict: { readonly recommendation: "frozen" | "tuned"; readonly reason: string } | null;
  readonly drift: {
    /** Pre-trained rows that moved. */
    readonly movedRows: number;
    /** Pre-trained rows that are bit-identical to the input. */
    readonly frozenRows: number;
    /** Rows of words without a pre-trained vector that training moved. */
    readonly movedNewRows: number;
    readonly frozenRowsBitIdentical: boolean;
    readonly meanCosineDistance: number;
    readonly p95CosineDistance: number;
    readonly meanL2: number;
    readonly maxL2: number;
    readonly neighborOverlapAt10: number;
    readonly mostMoved: readonly MovedWord[];
  } | null;
  /** Null without `--carry-unmoved`. */
  readonly carried: CarriedRows | null;
  readonly timing: { readonly loadMs: number; readonly trainMs: number; readonly examplesPerSecond: number };
  readonly memory: { readonly peakRssBytes: number };
  readonly artifacts: {
    readonly run: string;
    readonly metrics: string;
    readonly checkpoints: string;
    readonly model: string | null;
    readonly delta: string | null;
    readonly vectors: string | null;
    /** `report.html`; `report.md` stands beside it. Null without a report. */
    readonly report: string | null;
  };
}

/** The figures of a split that the document keeps. */
export function scoresOf({ accuracy, macroF1, loss, rows }: ClassificationMetrics): SplitScores {
  return { accuracy, macroF1, loss, rows };
}
