import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { createPullRun } from "../../test/pull-run.ts";
import { rowDrift } from "../drift/row-drift.ts";
import { plainArena } from "../embedding/simd/simd-arena.ts";
import { createEmbeddingTable, type EmbeddingTable, isRowUnmoved } from "../embedding/table.ts";
import { createRandom } from "../util/random.ts";
import type { RowOptimizerConfig } from "./config.ts";
import type { PullConfig } from "./pull.ts";
import type { RowGates } from "./row-regularizer.ts";
import { createTrustRegion, type TrustRegionConfig } from "./trust-region.ts";

const rows = 6;
const dimension = 3;
const all = [0, 1, 2, 3, 4, 5];
// Thousands of tables: none reserves memory for SIMD.
const arena = plainArena();

function makeTable(precision: "float32" | "float64" = "float64", pretrained?: Uint8Array): EmbeddingTable {
  const random = createRandom(1);
  const numbers = Array.from({ length: rows * dimension }, () => random.nextNormal());
  const anchor = precision === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
  const options = { dimension, anchor, activeRows: "all", paddingRow: -1, arena } as const;
  return createEmbeddingTable(pretrained === undefined ? options : { ...options, pretrained });
}

const gradientOf = (slots: readonly number[], seed: number): number[] => {
  const random = createRandom(seed);
  return slots.flatMap(() => Array.from({ length: dimension }, () => random.nextNormal()));
};
const rowBits = ({ overlay }: EmbeddingTable, slot: number) => [
  ...overlay.subarray(slot * dimension, (slot + 1) * dimension),
];

const pulls: readonly PullConfig[] = [
  { type: "l2-sp", strength: 2 },
  { type: "l2-sp", strength: 10 },
  { type: "l2-sp", strength: 2, coupled: true },
  { type: "recadam", strength: 5, annealing: { kind: "sigmoid", slope: 1, center: 3 } },
  { type: "recadam", strength: 5, annealing: { kind: "linear", steps: 6 } },
  { type: "mixout", probability: 0.4 },
];
const optimizers: readonly RowOptimizerConfig[] = [
  { type: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 },
  { type: "sgd", learningRate: 0.1, weightDecay: 0.1, decoupled: true },
  { type: "adagrad", learningRate: 0.1 },
  { type: "adam", learningRate: 0.1, weightDecay: 0.1, decoupled: true },
  { type: "adam", learningRate: 0.1, rowStep: "global", epsilonPlacement: "before" },
];
const anyRows = fc.subarray(all);
const flags = (frozen: readonly number[]): Uint8Array =>
  Uint8Array.from({ length: rows }, (_, slot) => (frozen.includes(slot) ? 1 : 0));

describe("frozen rows", () => {
  it("keep value, moments and step count to the bit under every pull, from freeze to unfreeze", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...pulls),
        fc.constantFrom(...optimizers),
        fc.constantFrom("lazy" as const, "dense" as const),
        fc.constantFrom("float32" as const, "float64" as const),
        fc.option(fc.constant<TrustRegionConfig>({ maxL2: 0.2, maxCosineDistance: 0.05 }), { nil: undefined }),
        fc.array(fc.tuple(anyRows, fc.array(anyRows, { minLength: 1, maxLength: 4 })), { minLength: 1, maxLength: 4 }),
        (pull, optimizer, rowUpdates, precision, trustRegion, phases) => {
          const table = makeTable(precision);
          const { step, rowOptimizer, regularizer } = createPullRun(table, {
            optimizer: { ...optimizer, rowUpdates },
            pull,
            ...(trustRegion === undefined ? {} : { trustRegion }),
          });
          const everything = (slot: number) => [
            rowBits(table, slot),
            [...rowOptimizer.state.first.subarray(slot * dimension, (slot + 1) * dimension)],
            [...rowOptimizer.state.second.subarray(slot * dimension, (slot + 1) * dimension)],
            rowOptimizer.state.rowSteps[slot],
          ];
          step(all, gradientOf(all, 99), 0.1);
          let seed = 0;
          for (const [frozen, steps] of phases) {
            const gates = { isFrozen: flags(frozen) };
            // As at the end of an epoch, or where a guard freezes rows that were looked at.
            regularizer!.reveal();
            const before = all.map(everything);
            for (const touched of steps) {
              step(touched, gradientOf(touched, seed++), 0.1, gates);
              for (const slot of frozen) expect(everything(slot)).toEqual(before[slot]);
            }
            regularizer!.reveal();
            for (const slot of frozen) expect(everything(slot)).toEqual(before[slot]);
          }
        },
      ),
      { seed: 21, numRuns: 150 },
    );
  });
});

