import { createRandom } from "@thawline/core";

/**
 * A seeded choice of at most `count` of `from`, ascending; all of them where they are no more. The same rows as core's
 * `neighborOverlap` chooses from the same list.
 */
export function choose(from: ArrayLike<number>, count: number, seed: number): Int32Array {
  const pool = Int32Array.from(from);
  if (pool.length <= count) return pool.sort();
  const random = createRandom(seed);
  for (let i = 0; i < count; i++) {
    const j = i + random.nextBelow(pool.length - i);
    const kept = pool[i];
    pool[i] = pool[j];
    pool[j] = kept;
  }
  return pool.slice(0, count).sort();
}
