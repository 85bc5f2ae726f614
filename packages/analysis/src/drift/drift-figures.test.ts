import {
  createEmbeddingTable,
  createRandom,
  driftByFrequency,
  driftReport,
  neighborOverlap,
  rowOf,
} from "@thawline/core";
import { describe, expect, it } from "vitest";
import { after, before, counts, expectAlike, figures, movedRows, seen } from "../../test/figures.ts";
import { linearCka } from "../linear/linear-cka.ts";
import { selectRows } from "../linear/row-matrix.ts";
import { choose } from "./choose.ts";
import { driftMap } from "./drift-map.ts";
import { frequencyBands } from "./frequency-bands.ts";
import { averageCosine, partitionIsotropy } from "./isotropy.ts";
import { movedWordNeighbors } from "./moved-words.ts";
import { neighborChange } from "./neighbor-change.ts";
import { normSummary } from "./norms.ts";
import { pairTables } from "./pair-tables.ts";
import { rowDrifts, summarizeDrifts } from "./row-drifts.ts";
import { seenBreak } from "./seen-break.ts";
import { tableDrift } from "./table-drift.ts";

const drifts = rowDrifts(before, after);

/** The same two tables as one that training moved. */
function coreTable() {
  const table = createEmbeddingTable({
    anchor: before.data,
    dimension: before.dimension,
    activeRows: movedRows,
    paddingRow: -1,
  });
  for (const row of movedRows) {
    rowOf(table, row).set(after.data.subarray(row * table.dimension, (row + 1) * table.dimension));
  }
  return table;
}

describe("row drift, held to numpy", () => {
  it("of each row that moved", () => {
    const finite = drifts.map((row) => ({
      ...row,
      relativeL2: Number.isFinite(row.relativeL2) ? row.relativeL2 : null,
    }));
    expectAlike(finite, figures.rows);
  });

  it("summarised", () => expectAlike(summarizeDrifts(drifts), figures.summary));

  it("in core's report of a table in training", () => {
    const { medianL2: _, p95L2: __, ...shared } = figures.summary;
    expectAlike(driftReport(coreTable()), { ...shared, frozenRows: figures.words.length - movedRows.length });
  });

  it("by frequency band", () => {
    expectAlike(frequencyBands(drifts, figures.counts), figures.bands);
    const { starts, figures: finer } = figures.finerBands;
    expectAlike(frequencyBands(drifts, figures.counts, starts), finer);
    expect(() => frequencyBands(drifts, figures.counts, [1, 2])).toThrow(RangeError);
    expect(() => frequencyBands(drifts, figures.counts, [0, 5, 5])).toThrow(RangeError);
  });

  it("by frequency band in core, whose rows are those that training may move", () => {
    const rows = figures.bands.filter(({ from }) => from > 0);
    const all = createEmbeddingTable({
      anchor: before.data,
      dimension: before.dimension,
      activeRows: "all",
      paddingRow: -1,
    });
    for (const row of movedRows) rowOf(all, row).set(rowOf(coreTable(), row));
    const measured = driftByFrequency(all, figures.counts).filter((band) => band.rows > 0);
    // Core's bands have fewer figures: each of them is held to numpy's.
    const shared = ["from", "to", "rows", "movedRows", "meanCosineDistance", "p95CosineDistance", "meanL2"] as const;
    const some = (bands: typeof figures.bands | typeof measured) =>
      bands.map((band) => shared.map((name) => band[name]));
    expectAlike(some(measured), some(rows));
  });

  it("is nothing for equal tables, whose signs of zero count", () => {
    expect(rowDrifts(before, before)).toEqual([]);
    expect(summarizeDrifts([])).toMatchObject({ movedRows: 0, meanCosineDistance: 0, maxL2: 0, meanRelativeL2: 0 });
    const [zero, minus] = [0, -0].map((x) => ({ data: Float64Array.of(x), dimension: 1 }));
    expect(rowDrifts(zero, minus)).toMatchObject([{ row: 0, l2: 0, cosineDistance: 0 }]);
  });
});

