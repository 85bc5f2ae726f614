/**
 * A seed for one purpose, so that streams of random numbers from one user's seed do not repeat each other.
 * FNV-1a (32 bits) of `seed:purpose`, in UTF-16 code units.
 */
export function deriveSeed(seed: number, purpose: string): number {
  let hash = 0x811c9dc5;
  for (const unit of `${seed}:${purpose}`) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
