import { gammaln } from "simple-statistics";

/** What McNemar's test found. */
export interface McNemarResult {
  /** Examples that `a` alone has right, and that `b` alone has right. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** Two-sided exact conditional p-value, in (0, 1]; never below the level it promises. */
  readonly pValue: number;
  /** Two-sided mid-p value: less conservative, may exceed its level slightly. */
  readonly midPValue: number;
}

/**
 * McNemar's test of two classifiers on the same examples: are the examples that one alone has right split evenly?
 * `a` and `b` `[N]` are borrowed; a number other than 0 (or `true`) says that the example was classified correctly.
 * Both p-values are sums of the binomial distribution of n = onlyA + onlyB, p = ½, at every n: O(n), so that no
 * approximation for large n (chi-squared) is needed. 1 where n is 0.
 * @remarks McNemar 1947; exact and mid-p form as in Fagerland, Lydersen and Laake 2013, "The McNemar test for binary
 * matched-pairs data: mid-p and asymptotic are better than exact conditional"; mid-p is 2 (P(K < k) + ½ P(K = k)) for k the
 * smaller count. It takes the
 * examples to be independent: predictions of several seeds on the same examples are not, use `permutationTest` there.
 * @throws RangeError where the two differ in length
 */
export function mcNemar(a: ArrayLike<number | boolean>, b: ArrayLike<number | boolean>): McNemarResult {
  if (a.length !== b.length) throw new RangeError(`both must judge the same examples: got ${a.length} and ${b.length}`);
  let onlyA = 0;
  let onlyB = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] && !b[i]) onlyA++;
    else if (b[i] && !a[i]) onlyB++;
  }
  return { onlyA, onlyB, ...pValues(onlyA, onlyB) };
}

function pValues(onlyA: number, onlyB: number): { readonly pValue: number; readonly midPValue: number } {
  const n = onlyA + onlyB;
  if (n === 0) return { pValue: 1, midPValue: 1 };
  const fewer = Math.min(onlyA, onlyB);
  // Logarithms: a binomial coefficient leaves the range of floating point long before the probability does.
  const probability = (k: number): number =>
    Math.exp(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) - n * Math.LN2);
  let tail = 0;
  for (let k = 0; k <= fewer; k++) tail += probability(k);
  // The exact value's two tails overlap at onlyA = onlyB; the mid-p value's do not, and its sum is 1 there.
  return { pValue: Math.min(1, 2 * tail), midPValue: 2 * tail - probability(fewer) };
}
