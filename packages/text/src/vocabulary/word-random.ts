import { createRandom, type Random } from "@thawline/core";

/** Finaliser of MurmurHash3 (32 bits, public domain, Austin Appleby). */
function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A generator that depends on a word and a seed (a safe integer) and on nothing else: not on the other words, not on their order.
 * @remarks Four FNV-1a hashes of seed and UTF-16 code units with different starts, finalised, are its state of 128 bits,
 * so that two words of one table practically never share their numbers.
 */
export function wordRandom(word: string, seed: number): Random {
  const upper = Math.floor(seed / 4294967296) | 0;
  const lane = (start: number): number => {
    let hash = Math.imul(start ^ (seed | 0), 16777619);
    hash = Math.imul(hash ^ upper, 16777619);
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 16777619);
    return mix(hash);
  };
  return createRandom([lane(0x811c9dc5), lane(0x9e3779b9), lane(0x7f4a7c15), lane(0x94d049bb) || 1]);
}
