import { describe, expect, it } from "vitest";
import { createEmbeddingTable, type EmbeddingTable, rowOf } from "../embedding/table.ts";
import { createRandom } from "../util/random.ts";
import { neighborOverlap } from "./neighbor-overlap.ts";

/** Unit vectors in the plane at these degrees; row 0 is padding. */
function circle(degrees: readonly number[], pretrained?: Uint8Array): EmbeddingTable {
  const angles = degrees.map((angle) => (angle * Math.PI) / 180);
  const anchor = Float64Array.from([0, 0, ...angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])]);
  return createEmbeddingTable({
    dimension: 2,
    anchor,
    activeRows: "all",
    ...(pretrained === undefined ? {} : { pretrained }),
  });
}

function turn(table: EmbeddingTable, row: number, degrees: number): void {
  const angle = (degrees * Math.PI) / 180;
  rowOf(table, row).set([Math.cos(angle), Math.sin(angle)]);
}

/** The definition: full cosine lists before and after, every moved row, all other rows as candidates. */
function bruteForce(table: EmbeddingTable, k: number): number {
  const rows = Array.from({ length: table.rows - 1 }, (_, i) => i + 1);
  const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    const dot = (x: ArrayLike<number>, y: ArrayLike<number>) => Array.from(x).reduce((sum, v, d) => sum + v * y[d], 0);
    const norms = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
    return norms === 0 ? 0 : dot(a, b) / norms;
  };
  const anchorRow = (row: number) => table.anchor.subarray(row * table.dimension, (row + 1) * table.dimension);
  const neighbors = (of: number, read: (row: number) => ArrayLike<number>): number[] =>
    rows
      .filter((row) => row !== of)
      .sort((a, b) => cosine(read(of), read(b)) - cosine(read(of), read(a)) || a - b)
      .slice(0, k);
  const moved = rows.filter((row) => anchorRow(row).some((x, d) => x !== rowOf(table, row)[d]));
  const shared = moved.map((row) => {
    const before = neighbors(row, anchorRow);
    return neighbors(row, (other) => rowOf(table, other)).filter((other) => before.includes(other)).length / k;
  });
  return shared.reduce((a, b) => a + b, 0) / moved.length;
}

describe("neighborOverlap", () => {
  it("is 1 where nothing moved", () => {
    expect(neighborOverlap(circle([0, 10, 20]))).toMatchObject({ overlap: 1, sample: 0, candidates: 3 });
  });

  it("by hand: a row that crosses to the other side loses its neighbours", () => {
    const table = circle([0, 10, 20, 180, 190, 200]);
    turn(table, 1, 185);
    // Row 1 had rows 2 and 3 beside it, and has rows 4 and 5 now.
    expect(neighborOverlap(table, { k: 2 })).toEqual({ overlap: 0, k: 2, sample: 1, candidates: 6, seed: 1 });
    turn(table, 1, 1);
    expect(neighborOverlap(table, { k: 2 }).overlap).toBe(1);
    // Row 3 is the nearest; rows 2 and 4 are equally far at 95 degrees.
    turn(table, 1, 94);
    expect(neighborOverlap(table, { k: 2 }).overlap).toBe(1);
    turn(table, 1, 96);
    expect(neighborOverlap(table, { k: 2 }).overlap).toBe(0.5);
  });

  it("breaks ties by the lower row, before and after", () => {
    // Rows 2 to 5 are alike, so that row 1 has four equal neighbours.
    const anchor = Float64Array.from(
      [
        [0, 0],
        [1, 0],
        [0, 1],
        [0, 1],
        [0, 1],
        [0, 1],
      ].flat(),
    );
    const table = createEmbeddingTable({ dimension: 2, anchor, activeRows: "all" });
    rowOf(table, 1).set([1, 0.5]);
    expect(neighborOverlap(table, { k: 2 }).overlap).toBe(1);
    // Now rows 4 and 5 are nearer than rows 2 and 3, which were first among equals; all three moved rows count.
    rowOf(table, 4).set([1, 1]);
    rowOf(table, 5).set([1, 1]);
    expect(neighborOverlap(table, { k: 2 }).overlap).toBe(bruteForce(table, 2));
  });

  it("is the brute-force figure on random tables", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = createRandom(seed);
      const anchor = Float64Array.from({ length: 21 * 3 }, () => random.nextNormal());
      const table = createEmbeddingTable({ dimension: 3, anchor, activeRows: "all" });
      for (let slot = 0; slot < 12; slot++) table.overlay[slot * 3] += random.nextNormal();
      const overlap = neighborOverlap(table, { k: 4 });
      expect(overlap).toMatchObject({ k: 4, sample: 12, candidates: 20 });
      expect(overlap.overlap).toBeCloseTo(bruteForce(table, 4), 12);
      expect(overlap.overlap).toBeLessThan(1);
    }
  });

  it("leaves padding and made-up rows out on both sides", () => {
    const pretrained = Uint8Array.of(1, 1, 1, 1, 0, 0);
    const table = circle([0, 10, 20, 1, 2], pretrained);
    turn(table, 4, 90);
    expect(neighborOverlap(table)).toMatchObject({ overlap: 1, sample: 0, candidates: 3 });
    turn(table, 1, 100);
    expect(neighborOverlap(table, { k: 1 })).toMatchObject({ overlap: 0, sample: 1, candidates: 3 });
  });

  it("takes a seeded sample", () => {
    const random = createRandom(1);
    const anchor = Float64Array.from({ length: 301 * 4 }, () => random.nextNormal());
    const table = createEmbeddingTable({ dimension: 4, anchor, activeRows: "all" });
    for (let i = 0; i < table.overlay.length; i++) table.overlay[i] += random.nextNormal();
    const options = { k: 5, sample: 20, candidates: 100, seed: 7 };
    const first = neighborOverlap(table, options);
    expect(neighborOverlap(table, options)).toEqual(first);
    expect(first.sample).toBe(20);
    // The sampled rows join the candidates.
    expect(first.candidates).toBeGreaterThanOrEqual(100);
    expect(first.candidates).toBeLessThanOrEqual(120);
    const others = [1, 2, 3, 4, 5].map((seed) => neighborOverlap(table, { ...options, seed }).overlap);
    expect(new Set(others).size).toBeGreaterThan(1);
  });
});
