/**
 * Places on a line that stay in order and at least `gap` apart, as near as that allows to where they were, all within
 * `[low, high]`.
 */
export function spread(places: readonly number[], gap: number, [low, high]: readonly [number, number]): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]! || a - b);
  const result = [...places];
  let floor = low;
  for (const i of order) {
    result[i] = Math.max(result[i]!, floor);
    floor = result[i]! + gap;
  }
  let ceiling = high;
  for (const i of order.reverse()) {
    result[i] = Math.min(result[i]!, ceiling);
    ceiling = result[i]! - gap;
  }
  return result;
}
