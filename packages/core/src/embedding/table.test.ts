import { describe, expect, it } from "vitest";
import { createEmbeddingTable, isRowUnmoved, rowOf } from "./table.ts";

const anchor = Float64Array.from([0, 0, 1, 2, 3, 4, 5, 6]);

describe("createEmbeddingTable", () => {
  it("copies the active rows, ascending, without padding and repeats", () => {
    const table = createEmbeddingTable({ dimension: 2, anchor, activeRows: [3, 1, 0, 3] });
    expect([table.rows, table.dimension, table.paddingRow]).toEqual([4, 2, 0]);
    expect([...table.activeRows]).toEqual([1, 3]);
    expect([...table.slotOf]).toEqual([-1, 0, -1, 1]);
    expect([...table.overlay]).toEqual([1, 2, 5, 6]);
    table.overlay[0] = 9;
    expect(anchor[2]).toBe(1);
    expect([...rowOf(table, 1)]).toEqual([9, 2]);
    expect([...rowOf(table, 2)]).toEqual([3, 4]);
  });

  it("takes all rows, and tables without padding", () => {
    expect([...createEmbeddingTable({ dimension: 2, anchor, activeRows: "all" }).activeRows]).toEqual([1, 2, 3]);
    const whole = createEmbeddingTable({ dimension: 2, anchor, activeRows: "all", paddingRow: -1 });
    expect([...whole.activeRows]).toEqual([0, 1, 2, 3]);
    const last = createEmbeddingTable({ dimension: 2, anchor, activeRows: "all", paddingRow: 3 });
    expect([...last.activeRows]).toEqual([0, 1, 2]);
  });

  it("has the anchor's precision, or a greater one", () => {
    const single = Float32Array.from([0, 0, 0.1, 0.2]);
    const options = { dimension: 2, anchor: single, activeRows: "all" } as const;
    expect(createEmbeddingTable(options).overlay).toBeInstanceOf(Float32Array);
    const double = createEmbeddingTable({ ...options, precision: "float64" });
    expect(double.overlay).toBeInstanceOf(Float64Array);
    expect(isRowUnmoved(double, 1)).toBe(true);
    // Rounded rows would count as moved before any training.
    expect(() => createEmbeddingTable({ dimension: 2, anchor, activeRows: "all", precision: "float32" })).toThrow(
      RangeError,
    );
  });

  it("refuses sizes and rows that do not fit", () => {
    const make = (options: object) => () =>
      createEmbeddingTable({ dimension: 2, anchor, activeRows: "all", ...options });
    for (const wrong of [
      { dimension: 3 },
      { dimension: 0 },
      { dimension: 1.5 },
      { activeRows: [4] },
      { activeRows: [-1] },
      { activeRows: [0.5] },
      { paddingRow: 4 },
      { paddingRow: -2 },
      { pretrained: new Uint8Array(3) },
    ]) {
      expect(make(wrong)).toThrow(RangeError);
    }
  });
});

describe("isRowUnmoved", () => {
  it("compares bits: -0 is not 0", () => {
    const table = createEmbeddingTable({ dimension: 2, anchor, activeRows: [1, 2] });
    expect([0, 1, 2, 3].map((row) => isRowUnmoved(table, row))).toEqual([true, true, true, true]);
    table.overlay[3] += 2 ** -50;
    expect([0, 1, 2, 3].map((row) => isRowUnmoved(table, row))).toEqual([true, true, false, true]);
    const zeros = createEmbeddingTable({ dimension: 1, anchor: new Float32Array(2), activeRows: "all" });
    zeros.overlay[0] = -0;
    expect(isRowUnmoved(zeros, 1)).toBe(false);
  });
});
