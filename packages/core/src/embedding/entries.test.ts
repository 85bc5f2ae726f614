import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../test/expect-close.ts";
import {
  batchOf,
  entriesOf,
  type LookUpCase,
  randomLookUp,
  tokensOf,
  weightedLookUp,
} from "../../test/random-look-up.ts";
import { createRandom } from "../util/random.ts";
import { createEntryBuilder, type Entries } from "./entries.ts";
import { identityLookUp, type WeightedLookUp } from "./look-up.ts";
import { createRowKernels } from "./row-kernels.ts";
import { createEmbeddingTable, rowOf } from "./table.ts";

const table = createEmbeddingTable({
  dimension: 1,
  anchor: Float64Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
  activeRows: [1, 2, 3, 4, 5, 6, 7, 8],
});

/** Sum of weighted rows of some tokens, by the definition. */
function weightedSum(lookUpCase: LookUpCase, tokens: readonly number[], share: number): number[] {
  const sum = new Array<number>(lookUpCase.table.dimension).fill(0);
  for (const token of tokens) {
    for (const [row, weight] of entriesOf(lookUpCase, token)) {
      rowOf(lookUpCase.table, row).forEach((x, d) => {
        sum[d] += share * weight * x;
      });
    }
  }
  return sum;
}

const groupsOf = (entries: Entries): { index: number[]; weights: number[] }[] =>
  Array.from({ length: entries.groups }, (_, g) => ({
    index: [...entries.index.subarray(entries.offsets[g], entries.offsets[g + 1])],
    weights: [...entries.weights.subarray(entries.offsets[g], entries.offsets[g + 1])],
  }));

describe("pooled", () => {
  it("gathers the mean of an example's tokens; examples that only pad the batch are zero", () => {
    fc.assert(
      fc.property(randomLookUp, fc.nat(2), (lookUpCase, extra) => {
        const { examples, batch } = lookUpCase;
        const groups = examples + extra;
        const X = new Float64Array(groups * lookUpCase.table.dimension).fill(7);
        const entries = createEntryBuilder(lookUpCase.table, lookUpCase.lookUp).pooled(batch, groups);
        createRowKernels().gather(lookUpCase.table, entries, X);
        const expected = tokensOf(lookUpCase).flatMap((tokens) => weightedSum(lookUpCase, tokens, 1 / tokens.length));
        const padding = new Array<number>(extra * lookUpCase.table.dimension).fill(0);
        expectClose(X, [...expected.map((x) => (Number.isNaN(x) ? 0 : x)), ...padding], 1e-12);
      }),
      { seed: 1 },
    );
  });

  it("leaves padding out of sum and count, and marks rows that are not active", () => {
    const entries = createEntryBuilder(table, identityLookUp).pooled(batchOf([[0, 2, 0, 9, 2], [0, 0], []]), 3);
    expect(groupsOf(entries)).toEqual([
      { index: [1, -10, 1], weights: [1 / 3, 1 / 3, 1 / 3] },
      { index: [], weights: [] },
      { index: [], weights: [] },
    ]);
  });

  it("looks up weighted rows, such as subwords, and skips the padding row among them", () => {
    const lookUp = weightedLookUp([
      [],
      [
        [3, 0.5],
        [0, 0.25],
        [4, 0.25],
      ],
      [[9, 2]],
    ]);
    const entries = createEntryBuilder(table, lookUp).pooled(
      batchOf([
        [1, 2],
        [0, 2],
      ]),
      2,
    );
    expect(groupsOf(entries)).toEqual([
      { index: [2, 3, -10], weights: [0.25, 0.125, 1] },
      // A token that looks up nothing is none: it would pull the mean towards zero.
      { index: [-10], weights: [2] },
    ]);
  });

  it("counts no token that looks up nothing, or padding alone; none at all leaves an empty group", () => {
    const lookUp = weightedLookUp([[], [[0, 1]], [[4, 0.5]]]);
    const builder = createEntryBuilder(table, lookUp);
    expect(groupsOf(builder.pooled(batchOf([[0, 2, 1, 2], [0, 1], [2]]), 3))).toEqual([
      { index: [3, 3], weights: [0.25, 0.25] },
      { index: [], weights: [] },
      { index: [3], weights: [0.5] },
    ]);
    const mask = new Float64Array(4);
    builder.positions(batchOf([[2, 0, 1, 2]]), { examples: 1, positions: 4 }, mask);
    expect([...mask]).toEqual([1, 0, 0, 1]);
  });

  it("reads a look-up anew for each batch, so that it may grow", () => {
    let current = weightedLookUp([[[4, 1]]]) as WeightedLookUp;
    const growing: WeightedLookUp = {
      kind: "weighted",
      get offsets() {
        return current.offsets;
      },
      get rows() {
        return current.rows;
      },
      get weights() {
        return current.weights;
      },
    };
    const builder = createEntryBuilder(table, growing);
    expect(groupsOf(builder.pooled(batchOf([[0]]), 1))).toEqual([{ index: [3], weights: [1] }]);
    current = weightedLookUp([[[9, 1]], [[4, 2]]]) as WeightedLookUp;
    expect(groupsOf(builder.pooled(batchOf([[0, 1]]), 1))).toEqual([{ index: [-10, 3], weights: [0.5, 1] }]);
  });

  it("grows its buffers", () => {
    const long = Array.from({ length: 9000 }, (_, i) => 1 + (i % 8));
    const builder = createEntryBuilder(table, identityLookUp);
    const X = new Float64Array(600);
    createRowKernels().gather(table, builder.pooled(batchOf([...new Array<number[]>(599).fill([5]), long]), 600), X);
    expect([X[0], X[598]]).toEqual([5, 5]);
    // 9000 / 8 = 1125 rounds of 1 to 8.
    expectClose([X[599]], [4.5], 1e-12);
  });
});

