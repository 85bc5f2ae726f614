import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { createEmbeddingTable, type EmbeddingTable } from "../embedding/table.ts";
import { createRandom } from "../util/random.ts";
import { type RowOptimizerConfig, resolveOptimizer } from "./config.ts";
import { createRowOptimizer, type RowOptimizer } from "./row-optimizer.ts";

const rows = 6;
const dimension = 3;

/** Every optimizer, with decay and with what memory it has switched on. */
const optimizers: readonly RowOptimizerConfig[] = [
  { type: "sgd", learningRate: 0.1, weightDecay: 0.1 },
  { type: "sgd", learningRate: 0.1, weightDecay: 0.1, momentum: 0.9 },
  { type: "sgd", learningRate: 0.1, weightDecay: 0.1, momentum: 0.9, nesterov: true },
  { type: "sgd", learningRate: 0.1, weightDecay: 0.1, momentum: 0.9, decoupled: true },
  { type: "adagrad", learningRate: 0.1, weightDecay: 0.1 },
  { type: "adam", learningRate: 0.1, weightDecay: 0.1 },
  { type: "adam", learningRate: 0.1, weightDecay: 0.1, decoupled: true },
  { type: "adam", learningRate: 0.1, weightDecay: 0.1, rowStep: "global", epsilonPlacement: "before" },
];
const anyOptimizer = fc.constantFrom(...optimizers);
const anyPrecision = fc.constantFrom("float32" as const, "float64" as const);
const anyRows = fc.subarray([0, 1, 2, 3, 4, 5]);

function makeTable(precision: "float32" | "float64"): EmbeddingTable {
  const random = createRandom(1);
  const numbers = Array.from({ length: rows * dimension }, () => random.nextNormal());
  const anchor = precision === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
  return createEmbeddingTable({ dimension, anchor, activeRows: "all", paddingRow: -1 });
}

function gradientOf(slots: readonly number[], seed: number) {
  const random = createRandom(seed);
  return {
    count: slots.length,
    slots: Int32Array.from(slots),
    values: Float64Array.from({ length: slots.length * dimension }, () => random.nextNormal()),
  };
}

/** Everything that belongs to one row: values, moments, step count. */
function rowState(table: EmbeddingTable, { state }: RowOptimizer, slot: number): number[] {
  const span = (array: { subarray(from: number, to: number): Iterable<number> }): number[] => [
    ...array.subarray(slot * dimension, (slot + 1) * dimension),
  ];
  return [...span(table.overlay), ...span(state.first), ...span(state.second), state.rowSteps[slot]];
}

const step = { learningRate: 0.1, gradientScale: 1 };

describe("lazy", () => {
  it("leaves rows without a gradient to the bit, whatever the optimizer (property 8)", () => {
    fc.assert(
      fc.property(
        anyOptimizer,
        anyPrecision,
        fc.array(anyRows, { minLength: 1, maxLength: 6 }),
        (config, precision, steps) => {
          const table = makeTable(precision);
          const optimizer = createRowOptimizer(table, resolveOptimizer({ ...config, rowUpdates: "lazy" }));
          steps.forEach((touched, i) => {
            const before = Array.from({ length: rows }, (_, slot) => rowState(table, optimizer, slot));
            optimizer.step(gradientOf(touched, i), step);
            for (let slot = 0; slot < rows; slot++) {
              if (touched.includes(slot)) expect(rowState(table, optimizer, slot)).not.toEqual(before[slot]);
              else expect(rowState(table, optimizer, slot)).toEqual(before[slot]);
            }
          });
        },
      ),
      { seed: 8 },
    );
  });

  it("gives a row the same path however many steps others make in between, with a step count of its own", () => {
    fc.assert(
      fc.property(anyOptimizer, fc.nat(5), (config, pause) => {
        const resolved = resolveOptimizer({ ...config, rowUpdates: "lazy", rowStep: "row" });
        const [alone, among] = [makeTable("float64"), makeTable("float64")];
        const [first, second] = [createRowOptimizer(alone, resolved), createRowOptimizer(among, resolved)];
        for (let i = 0; i < 4; i++) {
          first.step(gradientOf([2], i), step);
          for (let k = 0; k < pause; k++) second.step(gradientOf([0, 5], 100 + k), step);
          second.step(gradientOf([2], i), step);
        }
        expect(rowState(among, second, 2)).toEqual(rowState(alone, first, 2));
      }),
      { seed: 9 },
    );
  });
});