describe("a lazy pull", () => {
  /** SGD and the pull by their definition, every row in every step: frozen rows have neither. */
  function dense(
    values: Float64Array,
    anchor: ArrayLike<number>,
    {
      slots,
      gradient,
      learningRate,
      strength,
      gates,
    }: Record<"learningRate" | "strength", number> & {
      slots: readonly number[];
      gradient: readonly number[];
      gates: RowGates;
    },
  ): void {
    for (let slot = 0; slot < rows; slot++) {
      if (gates.isFrozen?.[slot] === 1) continue;
      const rate = learningRate * (gates.rates?.[slot] ?? 1);
      const u = slots.indexOf(slot);
      for (let d = 0; d < dimension; d++) {
        const i = slot * dimension + d;
        if (u >= 0) values[i] -= rate * gradient[u * dimension + d];
        values[i] = anchor[i] + Math.max(0, 1 - rate * strength) * (values[i] - anchor[i]);
      }
    }
  }

  it("equals the pull of every row in every step, whatever rows are absent, frozen, or slower", () => {
    const anyGate = fc.record({
      frozen: anyRows,
      rates: fc.option(fc.array(fc.constantFrom(1, 0.5, 0.01), { minLength: rows, maxLength: rows }), {
        nil: undefined,
      }),
      steps: fc.array(fc.tuple(anyRows, fc.double({ min: 0, max: 0.4, noNaN: true })), { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(0, 0.3, 2, 4),
        fc.array(anyGate, { minLength: 1, maxLength: 4 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }),
        (strength, phases, looks) => {
          const table = makeTable();
          const { step, regularizer } = createPullRun(table, {
            optimizer: { type: "sgd", learningRate: 1 },
            pull: { type: "l2-sp", strength },
          });
          const values = Float64Array.from(table.anchor);
          let seed = 0;
          for (const { frozen, rates, steps } of phases) {
            const gates: RowGates = { isFrozen: flags(frozen), rates };
            for (const [slots, learningRate] of steps) {
              const gradient = gradientOf(slots, seed++);
              step(slots, gradient, learningRate, gates);
              dense(values, table.anchor, { slots, gradient, learningRate, strength, gates });
              if (looks[seed % looks.length]) regularizer!.reveal();
            }
          }
          regularizer!.settle();
          expectClose(table.overlay, values, 1e-12);
        },
      ),
      { seed: 22, numRuns: 300 },
    );
  });

  it("after k steps of absence a row has gone (1 − η α)ᵏ of its way, for any k", () => {
    for (const [strength, k] of [
      [1, 1],
      [1, 10],
      [1, 100_000],
      [0.001, 100_000],
      [1e-9, 100_000],
      [50, 1000],
      [90, 4000],
    ] as const) {
      const table = makeTable();
      const { step, regularizer } = createPullRun(table, {
        optimizer: { type: "sgd", learningRate: 0.01 },
        pull: { type: "l2-sp", strength },
      });
      const way = gradientOf([0], 5);
      step([0], way, 0.01);
      for (let i = 1; i < k; i++) step([], [], 0.01);
      regularizer!.reveal();
      const left = Math.exp(k * Math.log1p(-0.01 * strength));
      const gone = way.map((g, d) => table.anchor[d] - 0.01 * g * left);
      expectClose(rowBits(table, 0), gone, 1e-12);
      // A way that is far below the last digit of the row: it stands on its anchor.
      if (left < 1e-20) expect(isRowUnmoved(table, 0)).toBe(true);
    }
  });

  it("holds also where the product of all factors so far falls below what it is kept above", () => {
    // Half the way is left a step: 2⁻²⁵⁶ is reached in the row's absence, and again and again.
    const table = makeTable();
    const { step, regularizer } = createPullRun(table, {
      optimizer: { type: "sgd", learningRate: 0.01 },
      pull: { type: "l2-sp", strength: 50 },
    });
    for (let i = 0; i < 250; i++) step([], [], 0.01);
    const way = gradientOf([0], 5);
    step([0], way, 0.01);
    for (let i = 0; i < 9; i++) step([1], gradientOf([1], i), 0.01);
    regularizer!.reveal();
    const gone = way.map((g, d) => table.anchor[d] - 0.01 * g * 2 ** -10);
    expectClose(rowBits(table, 0), gone, 1e-15);
    for (let i = 0; i < 2000; i++) step([], [], 0.01);
    step([2], way, 0.01);
    regularizer!.reveal();
    expect(all.filter((row) => !isRowUnmoved(table, row))).toEqual([2]);
  });

  it("leaves rows that did not move to the bit, −0 too, and rows of words without a vector", () => {
    const anchor = Float32Array.of(-0, 1, 0, 4, 5, 6);
    const pretrained = Uint8Array.of(1, 0);
    const table = createEmbeddingTable({ dimension, anchor, activeRows: "all", paddingRow: -1, pretrained });
    const { step, regularizer } = createPullRun(table, {
      optimizer: { type: "sgd", learningRate: 0.1 },
      pull: { type: "l2-sp", strength: 1 },
    });
    step([1], [1, 1, 1], 0.1);
    const moved = rowBits(table, 1);
    for (let i = 0; i < 5; i++) step([], [], 0.1);
    step([0], [0, 0, 0], 0.1);
    regularizer!.settle();
    expect(isRowUnmoved(table, 0)).toBe(true);
    expect(rowBits(table, 1)).toEqual(moved);
    const every = createPullRun(table, {
      optimizer: { type: "sgd", learningRate: 0.1 },
      pull: { type: "l2-sp", strength: 10, rows: "all" },
    });
    every.step([], [], 0.1);
    every.regularizer!.settle();
    expect(isRowUnmoved(table, 1)).toBe(true);
  });

  it("takes rows of at most 256 learning rates", () => {
    const anchor = new Float64Array(300);
    const table = createEmbeddingTable({ dimension: 1, anchor, activeRows: "all", paddingRow: -1 });
    const { regularizer } = createPullRun(table, {
      optimizer: { type: "sgd", learningRate: 0.1 },
      pull: { type: "l2-sp", strength: 1 },
    });
    const rates = (different: number) => Float64Array.from({ length: 300 }, (_, i) => i % different);
    regularizer!.enter({ isFrozen: undefined, rates: rates(256) });
    expect(() => regularizer!.enter({ isFrozen: undefined, rates: rates(257) })).toThrow(
      expect.objectContaining({ code: "INVALID_POLICY" }),
    );
  });
});

describe("mixout", () => {
  const run = (pull: PullConfig | undefined, gates?: RowGates) => {
    const table = makeTable();
    const options = { optimizer: { type: "sgd", learningRate: 0.1 } } as const;
    const { step } = createPullRun(table, pull === undefined ? options : { ...options, pull });
    const read = all.map((_, i) => step(all, gradientOf(all, i), 0.1, gates));
    return { table, read };
  };

  it("with p = 0 is none, to the bit", () => {
    expect(run({ type: "mixout", probability: 0 }).table.overlay).toEqual(run(undefined).table.overlay);
  });

  it("reads rows whose mean over many steps is the row", () => {
    const table = makeTable();
    const zero = gradientOf(all, 0).map(() => 0);
    const { step } = createPullRun(table, {
      optimizer: { type: "sgd", learningRate: 0.1 },
      pull: { type: "mixout", probability: 0.3 },
    });
    const random = createRandom(4);
    for (let i = 0; i < table.overlay.length; i++) table.overlay[i] += random.nextNormal();
    const mean = new Float64Array(table.overlay.length);
    const steps = 20_000;
    for (let i = 0; i < steps; i++) {
      step(all, zero, 0.1).forEach((x, d) => {
        mean[d] += x / steps;
      });
    }
    // The standard error of a component is |w − w₀| √(p / (1 − p) / steps) = 0.0046 |w − w₀|.
    for (let i = 0; i < mean.length; i++) {
      const way = Math.abs(table.overlay[i] - table.anchor[i]);
      expect(Math.abs(mean[i] - table.overlay[i])).toBeLessThan(5 * 0.0047 * way);
    }
  });

  it("reads a frozen row as it is", () => {
    const { table, read } = run({ type: "mixout", probability: 0.5 }, { isFrozen: flags([2]) });
    for (const each of read) {
      expect(each.slice(2 * dimension, 3 * dimension)).toEqual([...table.anchor.subarray(6, 9)]);
    }
    expect(isRowUnmoved(table, 2)).toBe(true);
  });
});

describe("a trust region", () => {
  const anyNumber = fc.oneof(
    fc.double({ min: -2, max: 2, noNaN: true }),
    fc.constantFrom(0, -0, 1, -1, 1e-30, 1e8, 1e-8),
  );
  const anyLimit = fc.constantFrom(0, 1e-12, 1e-7, 1e-4, 0.01, 0.3, 1, 1.5);

  it("holds as rowDrift measures it, in either precision, and leaves rows inside to the bit", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("float32" as const, "float64" as const),
        fc.array(anyNumber, { minLength: 8, maxLength: 8 }),
        fc.record(
          { maxCosineDistance: anyLimit, maxL2: anyLimit, maxRelativeL2: anyLimit },
          { requiredKeys: ["maxCosineDistance"] },
        ),
        fc.subarray(["maxCosineDistance", "maxL2", "maxRelativeL2"] as const, { minLength: 1 }),
        (precision, numbers, limits, chosen) => {
          const region: Record<string, number> = {};
          for (const name of chosen) if (limits[name] !== undefined) region[name] = limits[name];
          const floats = precision === "float32" ? Float32Array : Float64Array;
          const anchor = floats.from(numbers.slice(0, 4));
          const table = createEmbeddingTable({ dimension: 4, anchor, activeRows: "all", paddingRow: -1, arena });
          table.overlay.set(numbers.slice(4));
          const measure = () => rowDrift({ values: anchor, at: 0 }, { values: table.overlay, at: 0 }, 4);
          const isInside = ({ cosineDistance, l2, relativeL2 }: ReturnType<typeof measure>): boolean =>
            cosineDistance <= (region.maxCosineDistance ?? 2) &&
            l2 <= (region.maxL2 ?? Infinity) &&
            relativeL2 <= (region.maxRelativeL2 ?? Infinity);
          const before = [...table.overlay];
          const wasInside = isInside(measure());
          const { project } = createTrustRegion(table, region);
          expect(project(0)).toBe(!wasInside);
          expect(isInside(measure())).toBe(true);
          if (wasInside) expect([...table.overlay]).toEqual(before);
          expect(project(0)).toBe(false);
        },
      ),
      { seed: 23, numRuns: 3000 },
    );
  });

  const projected = (anchor: readonly number[], row: readonly number[], region: TrustRegionConfig): number[] => {
    const values = Float64Array.from(anchor);
    const table = createEmbeddingTable({ dimension: 2, anchor: values, activeRows: "all", paddingRow: -1 });
    table.overlay.set(row);
    createTrustRegion(table, region).project(0);
    return [...table.overlay];
  };

  it("turns a row back at its length: 90° to the 60° whose cosine distance is 0.5", () => {
    expectClose(projected([2, 0], [0, 3], { maxCosineDistance: 0.5 }), [1.5, 3 * Math.sin(Math.PI / 3)], 1e-14);
  });

  it("gives an opposite row its anchor's direction, a zero row its anchor", () => {
    expectClose(projected([2, 0], [-3, 0], { maxCosineDistance: 0.5 }), [3, 0], 1e-14);
    expect(projected([2, 1], [0, 0], { maxCosineDistance: 0.5 })).toEqual([2, 1]);
    expect(projected([0, 0], [1, 1], { maxCosineDistance: 0.5 })).toEqual([0, 0]);
    expect(projected([0, 0], [1, 1], { maxRelativeL2: 3 })).toEqual([0, 0]);
    expectClose(projected([0, 0], [3, 4], { maxL2: 1 }), [0.6, 0.8], 1e-14);
  });

  it("leaves what is not finite for the step to find", () => {
    expect(projected([1, 1], [Number.NaN, 1], { maxL2: 1 })).toEqual([Number.NaN, 1]);
    expect(projected([1, 1], [Number.POSITIVE_INFINITY, 1], { maxCosineDistance: 0.1 })).toEqual([
      Number.POSITIVE_INFINITY,
      1,
    ]);
  });

  it("holds at every step, under every pull and optimizer, also for rows that catch up", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(undefined, ...pulls),
        fc.constantFrom(...optimizers),
        fc.constantFrom("lazy" as const, "dense" as const),
        fc.array(anyRows, { minLength: 1, maxLength: 8 }),
        (pull, optimizer, rowUpdates, steps) => {
          const table = makeTable("float32");
          const limit = 0.01;
          const { step, regularizer } = createPullRun(table, {
            optimizer: { ...optimizer, rowUpdates },
            trustRegion: { maxCosineDistance: limit },
            ...(pull === undefined ? {} : { pull }),
          });
          const worst = () =>
            Math.max(
              ...all.map(
                (row) =>
                  rowDrift(
                    { values: table.anchor, at: row * dimension },
                    { values: table.overlay, at: row * dimension },
                    dimension,
                  ).cosineDistance,
              ),
            );
          steps.forEach((touched, i) => {
            step(touched, gradientOf(touched, i), 0.1);
            expect(worst()).toBeLessThanOrEqual(limit);
            regularizer!.reveal();
            expect(worst()).toBeLessThanOrEqual(limit);
          });
        },
      ),
      { seed: 24, numRuns: 100 },
    );
  });

  it("does not hold rows of words without a vector, unless asked to", () => {
    const far = (region: TrustRegionConfig) => {
      const table = makeTable("float64", Uint8Array.of(1, 0, 1, 1, 1, 1));
      const { step } = createPullRun(table, { optimizer: { type: "sgd", learningRate: 1 }, trustRegion: region });
      step([0, 1], [5, 5, 5, 5, 5, 5], 1);
      return [0, 1].map(
        (row) =>
          rowDrift(
            { values: table.anchor, at: row * dimension },
            { values: table.overlay, at: row * dimension },
            dimension,
          ).l2,
      );
    };
    expectClose(far({ maxL2: 1 }), [1, Math.sqrt(75)], 1e-12);
    expectClose(far({ maxL2: 1, rows: "all" }), [1, 1], 1e-12);
  });
});
