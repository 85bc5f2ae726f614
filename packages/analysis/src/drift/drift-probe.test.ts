import { describe, expect, it } from "vitest";
import { after, before, expectAlike, figures, movedRows } from "../../test/figures.ts";
import { linearCka } from "../linear/linear-cka.ts";
import { selectRows } from "../linear/row-matrix.ts";
import { createDriftProbe } from "./drift-probe.ts";

const all = figures.words.map((_, row) => row);
const unmoved = all.filter((row) => !movedRows.includes(row));
const { dimension } = before;

/** What a probe says of the table before, and then of the one after. */
function measured(options: { readonly rows?: number; readonly queries?: number; readonly k?: number } = {}) {
  let now = before.data;
  const measure = createDriftProbe({
    seen: movedRows,
    neverSeen: unmoved,
    dimension,
    read: (row) => now.subarray(row * dimension, (row + 1) * dimension),
    ...options,
  });
  const first = measure();
  now = after.data;
  return { first, second: measure() };
}

describe("createDriftProbe", () => {
  it("measures numpy's figures where the sample is every row", () => {
    const { first, second } = measured({ queries: 100 });
    expectAlike(first, {
      averageCosine: figures.isotropy.averageCosine.before,
      partitionIsotropy: figures.isotropy.partition.before,
    });
    expectAlike(second, {
      averageCosine: figures.isotropy.averageCosine.after,
      partitionIsotropy: figures.isotropy.partition.after,
      cka: linearCka(selectRows(before, movedRows), selectRows(after, movedRows)),
      neighborOverlap: figures.neighborOverlap[0].figures.overlap,
      seenRows: 53,
      neverSeenRows: 37,
      queries: 53,
      k: 10,
      seed: 1,
    });
    // The groups are what tableDrift takes for moved and never seen where nothing else is known.
    expectAlike(measured({ k: 4 }).second.breakGap, figures.breakByMoved.figures.gap);
  });

  it("says 1, 1 and 0 of a table that has not moved", () => {
    const { first } = measured({ k: 4 });
    expectAlike(first, { neighborOverlap: 1, cka: 1, breakGap: 0 });
  });

  it("keeps to its sample, and has no break where a group is too small", () => {
    const { first, second } = measured({ rows: 8, queries: 3, k: 8 });
    expect(second).toMatchObject({ seenRows: 8, neverSeenRows: 8, queries: 3, breakGap: null });
    expect(second.averageCosine).not.toBe(first.averageCosine);
    expect(measured({ rows: 8, queries: 3, k: 8 })).toEqual({ first, second });
  });
});
