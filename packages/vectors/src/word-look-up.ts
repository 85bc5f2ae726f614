import type { WeightedLookUp } from "@thawline/core";

/** The rows that make up one word or token, and their weights. */
export interface WordLookUp {
  readonly rows: Int32Array;
  readonly weights: Float32Array;
}

/** The mean of some rows: each with weight 1 / n. */
export function evenly(rows: readonly number[]): WordLookUp {
  return { rows: Int32Array.from(rows), weights: new Float32Array(rows.length).fill(1 / rows.length) };
}

/** Puts look-ups one behind the other, in the form that core's tables take. */
export function joinLookUps(found: readonly WordLookUp[]): WeightedLookUp {
  const offsets = new Int32Array(found.length + 1);
  for (const [token, { rows }] of found.entries()) offsets[token + 1] = offsets[token] + rows.length;
  const rows = new Int32Array(offsets[found.length]);
  const weights = new Float32Array(rows.length);
  for (const [token, look] of found.entries()) {
    rows.set(look.rows, offsets[token]);
    weights.set(look.weights, offsets[token]);
  }
  return { kind: "weighted", offsets, rows, weights };
}
