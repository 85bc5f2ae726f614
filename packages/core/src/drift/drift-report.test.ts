import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import generated from "../../test/figures.json";
import { createEmbeddingTable, isRowUnmoved } from "../embedding/table.ts";
import { driftReport } from "./drift-report.ts";
import { quantile } from "./quantile.ts";

describe("quantile", () => {
  it.each(generated.quantiles)("is numpy's default of $values.length numbers", ({ values, asked, quantiles }) => {
    expectClose(
      asked.map((q) => quantile(values, q)),
      quantiles,
      1e-12,
    );
  });

  it("is 0 of nothing", () => {
    expect(quantile([], 0.5)).toBe(0);
  });
});

/** Row 0 is padding, row 7 not active, rows 5 and 6 made up. */
function table() {
  const anchor = Float64Array.from(
    [
      [0, 0],
      [2, 0],
      [0, 1],
      [1, 0],
      [0, 0],
      [1, 1],
      [1, 1],
      [5, 5],
    ].flat(),
  );
  const pretrained = Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 1);
  return createEmbeddingTable({ dimension: 2, anchor, activeRows: [1, 2, 3, 4, 5, 6], pretrained });
}

describe("driftReport", () => {
  it("is 0 throughout for a table that nothing moved (property 11)", () => {
    expect(driftReport(table())).toEqual({
      movedRows: 0,
      frozenRows: 8,
      movedNewRows: 0,
      meanCosineDistance: 0,
      medianCosineDistance: 0,
      p95CosineDistance: 0,
      maxCosineDistance: 0,
      meanL2: 0,
      maxL2: 0,
      meanRelativeL2: 0,
      mostMoved: [],
    });
  });

  it("averages over moved rows of the file, worked out by hand", () => {
    const moved = table();
    moved.overlay.set([0, 2], 0); // row 1: [2, 0] to [0, 2], a quarter turn
    moved.overlay.set([0, 3], 2); // row 2: [0, 1] to [0, 3], a scaling
    moved.overlay.set([-1, 0], 4); // row 3: [1, 0] to [-1, 0], half a turn
    moved.overlay.set([3, 4], 6); // row 4: from zero
    moved.overlay.set([100, -100], 8); // row 5: made up, only counted
    const report = driftReport(moved);
    expect(report).toMatchObject({ movedRows: 4, frozenRows: 3, movedNewRows: 1 });
    expectClose(
      [report.meanCosineDistance, report.medianCosineDistance, report.maxCosineDistance],
      [(1 + 0 + 2 + 1) / 4, 1, 2],
      1e-15,
    );
    // Sorted 0, 1, 1, 2: at 0.95 · 3 = 2.85.
    expectClose([report.p95CosineDistance], [1.85], 1e-15);
    const lengths = [2 * Math.SQRT2, 2, 2, 5];
    expectClose([report.meanL2, report.maxL2], [lengths.reduce((a, b) => a + b) / 4, 5], 1e-15);
    // Row 4 had no length to compare with.
    expectClose([report.meanRelativeL2], [(Math.SQRT2 + 2 + 2) / 3], 1e-15);
    expect(report.mostMoved.map(({ row }) => row)).toEqual([3, 1, 4, 2]);
    expect(driftReport(moved, { mostMoved: 2 }).mostMoved.map(({ row }) => row)).toEqual([3, 1]);
    expect(driftReport(moved, { mostMoved: 0 }).mostMoved).toEqual([]);
  });

  it("takes every row for pre-trained where nothing else is known", () => {
    const all = createEmbeddingTable({ dimension: 1, anchor: Float64Array.of(0, 1, 2), activeRows: "all" });
    all.overlay[0] = 3;
    expect(driftReport(all)).toMatchObject({ movedRows: 1, movedNewRows: 0, frozenRows: 2 });
  });

  it("counts a row as frozen only where its bits are the anchor's, however small the move", () => {
    const tiny = table();
    tiny.overlay[1] = 1e-200;
    expect(isRowUnmoved(tiny, 1)).toBe(false);
    expect(driftReport(tiny)).toMatchObject({ movedRows: 1, frozenRows: 7 });
  });
});
