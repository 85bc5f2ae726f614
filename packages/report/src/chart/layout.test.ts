import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochTicks } from "./epoch-chart.ts";
import { placeLabels } from "./place-labels.ts";
import { spread } from "./spread.ts";

describe("spread", () => {
  it("leaves places alone that are far apart", () => {
    expect(spread([50, 10, 90], 14, [0, 100])).toEqual([50, 10, 90]);
  });

  it("parts places that are close", () => {
    expect(spread([50, 52], 14, [0, 100])).toEqual([50, 64]);
    expect(spread([98, 97], 14, [0, 100])).toEqual([100, 86]);
  });

  it("keeps order, gap and bounds where there is room for all", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 7 }), (places) => {
        const result = spread(places, 14, [0, 100]);
        const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]! || a - b);
        for (const [k, i] of order.entries()) {
          expect(result[i]!).toBeGreaterThanOrEqual(0);
          expect(result[i]!).toBeLessThanOrEqual(100);
          if (k > 0) expect(result[i]! - result[order[k - 1]!]!).toBeGreaterThanOrEqual(14 - 1e-9);
        }
      }),
      { seed: 1 },
    );
  });
});

describe("placeLabels", () => {
  const frame = { left: 0, right: 200, top: 0, bottom: 100 };
  const boxOf = (
    { x, y, width }: { x: number; y: number; width: number },
    { dx, dy, anchor }: { dx: number; dy: number; anchor: string },
  ) => {
    const left = x + dx - (anchor === "start" ? 0 : anchor === "end" ? width : width / 2);
    return { left, right: left + width, top: y + dy - 7, bottom: y + dy + 7 };
  };

  it("puts a label to the right of its point where nothing is in the way", () => {
    expect(placeLabels([{ x: 50, y: 50, width: 30 }], { frame, keepFree: [] })).toEqual([
      { index: 0, dx: 8, dy: 0, anchor: "start" },
    ]);
  });

  it("turns at the frame's end, and leaves out what fits nowhere", () => {
    expect(placeLabels([{ x: 190, y: 50, width: 30 }], { frame, keepFree: [] })[0]!.anchor).toBe("end");
    expect(placeLabels([{ x: 50, y: 50, width: 300 }], { frame, keepFree: [] })).toEqual([]);
  });

  it("never lets labels overlap or leave the frame", () => {
    const label = fc.record({
      x: fc.double({ min: 0, max: 200, noNaN: true }),
      y: fc.double({ min: 0, max: 100, noNaN: true }),
      width: fc.double({ min: 5, max: 80, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 30 }), (labels) => {
        const boxes = placeLabels(labels, { frame, keepFree: [] }).map((placed) =>
          boxOf(labels[placed.index]!, placed),
        );
        boxes.forEach((a, i) => {
          expect(a.left >= 0 && a.right <= 200 && a.top >= 0 && a.bottom <= 100).toBe(true);
          for (const b of boxes.slice(i + 1))
            expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
        });
      }),
      { seed: 2 },
    );
  });
});

describe("epochTicks", () => {
  it.each([
    [1, 12, [1]],
    [5, 12, [1, 2, 3, 4, 5]],
    [20, 12, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]],
    [30, 7, [1, 5, 10, 15, 20, 25, 30]],
  ])("of %i epochs, %i at most", (epochs, most, ticks) => {
    expect(epochTicks(epochs, most)).toEqual(ticks);
  });
});
