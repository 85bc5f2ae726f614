/**
 * Quantile q in [0, 1] of ascending `sorted` by linear interpolation between order statistics (type 7 of Hyndman and Fan
 * 1996, the default of numpy and R); 0 for an empty list.
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return 0;
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}
