import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveSeed } from "./derive-seed.ts";
import { createRandom, type RandomState, shuffle } from "./random.ts";

// From the public-domain C of https://prng.di.unimi.it/xoshiro128starstar.c, compiled and run; the first ten of the
// first state are also the reference test of Rust's rand_xoshiro.
const published: readonly { readonly state: RandomState; readonly numbers: number[]; readonly after1000: number[] }[] =
  [
    {
      state: [1, 2, 3, 4],
      numbers: [
        11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804, 337829053,
        2142557243,
      ],
      after1000: [2954884481, 294556968, 2598411021, 550772539],
    },
    {
      state: [0xdeadbeef, 0xffffffff, 0x80000000, 0x01234567],
      numbers: [
        4294962679, 3132614827, 4009522905, 25090690, 3852462766, 3933436612, 2712964408, 3800347651, 3326887295,
        2395133045, 372652256, 2942487548,
      ],
      after1000: [117108185, 3747448373, 237900580, 4100527762],
    },
  ];

describe("createRandom", () => {
  it.each(published)("gives the published numbers of xoshiro128** from $state", ({ state, numbers, after1000 }) => {
    const random = createRandom(state);
    expect(numbers.map(() => random.nextUint32())).toEqual(numbers);
    for (let i = numbers.length; i < 1000; i++) random.nextUint32();
    expect(random.state()).toEqual(after1000);
  });

  it("goes on from a saved state, also through JSON", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(20), (seed, skipped) => {
        const random = createRandom(seed);
        for (let i = 0; i < skipped; i++) random.nextNormal();
        const saved = JSON.parse(JSON.stringify(random.state())) as RandomState;
        const next = [random.nextUint32(), random.nextFloat(), random.nextBelow(7), random.nextNormal()];
        const other = createRandom(saved);
        expect([other.nextUint32(), other.nextFloat(), other.nextBelow(7), other.nextNormal()]).toEqual(next);
      }),
      { seed: 1 },
    );
  });

  it("gives other numbers for other seeds, negative and beyond 32 bits too", () => {
    const seeds = [0, 1, 2, -1, -2, 2 ** 32, 2 ** 32 + 1, 2 ** 33, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    const states = seeds.map((seed) => createRandom(seed).state().join());
    expect(new Set(states).size).toBe(seeds.length);
    expect(seeds.map((seed) => createRandom(seed).state().join())).toEqual(states);
  });

  it("takes no seed or state that it could not keep", () => {
    for (const seed of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => createRandom(seed)).toThrow(RangeError);
    }
    for (const state of [
      [0, 0, 0, 0],
      [1, 2, 3],
      [0.5, 1, 1, 1],
      [2 ** 32, 1, 1, 1],
      [-1, 1, 1, 1],
      [Number.NaN, 1, 1, 1],
    ]) {
      expect(() => createRandom(state as unknown as RandomState)).toThrow(RangeError);
    }
  });

  it("draws floats from [0, 1) with 53 bits", () => {
    // Worked out from the first two published numbers above: 11520 >>> 5 = 360, 0 >>> 6 = 0.
    expect(createRandom([1, 2, 3, 4]).nextFloat()).toBe((360 * 2 ** 26) / 2 ** 53);
    const random = createRandom(3);
    let usesLowBits = false;
    for (let i = 0; i < 1000; i++) {
      const x = random.nextFloat();
      expect(x >= 0 && x < 1).toBe(true);
      usesLowBits ||= (x * 2 ** 53) % 2 === 1;
    }
    expect(usesLowBits).toBe(true);
  });
});

describe("nextBelow", () => {
  it("stays below its limit, and takes every limit from 1 to 2^32", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, limit) => {
        const x = createRandom(seed).nextBelow(limit);
        expect(Number.isInteger(x) && x >= 0 && x < limit).toBe(true);
      }),
      { seed: 2 },
    );
    for (const limit of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => createRandom(1).nextBelow(limit)).toThrow(RangeError);
    }
  });

  it("is even where a plain remainder is not: a limit of 3 · 2^30", () => {
    // x mod 3·2^30 falls below 2^30 for half of all 32-bit x; evenly it is a third.
    const random = createRandom(4);
    let low = 0;
    for (let i = 0; i < 30_000; i++) if (random.nextBelow(3 * 2 ** 30) < 2 ** 30) low++;
    // Standard deviation of the share is 0.0027.
    expect(Math.abs(low / 30_000 - 1 / 3)).toBeLessThan(0.014);
  });

  it("draws each of six numbers alike (chi-squared)", () => {
    const random = createRandom(5);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[random.nextBelow(6)]++;
    const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    // 99.9 % quantile with 5 degrees of freedom.
    expect(chiSquared).toBeLessThan(20.5);
  });
});

describe("nextNormal", () => {
  it("has the moments of the normal distribution", () => {
    const random = createRandom(6);
    const n = 100_000;
    const moments = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = random.nextNormal();
      for (let k = 0; k < 4; k++) moments[k] += x ** (k + 1) / n;
    }
    const [mean, variance, third, fourth] = moments;
    // Five standard errors: √(1/n), √(2/n), √(15/n), √(96/n).
    expect(Math.abs(mean)).toBeLessThan(0.016);
    expect(Math.abs(variance - 1)).toBeLessThan(0.023);
    expect(Math.abs(third)).toBeLessThan(0.062);
    expect(Math.abs(fourth - 3)).toBeLessThan(0.16);
  });
});

describe("shuffle", () => {
  it("permutes, the same way for the same seed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.maxSafeInteger(), (items, seed) => {
        const once = [...items];
        const twice = [...items];
        shuffle(once, createRandom(seed));
        shuffle(twice, createRandom(seed));
        expect(twice).toEqual(once);
        const ascending = (a: number, b: number) => a - b;
        expect([...once].sort(ascending)).toEqual([...items].sort(ascending));
      }),
      { seed: 3 },
    );
  });

  it("makes each order of three alike often (chi-squared)", () => {
    const random = createRandom(7);
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const items = Int32Array.of(0, 1, 2);
      shuffle(items, random);
      counts.set(items.join(""), (counts.get(items.join("")) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquared).toBeLessThan(20.5);
  });
});

describe("deriveSeed", () => {
  it("is FNV-1a of `seed:purpose`", () => {
    // The algorithm once more, in exact integers: http://www.isthe.com/chongo/tech/comp/fnv/.
    let hash = 0x811c9dc5n;
    for (const byte of [0x31, 0x3a, 0x6f, 0x72, 0x64, 0x65, 0x72]) {
      hash = ((hash ^ BigInt(byte)) * 0x01000193n) & 0xffffffffn;
    }
    expect(deriveSeed(1, "order")).toBe(Number(hash));
  });

  it("differs by purpose and by seed", () => {
    const seeds = [1, 2, 3].flatMap((seed) => ["parameters", "dropout", "order"].map((p) => deriveSeed(seed, p)));
    expect(new Set(seeds).size).toBe(9);
    for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32).toBe(true);
  });
});