describe("neighbours, held to numpy", () => {
  it.each(figures.neighborOverlap)("overlap with $options", ({ options, figures: expected }) => {
    expectAlike(neighborChange({ before, after, count: figures.words.length }, movedRows, options), expected);
    expectAlike(neighborOverlap(coreTable(), options), expected);
  });

  it.each(figures.breakBySeen)("break between moved and never-seen rows with $options", (given) => {
    const rows = figures.words.map((_, row) => row);
    const groups = { moved: movedRows, neverSeen: rows.filter((row) => !figures.seen[row]) };
    expectAlike(seenBreak({ before, after, ...groups }, given.options), given.figures);
  });

  it("break is null where a group is too small", () => {
    expect(seenBreak({ before, after, moved: [7, 8], neverSeen: [0, 1, 2] }, { k: 3 })).toBeNull();
  });

  it("the break is 0 where all rows turn together, above 0 where only the moved ones do", () => {
    // A quarter turn in each of two planes; the rest of the table turns too, or stays.
    const random = createRandom(4);
    const data = Float64Array.from({ length: 60 * 4 }, () => random.nextNormal());
    const turned = data.map((_, i) => (i % 2 === 0 ? data[i + 1] : -data[i - 1]));
    const mixed = data.map((value, i) => (i < 120 ? turned[i] : value));
    const groups = {
      moved: Array.from({ length: 30 }, (_, i) => i),
      neverSeen: Array.from({ length: 30 }, (_, i) => 30 + i),
    };
    const at = (after: Float64Array) =>
      seenBreak({ before: { data, dimension: 4 }, after: { data: after, dimension: 4 }, ...groups }, { k: 3 })!;
    expect(Math.abs(at(turned).gap)).toBeLessThan(1e-12);
    expect(at(turned).neverSeenShareAfter).toBe(at(turned).neverSeenShareBefore);
    expect(at(mixed).gap).toBeGreaterThan(0.5);
    expect(at(mixed).cosineToMovedAfter).toBeCloseTo(at(mixed).cosineToMovedBefore, 12);
  });

  it("of the most moved words", () => {
    const pair = pairTables(before, after);
    expectAlike(movedWordNeighbors(pair, drifts, { top: 12, counts: figures.counts }), figures.mostMoved);
  });
});

describe("the tables as a whole, held to numpy", () => {
  it("linear CKA is that of the N x N kernels", () => {
    const { seed, sample, moved, shared, all } = figures.cka;
    const cka = (rows: ArrayLike<number>) => linearCka(selectRows(before, rows), selectRows(after, rows));
    expectAlike(linearCka(before, after), all);
    expectAlike(cka(choose(movedRows, sample, seed)), moved);
    const everything = figures.words.map((_, row) => row);
    expectAlike(cka(choose(everything, sample, seed + 1)), shared);
  });

  it("linear CKA is 1 for a scaled, shifted table, and null without variance", () => {
    const shifted = { ...before, data: before.data.map((x) => 3 * x - 2) };
    expectAlike(linearCka(before, shifted), 1);
    const constant = { data: new Float64Array(before.data.length).fill(2), dimension: before.dimension };
    expect(linearCka(before, constant)).toBeNull();
    expect(() => linearCka(before, { data: Float64Array.of(1, 2), dimension: 2 })).toThrow(RangeError);
  });

  it("isotropy, both ways", () => {
    expectAlike({ before: averageCosine(before), after: averageCosine(after) }, figures.isotropy.averageCosine);
    expectAlike({ before: partitionIsotropy(before), after: partitionIsotropy(after) }, figures.isotropy.partition);
  });

  it("isotropy of long vectors stays finite, and of too few rows is null", () => {
    const long = { data: Float64Array.of(2000, 0, 0, 2000, -2000, 0, 0, -2000), dimension: 2 };
    expectAlike(partitionIsotropy(long), 1);
    expect(partitionIsotropy({ data: new Float64Array(0), dimension: 2 })).toBeNull();
    expect(averageCosine({ data: Float64Array.of(1, 0, 0, 0), dimension: 2 })).toBeNull();
  });

  it("lengths of moved rows", () => {
    expectAlike(normSummary(selectRows(before, movedRows)), figures.norms.before);
    expectAlike(normSummary(selectRows(after, movedRows)), figures.norms.after);
  });

  it("a map in the plane", () => {
    const { words, before: from, after: to, explained } = figures.driftMap;
    const map = driftMap(before, after, [...words, words[0], "nowhere"]);
    expectAlike(map, { words: words.map((word, i) => ({ word, before: from[i], after: to[i] })), explained });
    expect(driftMap(before, after, ["w1", "nowhere"])).toBeNull();
  });
});

