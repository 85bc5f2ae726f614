"""Thawline's seeded generator once more, from its sources, so that seeded figures can be computed outside it.

xoshiro128** (Blackman and Vigna 2021, https://prng.di.unimi.it/xoshiro128starstar.c), its state filled from a seed by a
splitmix32 as packages/core/src/util/random.ts documents it. Exact integers; nothing is shared with the TypeScript.
"""

MASK = 0xFFFFFFFF


def _rotate(x, k):
    return ((x << k) | (x >> (32 - k))) & MASK


class SeededRandom:
    """The numbers of `createRandom(seed)`."""

    def __init__(self, seed):
        high = (seed >> 32) & MASK
        weyl = (seed & MASK) ^ ((high * 0x85EBCA6B) & MASK)

        def step():
            nonlocal weyl
            weyl = (weyl + 0x9E3779B9) & MASK
            z = weyl ^ (weyl >> 16)
            z = (z * 0x21F0AAAD) & MASK
            z ^= z >> 15
            z = (z * 0x735A2D97) & MASK
            return z ^ (z >> 15)

        first, second = step(), step()
        weyl ^= (high * 0xC2B2AE35) & MASK
        self.s = [first, second, step(), step() or 1]

    def uint32(self):
        s = self.s
        result = (_rotate((s[1] * 5) & MASK, 7) * 9) & MASK
        t = (s[1] << 9) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = _rotate(s[3], 11)
        return result

    def below(self, limit):
        usable = 2**32 - 2**32 % limit
        x = self.uint32()
        while x >= usable:
            x = self.uint32()
        return x % limit

    def choose(self, items, count):
        """At most `count` of `items`, ascending: the first `count` steps of a Fisher-Yates shuffle."""
        pool = list(items)
        if len(pool) <= count:
            return sorted(pool)
        for i in range(count):
            j = i + self.below(len(pool) - i)
            pool[i], pool[j] = pool[j], pool[i]
        return sorted(pool[:count])
