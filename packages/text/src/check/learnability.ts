import { createRandom, deriveSeed, shuffle } from "@thawline/core";
import { dealFolds } from "./folds.ts";
import { fitFold, type LearningProblem } from "./out-of-fold.ts";

/** A share with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
}

/** What the labels of the training rows can be learnt from their text. */
export interface Learnability {
  /** Accuracy of always answering the most frequent label. */
  readonly majority: { readonly label: string; readonly accuracy: number };
  /** Cross-validated accuracy of the linear model. Interval: Wilson 1927. */
  readonly model: Estimate & { readonly loss: number };
  /**
   * The same with the labels shuffled over the rows, anew for each of `runs` folds: what accuracy looks like where there is
   * nothing to learn. The intervals are those that a further shuffled run over all folds falls into with 95 %.
   */
  readonly shuffled: Estimate & { readonly loss: Estimate; readonly runs: number };
  /** False where neither accuracy nor loss of the real labels is better than the interval of shuffled ones. */
  readonly isLearnable: boolean;
  readonly folds: number;
}

/** Two-sided 95 % quantiles of Student's t by degrees of freedom (from 1); beyond the list, the next smaller one holds. */
const studentT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093,
];
const t95 = (freedom: number): number => studentT[Math.min(freedom, studentT.length) - 1]!;

/** Wilson's 95 % interval of a share. */
function wilson(value: number, count: number): readonly [number, number] {
  const z = 1.959964;
  const centre = (value + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half = (z / (1 + (z * z) / count)) * Math.sqrt((value * (1 - value)) / count + (z * z) / (4 * count * count));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Accuracy and mean −log p of the labels. */
export function scoreOf(probabilities: Float64Array, labels: Int32Array, classes: number) {
  let right = 0;
  let loss = 0;
  labels.forEach((label, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    let best = 0;
    for (let c = 1; c < classes; c++) if (own[c]! > own[best]!) best = c;
    if (best === label) right++;
    loss -= Math.log(Math.max(own[label]!, 1e-15));
  });
  return { accuracy: right / labels.length, loss: loss / labels.length };
}

/**
 * Where a further run of `folds` folds falls with 95 %, from the figures of single folds: mean ± t · s · √(1/K + 1/R) with R
 * folds seen and K to come; s is at least `leastDeviation`.
 */
function predictionInterval(values: readonly number[], folds: number, leastDeviation: number): Estimate {
  const seen = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / seen;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seen - 1);
  const half = t95(seen - 1) * Math.max(Math.sqrt(variance), leastDeviation) * Math.sqrt(1 / folds + 1 / seen);
  return { value: mean, interval: [mean - half, mean + half] };
}

/** How often labels are shuffled for each fold: more often where there are few rows, so that chance is large. */
export const shufflesOf = (rows: number): number => (rows <= 500 ? 8 : rows <= 2000 ? 4 : 1);

/** Accuracy and loss of each fold with labels shuffled anew for it. */
function shuffledFolds(problem: LearningProblem): readonly { readonly accuracy: number; readonly loss: number }[] {
  const { labels, classes, folds, seed } = problem;
  const random = createRandom(deriveSeed(seed, "shuffled-labels"));
  const shuffled = labels.slice();
  return Array.from({ length: shufflesOf(labels.length) * folds }, (_, run) => {
    shuffle(shuffled, random);
    const fold = dealFolds(shuffled, problem.groups, { folds, seed: deriveSeed(seed, `shuffled-${run}`) });
    const rows = fitFold({ ...problem, labels: shuffled }, fold, 0);
    return scoreOf(
      rows.probabilities,
      Int32Array.from(rows.inside, (row) => shuffled[row]!),
      classes,
    );
  });
}

/**
 * Whether labels can be learnt from their text at all: the linear model on the labels as they are, against the same model on
 * labels shuffled over the rows.
 * @param probabilities `[N, C]` of `outOfFold`, for the labels as they are
 * @remarks Ojala and Garriga, "Permutation Tests for Studying Classifier Performance", JMLR 11 (2010), test 1; with an
 * interval from few permutations, because each costs a fit.
 */
export function learnability(
  problem: LearningProblem,
  probabilities: Float64Array,
  names: readonly string[],
): Learnability {
  const { labels, classes, folds } = problem;
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  const most = counts.indexOf(Math.max(...counts));
  const real = scoreOf(probabilities, labels, classes);
  const runs = shuffledFolds(problem);
  const chance = runs.reduce((sum, run) => sum + run.accuracy, 0) / runs.length;
  const perFold = labels.length / folds;
  const accuracy = predictionInterval(
    runs.map((run) => run.accuracy),
    folds,
    Math.sqrt((chance * (1 - chance)) / perFold),
  );
  const loss = predictionInterval(
    runs.map((run) => run.loss),
    folds,
    0,
  );
  return {
    majority: { label: names[most]!, accuracy: counts[most]! / labels.length },
    model: { value: real.accuracy, interval: wilson(real.accuracy, labels.length), loss: real.loss },
    shuffled: { ...accuracy, loss, runs: runs.length },
    isLearnable: real.accuracy > accuracy.interval[1] || real.loss < loss.interval[0],
    folds,
  };
}
