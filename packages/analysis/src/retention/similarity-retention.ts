import { rowDrift } from "@thawline/core";
import { sampleRankCorrelation } from "simple-statistics";
import type { TablePair } from "../drift/pair-tables.ts";
import { type RowMatrix, rowStart } from "../linear/row-matrix.ts";
import type { SimilarityPair } from "./similarity-file.ts";
import { createWordFinder } from "./word-finder.ts";

/** How well cosines follow people's judgement, before and after. */
export interface SimilarityRetention {
  /** Spearman's rank correlation, in [−1, 1]; `null` for fewer than two pairs or without any variance. */
  readonly before: number | null;
  readonly after: number | null;
  /** after − before; negative: knowledge was lost. */
  readonly change: number | null;
  /** Pairs in the file, and those with both words in both tables and no zero vector. */
  readonly pairs: number;
  readonly used: number;
}

/**
 * Spearman's rank correlation of two lists of one length, ties at the average of their ranks (simple-statistics); `null`
 * for fewer than two numbers or where either list is constant.
 * @remarks Spearman 1904: Pearson's correlation of the ranks.
 */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) throw new RangeError(`expected two lists of one length, got ${x.length} and ${y.length}`);
  if (x.length < 2) return null;
  const correlation = sampleRankCorrelation([...x], [...y]);
  return Number.isNaN(correlation) ? null : correlation;
}

/** Cosine of two rows of a matrix; `null` where one is zero. */
function cosineOf(matrix: RowMatrix, a: number, b: number): number | null {
  const at = [rowStart(matrix, a), rowStart(matrix, b)] as const;
  const isZero = (start: number): boolean => {
    for (let d = 0; d < matrix.dimension; d++) if (matrix.data[start + d] !== 0) return false;
    return true;
  };
  if (at.some(isZero)) return null;
  const [from, to] = at.map((start) => ({ values: matrix.data, at: start }));
  return 1 - rowDrift(from, to, matrix.dimension).cosineDistance;
}

/**
 * What tuning kept of general word similarity: the rank correlation between the cosines of word pairs and people's
 * scores, before and after, over the same pairs. Words are found as they stand, else lower-cased; pairs with a word that
 * either table lacks, or a zero vector, are left out and show in `used`.
 * @remarks The evaluation of Finkelstein et al. 2002 (WordSim-353) and Hill et al. 2015 (SimLex-999).
 */
export function similarityRetention(tables: TablePair, pairs: readonly SimilarityPair[]): SimilarityRetention {
  const find = createWordFinder(tables.words);
  const scores: number[] = [];
  const before: number[] = [];
  const after: number[] = [];
  for (const { first, second, score } of pairs) {
    const [a, b] = [find(first), find(second)];
    if (a === undefined || b === undefined) continue;
    const [old, now] = [cosineOf(tables.before, a, b), cosineOf(tables.after, a, b)];
    if (old === null || now === null) continue;
    scores.push(score);
    before.push(old);
    after.push(now);
  }
  const [old, now] = [spearman(scores, before), spearman(scores, after)];
  return {
    before: old,
    after: now,
    change: old === null || now === null ? null : now - old,
    pairs: pairs.length,
    used: scores.length,
  };
}
