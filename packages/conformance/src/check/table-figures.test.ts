import { createEmbeddingTable, createRandom, rowOf } from "@thawline/core";
import { describe, expect, it } from "vitest";
import { relativeError } from "../measure.ts";
import { measuredFigures } from "./table-figures.ts";
import { figuresByDefinition } from "./table-figures-by-definition.ts";

const dimension = 6;
const rows = 41;
/** Rows 1 to 20 were seen, 21 to 40 never. */
const counts = Array.from({ length: rows }, (_, row) => (row > 0 && row <= 20 ? row : 0));
const options = { k: 3, counts, bandStarts: [0, 1, 5, 10, 50] };

function trainedTable() {
  const random = createRandom(17);
  const anchor = Float64Array.from({ length: rows * dimension }, () => random.nextNormal());
  anchor.fill(0, 0, dimension);
  const table = createEmbeddingTable({ anchor, dimension, activeRows: "all" });
  for (let row = 1; row <= 20; row++)
    rowOf(table, row).forEach((x, d, own) => {
      own[d] = x + 0.4 * random.nextNormal();
    });
  return table;
}

const definedOf = (table: ReturnType<typeof trainedTable>) => {
  const after = Array.from({ length: rows }, (_, row) => Array.from(rowOf(table, row))).flat();
  return figuresByDefinition(table.anchor, after, { ...options, dimension });
};

describe("figures of a table as a whole", () => {
  it("are those of their definitions", () => {
    const table = trainedTable();
    const measured = measuredFigures(table, options);
    for (const [name, values] of Object.entries(definedOf(table))) {
      expect(relativeError(measured[name] ?? [], values), name).toBeLessThan(1e-10);
    }
    expect(Object.keys(measured)).toHaveLength(8);
  });

  it("are others for a table with one row elsewhere: the comparison can fail", () => {
    const expected = definedOf(trainedTable());
    const other = trainedTable();
    rowOf(other, 3).fill(1);
    const measured = measuredFigures(other, options);
    for (const [name, values] of Object.entries(expected)) {
      if (name === "frequency bands") continue;
      expect(relativeError(measured[name] ?? [], values), name).toBeGreaterThan(1e-4);
    }
    // A never-seen row that moved is counted in its band.
    rowOf(other, 30).fill(2);
    expect(
      relativeError(measuredFigures(other, options)["frequency bands"]!, expected["frequency bands"]!),
    ).toBeGreaterThan(0);
  });
});
