/** Precision, recall and F1 of one class; 0 where a denominator is 0. */
export interface ClassMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Examples with this label. */
  readonly support: number;
}

/** How predictions compare with labels. */
export interface ClassificationMetrics {
  readonly rows: number;
  readonly accuracy: number;
  /** Mean F1 over classes that occur as label or prediction, each class alike. */
  readonly macroF1: number;
  /** Mean −log p(label) in nats, without class weights or smoothing. */
  readonly loss: number;
  /** Expected calibration error over 15 equal-width bins of the top probability (Guo et al. 2017), in [0, 1]. */
  readonly calibrationError: number;
  readonly perClass: readonly ClassMetrics[];
  /** confusion[label][prediction], counts. */
  readonly confusion: readonly (readonly number[])[];
}

const bins = 15;

/** Index of the largest of `count` numbers from `at`; the first among equals. */
export function argMax(values: ArrayLike<number>, at: number, count: number): number {
  let best = 0;
  for (let c = 1; c < count; c++) if (values[at + c]! > values[at + best]!) best = c;
  return best;
}

/** Row-wise softmax of logits `[N, C]` in float64, shifted by the row's maximum. Fresh array. */
export function softmaxRows(logits: ArrayLike<number>, classes: number): Float64Array {
  const result = new Float64Array(logits.length);
  for (let row = 0; row < logits.length; row += classes) {
    let max = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) max = Math.max(max, logits[row + c]!);
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += result[row + c] = Math.exp(logits[row + c]! - max);
    for (let c = 0; c < classes; c++) result[row + c]! /= sum;
  }
  return result;
}

/** −log softmax(logits)[label] of one row, without overflow. */
function negativeLogLikelihood(logits: ArrayLike<number>, at: number, classes: number, label: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let c = 0; c < classes; c++) max = Math.max(max, logits[at + c]!);
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp(logits[at + c]! - max);
  return Math.log(sum) + max - logits[at + label]!;
}

function classMetrics(confusion: readonly (readonly number[])[], c: number): ClassMetrics {
  const hits = confusion[c]![c]!;
  const support = confusion[c]!.reduce((a, b) => a + b, 0);
  const predicted = confusion.reduce((sum, row) => sum + row[c]!, 0);
  const precision = predicted > 0 ? hits / predicted : 0;
  const recall = support > 0 ? hits / support : 0;
  return {
    precision,
    recall,
    f1: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0,
    support,
  };
}

/** Metrics of logits `[N, C]` against labels `[N]`. With N = 0 every figure is 0. */
export function classificationMetrics(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): ClassificationMetrics {
  const rows = labels.length;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const probabilities = softmaxRows(logits, classes);
  const binRows = new Float64Array(bins);
  const binGap = new Float64Array(bins);
  let hits = 0;
  let loss = 0;
  for (let n = 0; n < rows; n++) {
    const label = labels[n]!;
    const predicted = argMax(logits, n * classes, classes);
    confusion[label]![predicted]!++;
    if (predicted === label) hits++;
    loss += negativeLogLikelihood(logits, n * classes, classes, label);
    const confidence = probabilities[n * classes + predicted]!;
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    binRows[bin]!++;
    binGap[bin]! += (predicted === label ? 1 : 0) - confidence;
  }
  const perClass = confusion.map((_, c) => classMetrics(confusion, c));
  const present = perClass.filter((metrics, c) => metrics.support > 0 || confusion.some((row) => row[c]! > 0));
  return {
    rows,
    accuracy: rows > 0 ? hits / rows : 0,
    macroF1: present.length > 0 ? present.reduce((sum, metrics) => sum + metrics.f1, 0) / present.length : 0,
    loss: rows > 0 ? loss / rows : 0,
    calibrationError: rows > 0 ? binGap.reduce((sum, gap) => sum + Math.abs(gap), 0) / rows : 0,
    perClass,
    confusion,
  };
}
