import {
  createGraphBuilder,
  createRandom,
  type GraphBuilder,
  sizeOf,
  type Tensor,
  type ValueInfo,
} from "@thawline/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { float32, worstError } from "./helpers.ts";

const seed = 20261125;
const extent = fc.integer({ min: 1, max: 6 });
const shapeOfRank = (min: number, max: number) => fc.array(extent, { minLength: min, maxLength: max });

/** A shape that broadcasts against `shape`: some leading axes missing, some extents 1. */
const broadcastable = (shape: readonly number[]) =>
  fc
    .tuple(fc.nat(shape.length), fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }))
    .map(([skipped, ones]) => shape.map((n, axis) => (ones[axis] ? 1 : n)).slice(skipped));

/** Positive feeds for every input: a sum of both signs could be tiny beside its terms, and its relative error large. */
function feedsFor(inputs: readonly ValueInfo[], from: number): Record<string, Tensor> {
  const random = createRandom(from);
  const values = (size: number): number[] => Array.from({ length: size }, () => 0.2 + 2 * random.nextFloat());
  return Object.fromEntries(inputs.map(({ name, shape }) => [name, float32(shape, values(sizeOf(shape)))]));
}

/** Error of cpu against reference for Σ y · cotangent, its gradients and y. */
async function agreement(build: (g: GraphBuilder) => { y: ValueInfo; xs: readonly ValueInfo[] }, from: number) {
  const g = createGraphBuilder();
  const { y, xs } = build(g);
  const cotangent = g.input("cotangent", "float", y.shape);
  const axes = y.shape.map((_, axis) => axis);
  const loss = g.sum(g.mul(y, cotangent), axes);
  const request = { loss: loss.name, wrt: xs.map(({ name }) => name), fetch: [y.name] };
  return worstError(g.build([y, loss]), request, feedsFor([...xs, cotangent], from));
}

const tolerance = 1e-5;
const seeds = fc.integer({ min: 0, max: 1e9 });

/** One link of a chain: [3, 2] from two of them. */
function link(g: GraphBuilder, op: string, [a, b]: readonly [ValueInfo, ValueInfo]): ValueInfo {
  if (op === "Add" || op === "Mul") return g.apply(op, [a, b], {});
  // Another name for the same array, read and transposed back.
  if (op === "Reshape") return g.add(g.reshape(g.transpose(g.reshape(a, [2, 3]), [1, 0]), [3, 2]), b);
  return g.apply(op as "Tanh" | "Sigmoid", [a], {});
}

