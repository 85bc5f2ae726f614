/** Scores of one split. Shares are in [0, 1], the loss in nats. */
export interface ReportScores {
  readonly accuracy: number;
  readonly macroF1: number;
  readonly loss: number;
  readonly rows: number;
}

/** Rows read of one file of labelled text. */
export interface ReportSplit {
  readonly name: string;
  readonly rows: number;
  /** Rows left out because text or label was missing. */
  readonly skipped: number;
}

/** What a run learned from. */
export interface ReportTask {
  readonly splits: readonly ReportSplit[];
  readonly labels: readonly string[];
  /** True where dev was held out of the training file. */
  readonly devIsHeldOut: boolean;
}

/** The pre-trained table. */
export interface ReportVectors {
  readonly file: string;
  readonly format: string;
  readonly rows: number;
  readonly dimension: number;
  readonly loadedRows: number;
}

/** A finding about the data. */
export interface ReportFinding {
  /** `problem`: results on this data mislead. `warning`: likely costs accuracy. `note`: good to know. */
  readonly severity: "problem" | "warning" | "note";
  readonly kind: string;
  /** Null where the message says it, or where it concerns no one split. */
  readonly split: string | null;
  /** Texts; null where the message says it. */
  readonly count: number | null;
  readonly message: string;
  readonly examples: readonly string[];
}

/** How a run can be had again. */
export interface ReportOrigin {
  /** Shell command. */
  readonly command: string;
  readonly version: string;
  /** Settings in the order to show; plain JSON values. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** SHA-256 of each input file, or null where there was none. */
  readonly inputs: Readonly<Record<string, string | null>>;
}
