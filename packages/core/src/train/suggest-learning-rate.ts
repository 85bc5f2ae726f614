import type { LrRangePoint } from "./lr-range-test.ts";

/** Rates that a curve speaks for. Null where the smoothed loss never falls. */
export interface LrSuggestions {
  /** Where the smoothed loss falls most steeply over the logarithm of the rate. */
  readonly steepest: number;
  /** The middle of the longest run of falling losses, in steps. */
  readonly valley: number;
  /** A tenth of the rate at the smallest smoothed loss. */
  readonly minimumTenth: number;
}

/** Indices of a longest strictly decreasing subsequence (Fredman 1975, patience sorting). */
function longestDecreasing(values: readonly number[]): number[] {
  const tails: number[] = [];
  const before = new Int32Array(values.length).fill(-1);
  values.forEach((value, i) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[tails[middle]!]! > value) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[i] = tails[low - 1]!;
    tails[low] = i;
  });
  const result: number[] = [];
  for (let i = tails[tails.length - 1] ?? -1; i >= 0; i = before[i]!) result.push(i);
  return result.reverse();
}

/** Centred differences of the losses over the logarithm of the rate, one-sided at the ends, as `numpy.gradient`. */
function slopes(points: readonly LrRangePoint[]): number[] {
  return points.map((_, i) => {
    const low = points[Math.max(0, i - 1)]!;
    const high = points[Math.min(points.length - 1, i + 1)]!;
    return (high.smoothedLoss - low.smoothedLoss) / Math.log(high.learningRate / low.learningRate);
  });
}

/**
 * Reads learning rates off the curve of a range test, up to the point of its smallest smoothed loss.
 * @remarks The suggestions `steep`, `valley` and `minimum` of fastai's `lr_find` (Howard and Gugger 2020). `lr-find` takes the
 * tenth of the minimum, for the head as the largest rate to try: unlike the valley it does not hang on where the test began, unlike the steepest point it does not
 * jump with one batch; docs/learning-rates.md of the repository has the figures.
 */
export function suggestLearningRate(points: readonly LrRangePoint[]): LrSuggestions | null {
  if (points.length < 3) return null;
  let least = 0;
  points.forEach((point, i) => {
    if (point.smoothedLoss < points[least]!.smoothedLoss) least = i;
  });
  if (least === 0) return null;
  const falling = points.slice(0, least + 1);
  const slope = slopes(falling);
  const steepest = slope.indexOf(Math.min(...slope));
  const run = longestDecreasing(falling.map((point) => point.smoothedLoss));
  const [start, end] = [run[0]!, run[run.length - 1]!];
  const valley = Math.round((start + end) / 2);
  return {
    steepest: falling[steepest]!.learningRate,
    valley: falling[valley]!.learningRate,
    minimumTenth: falling[least]!.learningRate / 10,
  };
}
