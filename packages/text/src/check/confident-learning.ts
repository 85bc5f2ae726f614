/** Out-of-sample probabilities of some rows, and the labels that they have. */
export interface LabelledProbabilities {
  /** `[N, C]`, each row of sum 1, by a model that has not seen the row. */
  readonly probabilities: Float64Array;
  /** `[N]` classes in [0, C). */
  readonly labels: Int32Array;
  readonly classes: number;
}

/** What confident learning says of labels. */
export interface ConfidentLearning {
  /** `[C]` mean probability of a class over the rows that have it as label; infinite for a class without rows. */
  readonly thresholds: Float64Array;
  /** `[C, C]` rows with label i that confidently belong to j. */
  readonly confidentJoint: Float64Array;
  /** Share of the rows whose label is wrong by the calibrated joint: 1 − its trace. */
  readonly noiseRate: number;
  /** Rows counted off the diagonal of the joint: their label is likely wrong. Most suspect first: by the probability of their own label. */
  readonly suspects: readonly number[];
  /** `[N]` class that a row confidently belongs to; -1 where there is none. */
  readonly suggestions: Int32Array;
  /** Share of the rows whose most probable class is their label. */
  readonly accuracy: number;
}

/** Mean self-confidence of each class: equation 2. */
function thresholdsOf({ probabilities, labels, classes }: LabelledProbabilities): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  labels.forEach((label, row) => {
    sums[label]! += probabilities[row * classes + label]!;
    counts[label]!++;
  });
  return sums.map((sum, label) => (counts[label] === 0 ? Number.POSITIVE_INFINITY : sum / counts[label]!));
}

/** The class a row confidently belongs to, the most probable of those at or above their threshold, or -1. */
function confidentClass(probabilities: Float64Array, thresholds: Float64Array): number {
  let best = -1;
  for (let c = 0; c < thresholds.length; c++) {
    const isConfident = probabilities[c]! >= thresholds[c]!;
    if (isConfident && (best === -1 || probabilities[c]! > probabilities[best]!)) best = c;
  }
  return best;
}

/** Trace of the joint after each of its rows is scaled to the number of rows with that label: equation 3. */
function calibratedTrace(joint: Float64Array, labels: Int32Array, classes: number): number {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]!++;
  let onDiagonal = 0;
  for (let i = 0; i < classes; i++) {
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += joint[i * classes + j]!;
    // Nobody is confident about any row of this label: nothing speaks against it.
    onDiagonal += sum === 0 ? counts[i]! : (joint[i * classes + i]! / sum) * counts[i]!;
  }
  return labels.length === 0 ? 1 : onDiagonal / labels.length;
}

/**
 * Finds labels that are likely wrong, from the probabilities of any model on rows that it was not trained on.
 * @remarks Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70 (2021):
 * thresholds (equation 2), confident joint with its collision rule (equation 1), calibration (equation 3), and the method
 * `C_confusion`'s refinement: rows off the diagonal, ranked by self-confidence. A model that errs looks like noise: on
 * text that is hard to classify the rate is an upper bound.
 */
export function confidentLearning(given: LabelledProbabilities): ConfidentLearning {
  const { probabilities, labels, classes } = given;
  const thresholds = thresholdsOf(given);
  const confidentJoint = new Float64Array(classes * classes);
  const suggestions = new Int32Array(labels.length);
  let right = 0;
  labels.forEach((label, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    const suggestion = confidentClass(own, thresholds);
    suggestions[row] = suggestion;
    if (own.every((p, c) => p < own[label]! || (p === own[label]! && c >= label))) right++;
    if (suggestion !== -1) confidentJoint[label * classes + suggestion]!++;
  });
  const ownProbability = (row: number): number => probabilities[row * classes + labels[row]!]!;
  const rows = Array.from({ length: labels.length }, (_, row) => row);
  return {
    thresholds,
    confidentJoint,
    noiseRate: Math.max(0, 1 - calibratedTrace(confidentJoint, labels, classes)),
    suspects: rows
      .filter((row) => suggestions[row] !== -1 && suggestions[row] !== labels[row])
      .sort((a, b) => ownProbability(a) - ownProbability(b) || a - b),
    suggestions,
    accuracy: labels.length === 0 ? 0 : right / labels.length,
  };
}
