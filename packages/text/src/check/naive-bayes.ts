import type { LinearModel } from "./logistic-regression.ts";
import type { SparseRows } from "./sparse-rows.ts";

/**
 * Fits a multinomial naive Bayes model to the values of `matrix` (counts or TF-IDF): log priors, and log((N_cf + α) /
 * (Σ_f N_cf + α F)) for class c and feature f. Also a linear model: `predictProbabilities` reads it.
 * @remarks Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), equation 13.7; scikit-learn's
 * `MultinomialNB`. A class without rows gets a prior of half a row.
 */
export function fitNaiveBayes(
  matrix: SparseRows,
  labels: Int32Array,
  options: { readonly classes: number; readonly alpha: number; readonly rows: Int32Array },
): Pick<LinearModel, "classes" | "weights"> {
  const { classes, alpha, rows } = options;
  const weights = new Float64Array((matrix.width + 1) * classes).fill(alpha);
  const bias = matrix.width * classes;
  const counts = new Float64Array(classes);
  const sums = new Float64Array(classes).fill(alpha * matrix.width);
  for (const row of rows) {
    const c = labels[row]!;
    counts[c]!++;
    for (let e = matrix.offsets[row]!; e < matrix.offsets[row + 1]!; e++) {
      weights[matrix.columns[e]! * classes + c]! += matrix.values[e]!;
      sums[c]! += matrix.values[e]!;
    }
  }
  const logSums = sums.map(Math.log);
  for (let at = 0; at < bias; at += classes) {
    for (let c = 0; c < classes; c++) weights[at + c] = Math.log(weights[at + c]!) - logSums[c]!;
  }
  for (let c = 0; c < classes; c++) weights[bias + c] = Math.log(Math.max(counts[c]!, 0.5) / rows.length);
  return { classes, weights };
}