describe("tableDrift", () => {
  it("is every figure in one document", () => {
    const report = tableDrift(before, after, { counts, seen, k: 4, similaritySample: 60, seed: 5, top: 12 });
    expectAlike(report, figures.summary);
    expectAlike(report.cka.moved, figures.cka.moved);
    expectAlike(report.cka.shared, figures.cka.shared);
    expect(report.isotropy.sample).toBe(60);
    expectAlike(report.norms, figures.norms);
    expectAlike(report.bands, figures.bands);
    expectAlike(report.mostMoved, figures.mostMoved);
    expect(report).toMatchObject({ sharedRows: 90, unmovedRows: 37, onlyBefore: 0, onlyAfter: 0, dimension: 7 });
    const whole = tableDrift(before, after, { seen });
    expectAlike(whole.neighborOverlap, figures.neighborOverlap[0].figures);
    expectAlike(tableDrift(before, after, { seen, k: 4 }).break, figures.breakBySeen[0].figures);
    // Without a list of seen words those that moved are taken for seen.
    expectAlike(tableDrift(before, after, { k: 4 }).break, figures.breakByMoved.figures);
    expectAlike(whole.isotropy.before, {
      averageCosine: figures.isotropy.averageCosine.before,
      partition: figures.isotropy.partition.before,
    });
    expect(whole.bands).toBeNull();
    expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
  });

  it("pairs by word: order, further words and repeats change nothing", () => {
    const { words, dimension } = after;
    const order = words.map((_, i) => words.length - 1 - i);
    const rowOfAfter = (i: number) => after.data.subarray(i * dimension, (i + 1) * dimension);
    const data = Float64Array.from([
      ...new Float64Array(dimension).fill(9),
      ...order.flatMap((i) => Array.from(rowOfAfter(i))),
      ...new Float64Array(2 * dimension).fill(5),
    ]);
    const shuffled = { words: [...order.map((i) => words[i]), "w1", "new"], data, dimension, firstRow: 1 };
    const report = tableDrift(before, shuffled, { counts, seen });
    expect(report).toMatchObject({ onlyAfter: 1, onlyBefore: 0, duplicates: { before: 0, after: 1 } });
    const { onlyAfter: _, duplicates: __, ...rest } = report;
    expectAlike(rest, {
      ...tableDrift(before, after, { counts, seen }),
      ...{ onlyAfter: undefined, duplicates: undefined },
    });
  });

  it("is 0 or 1 throughout for a table and itself", () => {
    const report = tableDrift(before, before, { counts });
    expect(report).toMatchObject({ movedRows: 0, meanCosineDistance: 0, break: null, mostMoved: [] });
    expect(report.neighborOverlap.overlap).toBe(1);
    expect(report.cka.moved).toBeNull();
    expectAlike(report.cka.shared, 1);
  });

  it("refuses tables that cannot be compared", () => {
    const other = { words: ["w0"], dimension: 2, data: Float64Array.of(1, 2) };
    expect(() => tableDrift(before, other)).toThrow(/7 before and 2 after/);
    const strange = { words: ["x"], dimension: 7, data: new Float64Array(7) };
    expect(() => tableDrift(before, strange)).toThrow(/share no word/);
  });
});
