import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEmbeddingTable } from "../embedding/table.ts";
import { createRandom } from "../util/random.ts";
import { guardFigures } from "./drift-guard.ts";
import { createDriftMonitor, type Limit } from "./drift-monitor.ts";
import { driftReport } from "./drift-report.ts";
import { putBackWorst } from "./retreat.ts";
import { createRowJournal } from "./row-journal.ts";

const rows = 30;
const dimension = 3;

function tableOf(seed: number, precision: "float32" | "float64", isNew: readonly number[]) {
  const random = createRandom(seed);
  const numbers = Array.from({ length: rows * dimension }, (_, i) => (i < 2 * dimension ? 0 : random.nextNormal()));
  return createEmbeddingTable({
    dimension,
    anchor: precision === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers),
    activeRows: "all",
    pretrained: Uint8Array.from({ length: rows }, (_, row) => (isNew.includes(row) ? 0 : 1)),
  });
}

/** Moves of some size of one row; 0 sets it back to its anchor. */
const moves = fc.array(
  fc.tuple(fc.integer({ min: 0, max: rows - 2 }), fc.constantFrom(0, 1e-12, 1e-3, 0.1, 3), fc.nat()),
  { minLength: 1, maxLength: 60 },
);

function move(table: ReturnType<typeof tableOf>, [slot, size, seed]: readonly [number, number, number]): void {
  const random = createRandom(seed);
  for (let d = 0; d < dimension; d++) {
    const at = slot * dimension + d;
    table.overlay[at] =
      table.anchor[table.activeRows[slot] * dimension + d] + (size === 0 ? 0 : size * random.nextNormal());
  }
}