describe("frozen rows", () => {
  it("keep value, moments and step count to the bit after any number of steps, lazy and dense (property 9)", () => {
    fc.assert(
      fc.property(
        anyOptimizer,
        anyPrecision,
        fc.constantFrom("lazy" as const, "dense" as const),
        anyRows,
        fc.array(anyRows, { minLength: 1, maxLength: 6 }),
        (config, precision, rowUpdates, frozen, steps) => {
          const table = makeTable(precision);
          const optimizer = createRowOptimizer(table, resolveOptimizer({ ...config, rowUpdates }));
          // Moments and counts that are not zero, so that something could decay.
          optimizer.step(gradientOf([0, 1, 2, 3, 4, 5], 99), step);
          const isFrozen = Uint8Array.from({ length: rows }, (_, slot) => (frozen.includes(slot) ? 1 : 0));
          const before = Array.from({ length: rows }, (_, slot) => rowState(table, optimizer, slot));
          steps.forEach((touched, i) => {
            optimizer.step(gradientOf(touched, i), { ...step, isFrozen });
          });
          const reached = rowUpdates === "dense" ? [0, 1, 2, 3, 4, 5] : steps.flat();
          for (let slot = 0; slot < rows; slot++) {
            if (frozen.includes(slot) || !reached.includes(slot)) {
              expect(rowState(table, optimizer, slot)).toEqual(before[slot]);
            } else expect(rowState(table, optimizer, slot)).not.toEqual(before[slot]);
          }
        },
      ),
      { seed: 10 },
    );
  });

  it("frozen, thawed and frozen again, a row goes on where it was, and others as if nothing had been (property 10)", () => {
    fc.assert(
      fc.property(
        anyOptimizer,
        fc.constantFrom("lazy" as const, "dense" as const),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 10 }),
        (config, rowUpdates, gates) => {
          // Rows 1 and 4 are gated; a table of its own sees the steps in which they were open, and no others.
          const resolved = resolveOptimizer({ ...config, rowUpdates, rowStep: "row" });
          const [gated, open, shorter] = [makeTable("float64"), makeTable("float64"), makeTable("float64")];
          const optimizers = [gated, open, shorter].map((table) => createRowOptimizer(table, resolved));
          const isFrozen = Uint8Array.of(0, 1, 0, 0, 1, 0);
          gates.forEach((isOpen, i) => {
            const gradient = gradientOf([0, 1, 3, 4], i);
            optimizers[0].step(gradient, isOpen ? step : { ...step, isFrozen });
            optimizers[1].step(gradient, step);
            if (isOpen) optimizers[2].step(gradient, step);
          });
          for (const slot of [1, 4]) {
            expect(rowState(gated, optimizers[0], slot)).toEqual(rowState(shorter, optimizers[2], slot));
          }
          for (const slot of [0, 2, 3, 5]) {
            expect(rowState(gated, optimizers[0], slot)).toEqual(rowState(open, optimizers[1], slot));
          }
        },
      ),
      { seed: 11 },
    );
  });
});

describe("Adam's first step of a row seen late", () => {
  /** How far row 5 goes when it gets its first gradient at step 1,000. */
  function firstStep(rowStep: "row" | "global"): number[] {
    const table = makeTable("float64");
    const optimizer = createRowOptimizer(table, resolveOptimizer({ type: "adam", learningRate: 0.01, rowStep }));
    const options = { learningRate: 0.01, gradientScale: 1 };
    for (let i = 1; i < 1000; i++) optimizer.step(gradientOf([0], i), options);
    const gradient = { count: 1, slots: Int32Array.of(5), values: Float64Array.of(0.3, -2, 1e-3) };
    optimizer.step(gradient, options);
    return [...table.overlay.subarray(15)].map((x, d) => x - table.anchor[15 + d]);
  }

  it("is the learning rate against the gradient's sign, with a step count of its own", () => {
    expectClose(firstStep("row"), [-0.01, 0.01, -0.01], 2e-5);
  });

  it("is about three times as far with the table's count, as SparseAdam does", () => {
    // (1 − β₁) / √(1 − β₂) · √(1 − β₂ᵗ) / (1 − β₁ᵗ) at t = 1000.
    const factor = (0.1 / Math.sqrt(0.001)) * (Math.sqrt(1 - 0.999 ** 1000) / (1 - 0.9 ** 1000));
    expect(factor).toBeGreaterThan(2.5);
    expectClose(firstStep("global"), [-0.01 * factor, 0.01 * factor, -0.01 * factor], 1e-3);
  });
});

describe("clipping and decay", () => {
  it("scales the gradient before decay is added", () => {
    const table = makeTable("float64");
    const optimizer = createRowOptimizer(table, resolveOptimizer({ type: "sgd", learningRate: 0.5, weightDecay: 0.1 }));
    const gradient = gradientOf([2], 1);
    optimizer.step(gradient, { learningRate: 0.5, gradientScale: 0.25 });
    const expected = [0, 1, 2].map((d) => {
      const w = table.anchor[6 + d];
      return w - 0.5 * (0.25 * gradient.values[d] + 0.1 * w);
    });
    expectClose(table.overlay.subarray(6, 9), expected, 1e-15);
  });

  it("takes the learning rate of the step, not of the configuration", () => {
    const table = makeTable("float64");
    const optimizer = createRowOptimizer(table, resolveOptimizer({ type: "sgd", learningRate: 1 }));
    const gradient = gradientOf([0], 1);
    optimizer.step(gradient, { learningRate: 0.125, gradientScale: 1 });
    expectClose(
      table.overlay.subarray(0, 3),
      [0, 1, 2].map((d) => table.anchor[d] - 0.125 * gradient.values[d]),
      1e-15,
    );
  });
});