describe("positions", () => {
  it("gathers one row a position, with a mask, and cuts what is longer", () => {
    fc.assert(
      fc.property(randomLookUp, fc.integer({ min: 1, max: 7 }), fc.nat(2), (lookUpCase, positions, extra) => {
        const { examples, batch, lookUp } = lookUpCase;
        const { dimension } = lookUpCase.table;
        const shape = { examples: examples + extra, positions };
        const mask = new Float64Array(shape.examples * positions).fill(7);
        const X = new Float64Array(mask.length * dimension).fill(7);
        const builder = createEntryBuilder(lookUpCase.table, lookUp);
        createRowKernels().gather(lookUpCase.table, builder.positions(batch, shape, mask), X);
        const expected: number[] = [];
        const expectedMask: number[] = [];
        for (let b = 0; b < shape.examples; b++) {
          const ids = b < examples ? batch.ids.subarray(batch.offsets[b], batch.offsets[b + 1]) : [];
          for (let l = 0; l < positions; l++) {
            const isToken = l < ids.length && entriesOf(lookUpCase, ids[l]).length > 0;
            expectedMask.push(isToken ? 1 : 0);
            expected.push(...weightedSum(lookUpCase, isToken ? [ids[l]] : [], 1));
          }
        }
        expect([...mask]).toEqual(expectedMask);
        expectClose(X, expected, 1e-12);
      }),
      { seed: 2 },
    );
  });
});

describe("word dropout", () => {
  const tokens = [1, 2, 3, 4, 5, 6, 7, 8];
  const build = (rate: number, seed: number, ids: readonly number[] = tokens) =>
    groupsOf(
      createEntryBuilder(table, identityLookUp).pooled(batchOf([ids]), 1, { rate, random: createRandom(seed) }),
    )[0];

  it("leaves out each token with the given probability, and takes the mean of the rest", () => {
    let kept = 0;
    for (let seed = 0; seed < 2000; seed++) {
      const { index, weights } = build(0.25, seed);
      kept += index.length;
      for (const weight of weights) expect(weight).toBe(1 / index.length);
      expect(index).toEqual([...index].sort((a, b) => a - b));
    }
    // Standard deviation of the share is 0.0034.
    expect(Math.abs(kept / 16_000 - 0.75)).toBeLessThan(0.017);
  });

  it("keeps at least one token: all, where none would be left", () => {
    for (let seed = 0; seed < 200; seed++) {
      expect(build(0.999, seed).index.length).toBeGreaterThan(0);
      expect(build(0.999, seed, [0, 3, 0]).index).toEqual([2]);
    }
    expect(build(0.999, 1).index).toHaveLength(8);
  });

  it("is seeded", () => {
    expect(build(0.5, 3)).toEqual(build(0.5, 3));
    const patterns = new Set(Array.from({ length: 20 }, (_, seed) => build(0.5, seed).index.join()));
    expect(patterns.size).toBeGreaterThan(10);
  });

  it("draws nothing for padding and for examples without tokens", () => {
    const random = createRandom(1);
    const before = random.state();
    createEntryBuilder(table, identityLookUp).pooled(batchOf([[0, 0], []]), 2, { rate: 0.5, random });
    expect(random.state()).toEqual(before);
  });

  it("leaves a zero vector at a position, with the mask as it was", () => {
    const mask = new Float64Array(8);
    const builder = createEntryBuilder(table, identityLookUp);
    const shape = { examples: 1, positions: 8 };
    const entries = builder.positions(batchOf([tokens]), shape, mask, { rate: 0.5, random: createRandom(5) });
    expect([...mask]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    const groups = groupsOf(entries);
    const dropped = groups.filter((group) => group.index.length === 0).length;
    expect(dropped).toBeGreaterThan(0);
    expect(dropped).toBeLessThan(8);
    groups.forEach(({ index }, l) => {
      if (index.length > 0) expect(index).toEqual([l]);
    });
  });
});
