import { createRandom } from "@thawline/core";

/** How a permutation test is made. */
export interface PermutationOptions {
  /** Sign patterns drawn (default 10,000); where the data have no more patterns than this, each is taken once instead. */
  readonly permutations?: number;
  readonly seed?: number;
}

/** What a permutation test found. */
export interface PermutationResult {
  /** Mean of the differences. */
  readonly estimate: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Whether every sign pattern was taken; then the seed has no part in it. */
  readonly exact: boolean;
  readonly permutations: number;
}

/** Counts the patterns of signs whose sum is at least `observed` in size; bit i of a pattern is the sign of number i. */
function countAll(values: readonly number[], observed: number): number {
  let count = 0;
  for (let pattern = 0; pattern < 2 ** values.length; pattern++) {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += (pattern >>> i) & 1 ? values[i] : -values[i];
    if (Math.abs(sum) >= observed) count++;
  }
  return count;
}

function countDrawn(
  values: readonly number[],
  observed: number,
  draws: { permutations: number; seed: number },
): number {
  const random = createRandom(draws.seed);
  let count = 0;
  for (let draw = 0; draw < draws.permutations; draw++) {
    let sum = 0;
    let bits = 0;
    for (let i = 0; i < values.length; i++) {
      if (i % 32 === 0) bits = random.nextUint32();
      sum += (bits >>> (i % 32)) & 1 ? values[i] : -values[i];
    }
    if (Math.abs(sum) >= observed) count++;
  }
  return count;
}

/**
 * Paired sign-flip test that differences `[N]` (borrowed) are symmetric around 0: how often a mean at least as large in
 * size comes about when the sign of each difference is a coin's. For several seeds give each example's mean over the
 * seeds (`meanOverRuns`). 1 where every difference is 0.
 * @remarks Fisher 1935 (chapter 21), as used to compare systems by Yeh 2000 and Dror et al. 2018, "The hitchhiker's
 * guide to testing statistical significance in natural language processing". Drawn patterns give (count + 1) / (draws + 1)
 * (Phipson and Smyth 2010): never 0.
 * @throws RangeError without differences or permutations
 */
export function permutationTest(differences: ArrayLike<number>, options: PermutationOptions = {}): PermutationResult {
  const { permutations = 10_000, seed = 1 } = options;
  if (differences.length === 0) throw new RangeError("a permutation test needs at least one difference");
  if (!Number.isInteger(permutations) || permutations < 1) {
    throw new RangeError(`permutations is a whole number from 1, got ${permutations}`);
  }
  const all = Array.from(differences);
  const total = all.reduce((sum, value) => sum + value, 0);
  const estimate = total / all.length;
  // The sign of a zero changes nothing.
  const values = all.filter((value) => value !== 0);
  // Sums that are equal in exact arithmetic must count as equal.
  const observed = Math.abs(total) - 1e-12 * values.reduce((sum, value) => sum + Math.abs(value), 0);
  const patterns = 2 ** values.length;
  if (patterns <= permutations) {
    return { estimate, pValue: countAll(values, observed) / patterns, exact: true, permutations: patterns };
  }
  const count = countDrawn(values, observed, { permutations, seed });
  return { estimate, pValue: (count + 1) / (permutations + 1), exact: false, permutations };
}
