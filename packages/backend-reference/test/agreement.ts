/** Largest |actual − expected| over largest |expected|; where that is 0 or not finite, 0 if equal, else ∞. */
export function tensorError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  let same = true;
  for (let i = 0; i < expected.length; i++) {
    same &&= actual[i] === expected[i] || (Number.isNaN(actual[i]) && Number.isNaN(expected[i]));
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  if (same) return 0;
  const error = difference / scale;
  return Number.isFinite(error) && Number.isFinite(scale) && scale > 0 ? error : Number.POSITIVE_INFINITY;
}
