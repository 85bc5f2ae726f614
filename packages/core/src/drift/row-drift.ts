import type { FloatArray } from "../tensor.ts";

/** How far one row moved. */
export interface RowDrift {
  /** ‖after − before‖₂, in units of the vectors. */
  readonly l2: number;
  /** ‖after − before‖₂ / ‖before‖₂; Infinity where a zero row moved. */
  readonly relativeL2: number;
  /** 1 − cosine, in [0, 2]: 0 unmoved or only rescaled, 1 orthogonal. Where one of the two is a zero vector 1, where both 0. */
  readonly cosineDistance: number;
}

/**
 * Drift of a row from `before` to `after`, `dimension` numbers each from the offsets given. Accumulates in float64;
 * exactly 0 for equal rows.
 */
export function rowDrift(
  before: { readonly values: FloatArray; readonly at: number },
  after: { readonly values: FloatArray; readonly at: number },
  dimension: number,
): RowDrift {
  let dot = 0;
  let normBefore = 0;
  let normAfter = 0;
  let squared = 0;
  for (let d = 0; d < dimension; d++) {
    const a = before.values[before.at + d]!;
    const b = after.values[after.at + d]!;
    dot += a * b;
    normBefore += a * a;
    normAfter += b * b;
    squared += (b - a) * (b - a);
  }
  if (squared === 0) return { l2: 0, relativeL2: 0, cosineDistance: 0 };
  const l2 = Math.sqrt(squared);
  if (normBefore === 0 || normAfter === 0) {
    return { l2, relativeL2: normBefore === 0 ? Number.POSITIVE_INFINITY : 1, cosineDistance: 1 };
  }
  const cosine = dot / Math.sqrt(normBefore * normAfter);
  return { l2, relativeL2: l2 / Math.sqrt(normBefore), cosineDistance: Math.min(2, Math.max(0, 1 - cosine)) };
}
