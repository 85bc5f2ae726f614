import type { RowDrift } from "../drift/row-drift.ts";
import type { IndicativeStatistic } from "./class-indicative.ts";
import type { LabelCounts } from "./label-counts.ts";

/**
 * Which rows of a table may move, as plain data; rules combine. "Occurs" and "count" are about the training text; a row that
 * does not occur there has no rank and is in no band.
 */
export type RowRule =
  | { readonly kind: "all" }
  | { readonly kind: "none" }
  /** Rows whose tokens occur at least `count` times in the training text. */
  | { readonly kind: "min-count"; readonly count: number }
  /**
   * Rows whose frequency rank is from `from` (default 1, the most frequent) to `to` (default the last), both included; equal
   * counts are ranked by row. The k most frequent rows are `{ kind: "rank", to: k }`.
   */
  | { readonly kind: "rank"; readonly from?: number; readonly to?: number }
  /**
   * A frequency band, `from` included, `to` not, so that bands side by side share no row. By `count`: from ≤ count < to
   * (defaults 1 and infinity). By `quantile`: from ≤ (rank − 1) / R < to of the R rows that occur, 0 being the most frequent
   * (defaults 0 and 1).
   */
  | { readonly kind: "band"; readonly by: "count" | "quantile"; readonly from?: number; readonly to?: number }
  /** Rows that came from the pre-trained file (`found: true`), or that did not. */
  | { readonly kind: "pretrained"; readonly found: boolean }
  /** These rows. */
  | { readonly kind: "rows"; readonly rows: readonly number[] }
  /** Rows of these words, as the table spells them. */
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** Rows whose word matches an ECMAScript regular expression anywhere (anchor it for a whole word); Unicode mode. */
  | { readonly kind: "pattern"; readonly pattern: string; readonly ignoreCase?: boolean }
  /**
   * Rows that tell the classes apart: statistic ≥ `threshold`, or among the `top` rows (ties by row); with both, both. The
   * statistics and `smoothing` are defined at `classIndicativeness`; `class` is a number from 0, for log-odds.
   */
  | {
      readonly kind: "class-indicative";
      readonly statistic: IndicativeStatistic;
      readonly threshold?: number;
      readonly top?: number;
      readonly class?: number;
      readonly smoothing?: number;
    }
  /**
   * Rows by their distance from the pre-trained row: at least `atLeast`, below `below`. Judged when an epoch begins, from the
   * table as it is then, and kept for that epoch.
   */
  | {
      readonly kind: "drift";
      readonly figure: "cosineDistance" | "l2";
      readonly atLeast?: number;
      readonly below?: number;
    }
  | { readonly kind: "not"; readonly rule: RowRule }
  | { readonly kind: "and"; readonly rules: readonly RowRule[] }
  | { readonly kind: "or"; readonly rules: readonly RowRule[] };

/** A rule's kind. */
export type RowRuleKind = RowRule["kind"];

/** What rules read about the rows of a table; a rule that needs what is not known is refused. */
export interface RowFacts {
  /** V. */
  readonly rows: number;
  /** `[V]` occurrences in the training text. */
  readonly counts: ArrayLike<number> | undefined;
  /** `[V]` 1 where from the pre-trained file; `undefined`: all. */
  readonly pretrained: ArrayLike<number> | undefined;
  /** `[V]` word of each row. */
  readonly words?: readonly string[] | undefined;
  readonly labels?: LabelCounts | undefined;
  /** How far a row is from its pre-trained values now. */
  readonly drift?: ((row: number) => RowDrift) | undefined;
}
