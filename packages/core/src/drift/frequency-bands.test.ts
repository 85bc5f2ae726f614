import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import generated from "../../test/policies.json";
import { createEmbeddingTable } from "../embedding/table.ts";
import { driftReport } from "./drift-report.ts";
import { bandStarts, driftByFrequency } from "./frequency-bands.ts";

const { dimension, before, after, counts, pretrained, starts, bands } = generated.bands;

function movedTable() {
  const table = createEmbeddingTable({
    dimension,
    anchor: Float64Array.from(before),
    activeRows: "all",
    paddingRow: -1,
    pretrained: Uint8Array.from(pretrained),
  });
  table.overlay.set(after);
  return table;
}

describe("driftByFrequency", () => {
  it("is numpy's and scipy's, band by band", () => {
    const measured = driftByFrequency(movedTable(), counts, starts);
    expect(measured.map(({ from, to, rows, movedRows }) => ({ from, to, rows, movedRows }))).toEqual(
      bands.map(({ from, to, rows, movedRows }) => ({ from, to, rows, movedRows })),
    );
    for (const figure of ["meanCosineDistance", "p95CosineDistance", "meanL2"] as const) {
      expectClose(
        measured.map((band) => band[figure]),
        bands.map((band) => band[figure]),
        1e-12,
      );
    }
  });

  it("is in a report that knows the counts, and only there", () => {
    expect(driftReport(movedTable(), { counts }).bands).toEqual(driftByFrequency(movedTable(), counts, bandStarts));
    expect(driftReport(movedTable())).not.toHaveProperty("bands");
  });

  it("is 0 where nothing moved", () => {
    const table = createEmbeddingTable({ dimension: 1, anchor: Float64Array.of(0, 1, 1), activeRows: "all" });
    expect(driftByFrequency(table, [0, 3, 0], [1, 5])).toEqual([
      { from: 1, to: 5, rows: 1, movedRows: 0, meanCosineDistance: 0, p95CosineDistance: 0, meanL2: 0 },
      { from: 5, to: null, rows: 0, movedRows: 0, meanCosineDistance: 0, p95CosineDistance: 0, meanL2: 0 },
    ]);
  });
});
