import type { LabelCounts } from "./label-counts.ts";

/** How well a row tells the classes apart. */
export type IndicativeStatistic = "log-odds" | "mutual-information";

/** What is asked of the statistic. */
export interface IndicativeOptions {
  readonly statistic: IndicativeStatistic;
  /** α ≥ 0, added to every cell of a contingency table; default 0.5. */
  readonly smoothing?: number;
  /** Class that log-odds are for; default the one with the largest. Mutual information is over all classes. */
  readonly class?: number;
}

/** α of Haldane and Anscombe: with it the log odds ratio has the smallest bias for small counts (Gart and Zweifel 1967). */
export const defaultSmoothing = 0.5;

/**
 * `[R]` how indicative each row of `labels.rows` is of a class.
 *
 * With n(w, c) examples of class c that hold row w, N(c) examples of c, and "not c" all others:
 * - `log-odds`: ln((n(w,c) + α) / (N(c) − n(w,c) + α)) − ln((n(w,¬c) + α) / (N(¬c) − n(w,¬c) + α)), the log odds ratio of
 *   Forman 2003 ("An extensive empirical study of feature selection metrics for text classification", table 1), the largest
 *   over classes.
 * - `mutual-information`: Σ over c and u ∈ {holds w, does not} of p(u,c) ln(p(u,c) / (p(u) p(c))) in nats, the cells
 *   n(w,c) + α and N(c) − n(w,c) + α divided by their sum (Manning, Raghavan and Schütze 2008, equation 13.16, for C classes).
 */
export function classIndicativeness(labels: LabelCounts, options: IndicativeOptions): Float64Array {
  const score = options.statistic === "log-odds" ? logOdds : mutualInformation;
  return Float64Array.from({ length: labels.rows.length }, (_, place) => {
    let holding = 0;
    for (let c = 0; c < labels.classes; c++) holding += labels.counts[place * labels.classes + c]!;
    return score(labels, place, holding, options);
  });
}

type Score = (labels: LabelCounts, place: number, holding: number, options: IndicativeOptions) => number;

const total = ({ examples, classes }: LabelCounts): number => {
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += examples[c]!;
  return sum;
};

const logOdds: Score = (labels, place, holding, { class: only, smoothing = defaultSmoothing }) => {
  const { classes, counts, examples } = labels;
  const all = total(labels);
  let best = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) {
    if (only !== undefined && c !== only) continue;
    const inside = counts[place * classes + c]!;
    const outside = holding - inside;
    const size = examples[c]!;
    const odds = Math.log((inside + smoothing) / (size - inside + smoothing));
    const otherOdds = Math.log((outside + smoothing) / (all - size - outside + smoothing));
    // ∞ − ∞ without smoothing: the row is in every example, and tells nothing.
    const ratio = odds === otherOdds ? 0 : odds - otherOdds;
    best = Math.max(best, ratio);
  }
  return best;
};

const mutualInformation: Score = (labels, place, holding, { smoothing = defaultSmoothing }) => {
  const { classes, counts, examples } = labels;
  const sum = total(labels) + 2 * classes * smoothing;
  const holds = (holding + classes * smoothing) / sum;
  let information = 0;
  for (let c = 0; c < classes; c++) {
    const inside = counts[place * classes + c]!;
    const ofClass = (examples[c]! + 2 * smoothing) / sum;
    const cells = [
      [(inside + smoothing) / sum, holds],
      [(examples[c]! - inside + smoothing) / sum, 1 - holds],
    ] as const;
    for (const [joint, ofRow] of cells) if (joint > 0) information += joint * Math.log(joint / (ofRow * ofClass));
  }
  // Of independent ones a rounding error below 0 may be left.
  return Math.max(0, information);
};
