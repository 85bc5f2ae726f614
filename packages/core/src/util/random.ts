/** State of a generator: four 32-bit unsigned integers, not all zero. Plain data, so that a checkpoint can hold it. */
export type RandomState = readonly [number, number, number, number];

/** A seeded generator of random numbers: the same seed gives the same numbers everywhere. */
export interface Random {
  /** Next integer, uniform in [0, 2^32). */
  nextUint32(): number;
  /** Next number, uniform in [0, 1), with 53 random bits. */
  nextFloat(): number;
  /** Next integer, uniform in [0, limit); `limit` in [1, 2^32]. Unbiased (rejection). */
  nextBelow(limit: number): number;
  /** Next number from the normal distribution of mean 0 and standard deviation 1 (polar method; nothing is kept for the next call). */
  nextNormal(): number;
  /** Present state; `createRandom(state)` goes on from it. */
  state(): RandomState;
}

const rotateLeft = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** Fills a state from one seed with splitmix32 (the finaliser of MurmurHash3 over a Weyl sequence). */
function stateOf(seed: number): [number, number, number, number] {
  const high = Number(BigInt.asUintN(32, BigInt(seed) >> 32n)) | 0;
  let weyl = Number(BigInt.asUintN(32, BigInt(seed))) ^ Math.imul(high, 0x85ebca6b);
  const next = (): number => {
    weyl = (weyl + 0x9e3779b9) | 0;
    let z = weyl ^ (weyl >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  const [first, second] = [next(), next()];
  // Seeds beyond 32 bits go in twice, in two ways: no two seeds share a state.
  weyl ^= Math.imul(high, 0xc2b2ae35);
  return [first, second, next(), next() || 1];
}

const isWord = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < 4294967296;

/**
 * A xoshiro128** generator from a seed (a safe integer) or a saved state.
 * @remarks Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021), https://prng.di.unimi.it/.
 * Not for cryptography.
 * @throws RangeError where the seed is not a safe integer or the state is not four unsigned 32-bit integers, one of them not 0
 */
export function createRandom(from: number | RandomState): Random {
  if (typeof from === "number" && !Number.isSafeInteger(from)) {
    throw new RangeError(`a seed is a safe integer, got ${from}`);
  }
  if (typeof from !== "number" && (from.length !== 4 || !from.every(isWord) || from.every((word) => word === 0))) {
    throw new RangeError(`a state is four unsigned 32-bit integers, not all 0, got [${from}]`);
  }
  const s = typeof from === "number" ? stateOf(from) : ([...from] as [number, number, number, number]);

  const nextUint32 = (): number => {
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotateLeft(s[3], 11);
    return result;
  };
  const nextFloat = (): number => ((nextUint32() >>> 5) * 67108864 + (nextUint32() >>> 6)) / 9007199254740992;
  const nextBelow = (limit: number): number => {
    if (!Number.isInteger(limit) || limit < 1 || limit > 4294967296) {
      throw new RangeError(`a limit is an integer from 1 to 2^32, got ${limit}`);
    }
    const usable = 4294967296 - (4294967296 % limit);
    let x = nextUint32();
    while (x >= usable) x = nextUint32();
    return x % limit;
  };
  const nextNormal = (): number => {
    for (;;) {
      const u = 2 * nextFloat() - 1;
      const v = 2 * nextFloat() - 1;
      const r = u * u + v * v;
      if (r > 0 && r < 1) return u * Math.sqrt((-2 * Math.log(r)) / r);
    }
  };
  const state = (): RandomState => [s[0] >>> 0, s[1] >>> 0, s[2] >>> 0, s[3] >>> 0];
  return { nextUint32, nextFloat, nextBelow, nextNormal, state };
}

/** Shuffles `items` in place, every order equally likely (Fisher and Yates; Knuth, TAOCP vol. 2, algorithm P). */
export function shuffle(items: Int32Array | unknown[], random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.nextBelow(i + 1);
    const kept = items[i]!;
    items[i] = items[j]!;
    items[j] = kept as never;
  }
}