describe("cpu agrees with the reference on random shapes", () => {
  it("broadcast arithmetic", () => {
    const cases = shapeOfRank(0, 4).chain((shape) => fc.tuple(broadcastable(shape), broadcastable(shape), seeds));
    const property = fc.asyncProperty(cases, fc.constantFrom("Add", "Sub", "Mul"), async ([a, b, from], op) => {
      const error = await agreement((g) => {
        const xs = [g.input("a", "float", a), g.input("b", "float", b)];
        return { xs, y: g.apply(op as "Add", xs, {}) };
      }, from);
      expect(error).toBeLessThanOrEqual(tolerance);
    });
    return fc.assert(property, { seed, numRuns: 150 });
  });

  it("matrix products, of tiles and remainders, with transposed operands and batches", () => {
    const n = fc.integer({ min: 1, max: 11 });
    const cases = fc.tuple(shapeOfRank(0, 2), n, n, n, fc.boolean(), fc.boolean(), seeds);
    const property = fc.asyncProperty(cases, async ([batch, M, K, N, transposeA, transposeB, from]) => {
      const rank = batch.length + 2;
      const perm = [...batch.keys(), rank - 1, rank - 2];
      const error = await agreement((g) => {
        const a = g.input("a", "float", [...batch, ...(transposeA ? [K, M] : [M, K])]);
        const b = g.input("b", "float", [...batch, ...(transposeB ? [N, K] : [K, N])]);
        const left = transposeA ? g.transpose(a, perm) : a;
        return { xs: [a, b], y: g.matMul(left, transposeB ? g.transpose(b, perm) : b) };
      }, from);
      expect(error).toBeLessThanOrEqual(tolerance);
    });
    return fc.assert(property, { seed, numRuns: 150 });
  });

  it("sums over any axes", () => {
    const cases = shapeOfRank(1, 4).chain((shape) =>
      fc.tuple(fc.constant(shape), fc.subarray([...shape.keys()]), fc.boolean(), seeds),
    );
    const property = fc.asyncProperty(cases, async ([shape, axes, keepDims, from]) => {
      const error = await agreement((g) => {
        const x = g.input("x", "float", shape);
        return { xs: [x], y: g.sum(x, axes, keepDims) };
      }, from);
      expect(error).toBeLessThanOrEqual(tolerance);
    });
    return fc.assert(property, { seed, numRuns: 150 });
  });

  it("transposes and softmaxes of any axis", () => {
    // At least 9 elements: with a line or two, cotangents that happen to be alike leave a gradient of rounding errors.
    const shapes = fc.array(fc.integer({ min: 3, max: 6 }), { minLength: 2, maxLength: 4 });
    const cases = shapes.chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
        fc.nat(shape.length - 1),
        seeds,
      ),
    );
    const property = fc.asyncProperty(cases, async ([shape, perm, axis, from]) => {
      const error = await agreement((g) => {
        const x = g.input("x", "float", shape);
        const soft = g.apply("Softmax", [g.transpose(x, perm)], { axis });
        const y = g.add(soft, g.apply("LogSoftmax", [g.transpose(x, perm)], { axis }));
        return { xs: [x], y };
      }, from);
      expect(error).toBeLessThanOrEqual(tolerance);
    });
    return fc.assert(property, { seed, numRuns: 100 });
  });

  it("slices, padding and concatenation", () => {
    const range = fc.tuple(extent, extent, extent);
    const property = fc.asyncProperty(fc.array(range, { minLength: 1, maxLength: 3 }), seeds, async (axes, from) => {
      const shape = axes.map(([before, kept, after]) => before + kept + after);
      const error = await agreement((g) => {
        const x = g.input("x", "float", shape);
        const starts = axes.map(([before]) => before);
        const inner = g.apply("Slice", [x], { starts, ends: axes.map(([before, kept]) => before + kept) });
        const padded = g.apply("Pad", [inner], { before: starts, after: axes.map(([, , after]) => after) });
        return { xs: [x], y: g.apply("Concat", [padded, x, padded], { axis: 0 }) };
      }, from);
      expect(error).toBeLessThanOrEqual(tolerance);
    });
    return fc.assert(property, { seed, numRuns: 100 });
  });

  it("chains in which arrays are used again: no value is overwritten while it is needed", () => {
    const steps = fc.array(
      fc.tuple(fc.constantFrom("Add", "Mul", "Tanh", "Sigmoid", "Reshape"), fc.nat(30), fc.nat(30)),
      {
        minLength: 5,
        maxLength: 30,
      },
    );
    const property = fc.asyncProperty(steps, seeds, async (chain, from) => {
      const error = await agreement((g) => {
        const x = g.input("x", "float", [3, 2]);
        const values = [x, g.apply("Sigmoid", [x], {})];
        for (const [op, i, j] of chain) {
          const [a, b] = [values[i % values.length], values[j % values.length]] as const;
          // Bounded, so that long chains neither vanish nor overflow.
          values.push(g.apply("Tanh", [link(g, op, [a, b])], {}));
        }
        return { xs: [x], y: values.at(-1)! };
      }, from);
      expect(error).toBeLessThanOrEqual(tolerance);
    });
    return fc.assert(property, { seed, numRuns: 100 });
  });
});
