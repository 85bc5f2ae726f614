import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectClose } from "../../../test/expect-close.ts";
import { batchOf } from "../../../test/random-look-up.ts";
import { resolveOptimizer } from "../../optim/config.ts";
import { createRowOptimizer } from "../../optim/row-optimizer.ts";
import { createRowPull } from "../../optim/row-pull.ts";
import { createTrustRegion } from "../../optim/trust-region.ts";
import { createRandom } from "../../util/random.ts";
import { createEntryBuilder } from "../entries.ts";
import { identityLookUp } from "../look-up.ts";
import { createRowAccumulator } from "../row-gradient.ts";
import { createEmbeddingTable, type EmbeddingTable } from "../table.ts";
import { createRowArena, plainArena, type RowArena } from "./simd-arena.ts";

const rows = 30;

/** Three steps on a table whose arrays and kernels come from `arena`; everything that they leave behind. */
function train(
  arena: RowArena,
  { dimension, seed, decoupled }: { dimension: number; seed: number; decoupled: boolean },
) {
  const random = createRandom(seed);
  const anchor = Float32Array.from({ length: rows * dimension }, () => random.nextNormal());
  // Row 29 is not active: its groups take the plain way.
  const activeRows = Array.from({ length: rows - 1 }, (_, row) => row);
  const table: EmbeddingTable = createEmbeddingTable({ dimension, anchor, activeRows, arena });
  const { kernels, allocate } = arena;
  const config = resolveOptimizer({ type: "adam", learningRate: 0.01, weightDecay: 0.1, decoupled });
  const optimizer = createRowOptimizer(table, config, { allocate, kernels: kernels.spans });
  const accumulator = createRowAccumulator(table, kernels, allocate);
  const builder = createEntryBuilder(table, identityLookUp);
  const region = createTrustRegion(table, { maxCosineDistance: 1e-6, maxL2: 0.01 });
  const pull = createRowPull(table, { exempt: new Uint8Array(rows) });
  const X = allocate("float32", 4 * dimension);
  const dX = allocate("float32", 4 * dimension);
  const gathered: number[] = [];
  for (let step = 0; step < 3; step++) {
    const examples = Array.from({ length: 4 }, () =>
      Array.from({ length: random.nextBelow(7) }, () => random.nextBelow(rows)),
    );
    const entries = builder.pooled(batchOf(examples), 4);
    kernels.gather(table, entries, X);
    gathered.push(...X);
    for (let i = 0; i < dX.length; i++) dX[i] = random.nextNormal();
    optimizer.step(accumulator.accumulate([{ entries, dX }]), { learningRate: 0.01, gradientScale: 0.7 });
    pull.advance(0.01, (rate) => 1 - 3 * rate);
    if (step > 0) pull.catchUpAll();
    if (step === 1) for (let slot = 0; slot < rows / 2; slot++) region.project(slot);
  }
  const { first, second, rowSteps } = optimizer.state;
  return [gathered, [...table.overlay], [...first], [...second], [...rowSteps]];
}

describe("createRowArena", () => {
  it("has SIMD kernels on this platform", () => {
    expect(createRowArena({ activeRows: rows, dimension: 8 }).simd).toBe(true);
  });

  it("gives the bits of the plain kernels, whatever the dimension (SIMD works on 4 and 8 numbers at a time)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.boolean(), (dimension, seed, decoupled) => {
        const options = { dimension, seed, decoupled };
        const simd = train(createRowArena({ activeRows: rows, dimension, scratchBytes: 2 ** 20 }), options);
        expect(simd).toEqual(train(plainArena(), options));
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it("measures rows as the plain kernel does, but for the order of its sums", () => {
    for (const length of [1, 3, 4, 7, 100]) {
      const arena = createRowArena({ activeRows: 2, dimension: length });
      const random = createRandom(length);
      const [values, origin] = [arena.allocate("float32", 2 * length), arena.allocate("float32", length)];
      for (const array of [values, origin]) for (let i = 0; i < array.length; i++) array[i] = random.nextNormal();
      const span = { values, origin, at: length, originAt: 0, length, share: 0 };
      const [simd, plain] = [arena.allocate("float64", 3) as Float64Array, new Float64Array(3)];
      arena.kernels.measure(span, simd);
      plainArena().kernels.measure(span, plain);
      expectClose(simd, plain, 1e-14);
      expect(plain[2]).toBeGreaterThan(0);
    }
  });

  it("goes on in ordinary memory, to the same bits, where its own is full", () => {
    const options = { dimension: 16, seed: 3, decoupled: true };
    const small = createRowArena({ activeRows: 1, dimension: 16, scratchBytes: 0 });
    expect(small.simd).toBe(true);
    expect(train(small, options)).toEqual(train(plainArena(), options));
  });

  it("gives zeroed arrays that do not overlap", () => {
    const { allocate } = createRowArena({ activeRows: 4, dimension: 3 });
    const arrays = [allocate("float32", 3), allocate("float64", 2), allocate("float32", 0), allocate("float32", 5)];
    for (const array of arrays) expect([...array].every((x) => x === 0)).toBe(true);
    arrays.forEach((array, i) => {
      array.fill(i + 1);
    });
    arrays.forEach((array, i) => {
      expect([...array].every((x) => x === i + 1)).toBe(true);
    });
  });
});
