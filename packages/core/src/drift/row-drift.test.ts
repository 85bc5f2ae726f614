import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { rowDrift } from "./row-drift.ts";

const between = (before: readonly number[], after: readonly number[]) =>
  rowDrift({ values: Float64Array.from(before), at: 0 }, { values: Float64Array.from(after), at: 0 }, before.length);

const row = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 3, maxLength: 3 });

describe("rowDrift", () => {
  it("of a turn by θ has a cosine distance of 1 − cos θ and a length of 2 r sin(θ / 2)", () => {
    for (const degrees of [0.001, 1, 30, 45, 60, 90, 120, 179, 180]) {
      const angle = (degrees * Math.PI) / 180;
      const r = 3;
      const drift = between([r, 0], [r * Math.cos(angle), r * Math.sin(angle)]);
      // 1 − cos θ = 2 sin²(θ / 2), which does not cancel.
      expect(Math.abs(drift.cosineDistance - 2 * Math.sin(angle / 2) ** 2)).toBeLessThan(1e-15);
      expectClose([drift.l2, drift.relativeL2], [2 * r * Math.sin(angle / 2), 2 * Math.sin(angle / 2)], 1e-12);
    }
  });

  it("of a scaling has a cosine distance of 0", () => {
    const { l2, relativeL2, cosineDistance } = between([1, 2, 2], [2, 4, 4]);
    expect([l2, relativeL2]).toEqual([3, 1]);
    expect(cosineDistance).toBeLessThan(1e-15);
    expectClose([between([1, 2, 2], [-1, -2, -2]).cosineDistance], [2], 1e-15);
  });

  it("is exactly 0 for equal rows, zero rows too (property 11)", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e30, max: 1e30 }), { minLength: 1, maxLength: 9 }), (x) => {
        expect(between(x, x)).toEqual({ l2: 0, relativeL2: 0, cosineDistance: 0 });
      }),
      { seed: 1 },
    );
    expect(between([0, 0], [0, 0])).toEqual({ l2: 0, relativeL2: 0, cosineDistance: 0 });
  });

  it("has a length and a cosine distance that are the same both ways (property 11)", () => {
    fc.assert(
      fc.property(row, row, (a, b) => {
        const [there, back] = [between(a, b), between(b, a)];
        expect(there.l2).toBe(back.l2);
        expect(there.cosineDistance).toBe(back.cosineDistance);
        expect(there.cosineDistance >= 0 && there.cosineDistance <= 2).toBe(true);
      }),
      { seed: 2 },
    );
  });

  it("has a length that grows with the update (property 11)", () => {
    fc.assert(
      fc.property(row, row, fc.integer({ min: 2, max: 9 }), (from, by, times) => {
        const once = between(
          from,
          from.map((x, d) => x + by[d]),
        );
        const more = between(
          from,
          from.map((x, d) => x + times * by[d]),
        );
        expectClose([more.l2], [times * once.l2], 1e-14);
      }),
      { seed: 3 },
    );
  });

  it("says what it can of zero rows", () => {
    expect(between([0, 0], [3, 4])).toEqual({ l2: 5, relativeL2: Number.POSITIVE_INFINITY, cosineDistance: 1 });
    expect(between([3, 4], [0, 0])).toEqual({ l2: 5, relativeL2: 1, cosineDistance: 1 });
  });

  it("reads from offsets, in any two precisions", () => {
    const before = { values: Float32Array.of(9, 9, 1, 0), at: 2 };
    const after = { values: Float64Array.of(0, 1, 9), at: 0 };
    expect(rowDrift(before, after, 2)).toEqual({ l2: Math.SQRT2, relativeL2: Math.SQRT2, cosineDistance: 1 });
  });
});
