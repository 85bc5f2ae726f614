/** Below this share of a case's largest gradient a float64 gradient is rounding: what it rounds is 0 by symmetry. */
const symmetryShare = 1e-9;

/**
 * `leastScale` for one gradient of a case: 1e-3 of the case's largest gradient where `expected` is 0 by symmetry
 * (attention's key bias), 0 for every other gradient, however small.
 */
export function leastScaleOf(expected: ArrayLike<number>, largest: number): number {
  return Number.isFinite(largest) && largestMagnitude([expected]) < symmetryShare * largest ? 1e-3 * largest : 0;
}

/** Largest |x| of several lists; 0 for none. */
export function largestMagnitude(lists: readonly ArrayLike<number>[]): number {
  let largest = 0;
  for (const list of lists) for (let i = 0; i < list.length; i++) largest = Math.max(largest, Math.abs(list[i]!));
  return largest;
}

/** Options of the measure. */
export interface MeasureOptions {
  /**
   * Least scale that errors are divided by. For a gradient that may be zero by symmetry, 1e-3 of the largest gradient of
   * its case.
   */
  readonly leastScale?: number;
}

/**
 * Error of a tensor: max|actual − expected| / max|expected|. Exact (0 or Infinity) where expected is all zeros and no
 * least scale is given, and for every element that is not finite. Infinity where lengths differ.
 */
export function relativeError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { leastScale = 0 }: MeasureOptions = {},
): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let scale = leastScale;
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i]!;
    const a = actual[i]!;
    if (!Number.isFinite(e)) {
      if (!Object.is(a, e)) return Number.POSITIVE_INFINITY;
      continue;
    }
    if (!Number.isFinite(a)) return Number.POSITIVE_INFINITY;
    scale = Math.max(scale, Math.abs(e));
    worst = Math.max(worst, Math.abs(a - e));
  }
  if (worst === 0) return 0;
  return scale === 0 ? Number.POSITIVE_INFINITY : worst / scale;
}
