import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import { batchOf, entriesOf, type LookUpCase, randomLookUp, tokensOf } from "../../test/random-look-up.ts";
import { createEntryBuilder } from "./entries.ts";
import { identityLookUp } from "./look-up.ts";
import { createRowAccumulator, type RowGradient } from "./row-gradient.ts";
import { createRowKernels } from "./row-kernels.ts";
import { createEmbeddingTable } from "./table.ts";

const wave = (length: number, phase = 0): Float64Array =>
  Float64Array.from({ length }, (_, i) => Math.sin(i + 1 + phase));

/** The dense gradient `[V, D]` of the table that a plain autodiff would give: dX[b] / tokens, times the entry's weight. */
function denseGradient(lookUpCase: LookUpCase, dX: Float64Array): { values: Float64Array; touched: Set<number> } {
  const { table } = lookUpCase;
  const values = new Float64Array(table.rows * table.dimension);
  const touched = new Set<number>();
  tokensOf(lookUpCase).forEach((tokens, b) => {
    for (const token of tokens) {
      for (const [row, weight] of entriesOf(lookUpCase, token)) {
        touched.add(row);
        for (let d = 0; d < table.dimension; d++) {
          values[row * table.dimension + d] += (weight * dX[b * table.dimension + d]) / tokens.length;
        }
      }
    }
  });
  return { values, touched };
}

function expectRestricted(lookUpCase: LookUpCase, rows: RowGradient, dX: Float64Array, isFrozen?: Uint8Array): void {
  const { table } = lookUpCase;
  const { dimension } = table;
  const dense = denseGradient(lookUpCase, dX);
  const slots = [...dense.touched]
    .map((row) => table.slotOf[row])
    .filter((slot) => slot >= 0 && isFrozen?.[slot] !== 1)
    .sort((a, b) => a - b);
  expect([...rows.slots.subarray(0, rows.count)]).toEqual(slots);
  const expected = slots.flatMap((slot) => {
    const at = table.activeRows[slot] * dimension;
    return [...dense.values.subarray(at, at + dimension)];
  });
  expectClose(rows.values.subarray(0, rows.count * dimension), expected, 1e-12);
}

describe("createRowAccumulator", () => {
  it("equals the dense scatter-add, restricted to touched rows that are active (property 7)", () => {
    fc.assert(
      fc.property(randomLookUp, (lookUpCase) => {
        const { table, lookUp, batch, examples } = lookUpCase;
        const dX = wave(examples * table.dimension);
        const entries = createEntryBuilder(table, lookUp).pooled(batch, examples);
        const accumulator = createRowAccumulator(table, createRowKernels());
        expectRestricted(lookUpCase, accumulator.accumulate([{ entries, dX }]), dX);
        // Once more: nothing of the call before is left.
        expectRestricted(lookUpCase, accumulator.accumulate([{ entries, dX }]), dX);
      }),
      { seed: 1 },
    );
  });

  it("leaves frozen slots out", () => {
    fc.assert(
      fc.property(randomLookUp, fc.array(fc.nat(1), { minLength: 8, maxLength: 8 }), (lookUpCase, flags) => {
        const { table, lookUp, batch, examples } = lookUpCase;
        const dX = wave(examples * table.dimension);
        const entries = createEntryBuilder(table, lookUp).pooled(batch, examples);
        const isFrozen = Uint8Array.from(flags);
        const accumulator = createRowAccumulator(table, createRowKernels());
        expectRestricted(lookUpCase, accumulator.accumulate([{ entries, dX }], isFrozen), dX, isFrozen);
        expectRestricted(lookUpCase, accumulator.accumulate([{ entries, dX }]), dX);
      }),
      { seed: 2 },
    );
  });

  it("sums over several inputs, and over batches of different sizes in turn", () => {
    const table = createEmbeddingTable({ dimension: 2, anchor: new Float64Array(4000 * 2), activeRows: "all" });
    const accumulator = createRowAccumulator(table, createRowKernels());
    const [left, right] = [createEntryBuilder(table, identityLookUp), createEntryBuilder(table, identityLookUp)];
    const many = batchOf([Array.from({ length: 3999 }, (_, i) => i + 1)]);
    expect(accumulator.accumulate([{ entries: left.pooled(many, 1), dX: wave(2) }]).count).toBe(3999);
    const rows = accumulator.accumulate([
      { entries: left.pooled(batchOf([[7, 7, 9], []]), 2), dX: Float64Array.of(3, 6, 100, 100) },
      { entries: right.pooled(batchOf([[5], [9]]), 2), dX: Float64Array.of(10, 20, 0.5, 0.25) },
    ]);
    expect(rows.count).toBe(3);
    expect([...rows.slots.subarray(0, 3)].map((slot) => table.activeRows[slot])).toEqual([5, 7, 9]);
    expectClose(rows.values.subarray(0, 6), [10, 20, 2, 4, 1.5, 2.25], 1e-15);
  });

  it("sums repeats in float64, whatever the precision of dX", () => {
    const table = createEmbeddingTable({ dimension: 1, anchor: new Float32Array(2), activeRows: "all" });
    const entries = createEntryBuilder(table, identityLookUp).positions(
      batchOf([[1, 1, 1]]),
      { examples: 1, positions: 3 },
      new Float32Array(3),
    );
    const rows = createRowAccumulator(table, createRowKernels()).accumulate([
      { entries, dX: Float32Array.of(2 ** 24, 1, 1) },
    ]);
    // In float32 each 1 would vanish beside 2^24.
    expect(rows.values[0]).toBe(2 ** 24 + 2);
  });

  it("is empty where nothing is touched", () => {
    const table = createEmbeddingTable({ dimension: 2, anchor: new Float64Array(8), activeRows: [2] });
    const entries = createEntryBuilder(table, identityLookUp).pooled(batchOf([[0, 1], []]), 2);
    expect(createRowAccumulator(table, createRowKernels()).accumulate([{ entries, dX: wave(4) }]).count).toBe(0);
  });
});
