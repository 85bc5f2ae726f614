import { expect } from "vitest";
import generated from "../../../test-fixtures/drift/drift-figures.json";
import type { WordTable } from "../src/drift/pair-tables.ts";

/** Two tables and their drift figures by numpy and scipy (test-fixtures/drift/make_drift_figures.py). */
export const figures = generated;

const { words, dimension } = generated;
export const before: WordTable = { words, dimension, data: Float64Array.from(generated.before) };
export const after: WordTable = { words, dimension, data: Float64Array.from(generated.after) };
/** Positions of the rows that differ. */
export const movedRows: readonly number[] = generated.rows.map(({ row }) => row);
export const counts: ReadonlyMap<string, number> = new Map(words.map((word, i) => [word, generated.counts[i]]));
export const seen: ReadonlySet<string> = new Set(words.filter((_, i) => generated.seen[i]));

/** Fails unless two pieces of plain data have one form and every number agrees to 1e-9 of its size (1e-9 at least). */
export function expectAlike(actual: unknown, expected: unknown, path = "figure"): void {
  if (typeof expected === "number" && typeof actual === "number") {
    const error = Math.abs(actual - expected);
    if (!(error <= 1e-9 * Math.max(1, Math.abs(expected)))) expect.fail(`${path}: ${actual}, expected ${expected}`);
    return;
  }
  if (typeof expected === "object" && expected !== null) {
    expect(typeof actual, path).toBe("object");
    for (const [key, value] of Object.entries(expected)) {
      expectAlike((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
    if (Array.isArray(expected) || ArrayBuffer.isView(expected)) {
      expect((actual as ArrayLike<unknown>).length, path).toBe((expected as ArrayLike<unknown>).length);
    }
    return;
  }
  expect(actual, path).toEqual(expected);
}