describe("createDriftMonitor", () => {
  it("has the figures of a drift report, to the bit, whatever the order of moves", () => {
    fc.assert(
      fc.property(
        moves,
        fc.nat(),
        fc.constantFrom("float32" as const, "float64" as const),
        fc.boolean(),
        fc.boolean(),
        (steps, seed, precision, l2, byKernels) => {
          const table = tableOf(seed, precision, [7, 20]);
          const monitor = createDriftMonitor(table, { l2 });
          for (const step of steps) {
            move(table, step);
            if (byKernels) monitor.measureAll([step[0]], 1);
            else monitor.measure(step[0]);
          }
          const report = driftReport(table);
          const figures = guardFigures.filter((figure) => l2 || !figure.endsWith("L2"));
          expect(figures.map((figure) => monitor.figure(figure))).toEqual(figures.map((figure) => report[figure]));
          expect(monitor.movedRows()).toBe(report.movedRows);
          for (const figure of figures) {
            const value = monitor.figure(figure);
            for (const limit of [0, value / 2, value, value * (1 + 1e-15), value * 1.01, 2]) {
              expect(monitor.isBeyond(figure, limit), `${figure} ${value} beyond ${limit}`).toBe(value > limit);
            }
          }
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it("is sure to be inside only where it is, and wherever it clearly is, after any moves", () => {
    const sure = { yes: 0, no: 0 };
    const limits = fc.constantFrom(1e-9, 1e-3, 0.05, 1);
    fc.assert(
      fc.property(moves, fc.nat(), fc.constantFrom(...guardFigures), limits, (steps, seed, figure, limit) => {
        const table = tableOf(seed, "float32", [4]);
        const monitor = createDriftMonitor(table, { limits: [[figure, limit]] });
        for (let i = 0; i < steps.length; i += 7) {
          const some = steps.slice(i, i + 7);
          for (const step of some) move(table, step);
          const slots = some.map(([slot]) => slot);
          monitor.measureAll(slots, slots.length);
          const value = driftReport(table)[figure];
          const isSure = monitor.isSurelyInside();
          if (isSure) expect(value).toBeLessThanOrEqual(limit);
          // Between two order statistics a quantile has to be looked at.
          if (figure !== "p95CosineDistance" && value > 0 && value < limit * 0.99) expect(isSure).toBe(true);
          sure[isSure ? "yes" : "no"]++;
        }
      }),
      { seed: 2, numRuns: 300 },
    );
    expect(Math.min(sure.yes, sure.no)).toBeGreaterThan(100);
  });

  it("takes a row that is no longer a number for one beyond every limit", () => {
    const table = tableOf(1, "float64", []);
    table.overlay[9] = Number.NaN;
    const monitor = createDriftMonitor(table, { l2: true });
    for (const figure of guardFigures) expect(monitor.isBeyond(figure, 2)).toBe(true);
  });
});

describe("putBackWorst", () => {
  /** Fewest rows of `candidates` whose going back brings the mean inside, by trying all subsets. */
  function fewest(candidates: number, isInside: (chosen: readonly number[]) => boolean): number {
    for (let size = 0; size <= candidates; size++) {
      for (let mask = 0; mask < 1 << candidates; mask++) {
        const chosen = Array.from({ length: candidates }, (_, i) => i).filter((i) => (mask >> i) & 1);
        if (chosen.length === size && isInside(chosen)) return size;
      }
    }
    return Number.POSITIVE_INFINITY;
  }

  it("puts back the fewest rows that bring a mean or a maximum inside, and leaves the others to the bit", () => {
    let acted = 0;
    fc.assert(
      fc.property(
        fc.nat(),
        fc.constantFrom(
          "meanCosineDistance" as const,
          "meanL2" as const,
          "maxCosineDistance" as const,
          "maxL2" as const,
        ),
        fc.double({ min: 0.3, max: 0.99, noNaN: true }),
        (seed, figure, share) => {
          const random = createRandom(seed);
          const table = tableOf(seed, "float64", []);
          const first = Array.from({ length: 12 }, (_, slot) => slot + 1).filter(() => random.nextFloat() < 0.7);
          for (const slot of first) move(table, [slot, 0.05, random.nextBelow(1e6)]);
          const monitor = createDriftMonitor(table, { l2: true });
          const journal = createRowJournal(table);
          const limitBefore = monitor.figure(figure);
          const second = [2, 4, 6, 8, 10, 12, 14];
          for (const slot of second) {
            journal.keep(slot);
            move(table, [slot, random.nextFloat() * 0.6, random.nextBelow(1e6)]);
            monitor.measure(slot);
          }
          const after = Float64Array.from(table.overlay);
          const value = monitor.figure(figure);
          // A limit that held before the step.
          const limit = limitBefore + share * Math.max(0, value - limitBefore);
          const tried = (chosen: readonly number[]): boolean => {
            for (const i of chosen) journal.putBack(i);
            for (const slot of second) monitor.measure(slot);
            const isInside = !monitor.isBeyond(figure, limit);
            table.overlay.set(after);
            for (const slot of second) monitor.measure(slot);
            return isInside;
          };
          const expected = fewest(second.length, tried);
          const watching = createDriftMonitor(table, { limits: [[figure, limit]], l2: true });
          journal.measure();
          const back = putBackWorst(watching, [[figure, limit]], journal);
          expect(watching.isBeyond(figure, limit)).toBe(false);
          expect(back.length).toBe(expected);
          if (back.length > 0) acted++;
          for (let slot = 0; slot < rows - 1; slot++) {
            if (back.includes(slot)) continue;
            const span = [slot * dimension, (slot + 1) * dimension] as const;
            expect(table.overlay.slice(...span)).toEqual(after.slice(...span));
          }
        },
      ),
      { seed: 8, numRuns: 60 },
    );
    expect(acted).toBeGreaterThan(30);
  });

  it("brings several figures inside at once", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = createRandom(seed);
        const table = tableOf(seed, "float32", [3]);
        for (let slot = 1; slot < 25; slot++) move(table, [slot, 0.05, random.nextBelow(1e6)]);
        const monitor = createDriftMonitor(table, { l2: true });
        const limits = guardFigures.map((figure): Limit => [figure, monitor.figure(figure) * 1.02]);
        const journal = createRowJournal(table);
        for (let slot = 5; slot < 29; slot += 2) {
          journal.keep(slot);
          move(table, [slot, 0.2, random.nextBelow(1e6)]);
          monitor.measure(slot);
        }
        journal.measure();
        const back = putBackWorst(createDriftMonitor(table, { limits }), limits, journal);
        expect(back.length).toBeGreaterThan(0);
        const report = driftReport(table);
        for (const [figure, limit] of limits) expect(report[figure]).toBeLessThanOrEqual(limit);
      }),
      { seed: 6, numRuns: 60 },
    );
  });
});
