import type { FloatArray } from "../tensor.ts";

/** Where a pull or a measurement happens: `length` numbers of `values` from `at`, towards those of `origin` from `originAt`. */
export interface PullSpan {
  values: FloatArray;
  origin: FloatArray;
  at: number;
  originAt: number;
  length: number;
  /** Share of the way that a pull goes back, in [0, 1]. */
  share: number;
}

function pull64({ values, origin, at, originAt, length, share }: PullSpan): void {
  for (let d = 0; d < length; d++) {
    const w = values[at + d]!;
    values[at + d] = w - share * (w - origin[originAt + d]!);
  }
}

/** In float32 arithmetic: every operation is rounded, as the SIMD kernel rounds it. */
function pull32({ values, origin, at, originAt, length, share }: PullSpan): void {
  const round = Math.fround;
  const part = round(share);
  for (let d = 0; d < length; d++) {
    const w = values[at + d]!;
    values[at + d] = w - round(part * round(w - round(origin[originAt + d]!)));
  }
}

/**
 * Writes to `into` Σ w · origin, Σ w² and Σ (w − origin)² over a span, in float64 and in any order: for a judgement that leaves
 * room for rounding.
 */
export function measureSpan({ values, origin, at, originAt, length }: PullSpan, into: Float64Array): void {
  let dot = 0;
  let squared = 0;
  let squaredWay = 0;
  for (let d = 0; d < length; d++) {
    const w = values[at + d]!;
    const o = origin[originAt + d]!;
    dot += w * o;
    squared += w * w;
    squaredWay += (w - o) * (w - o);
  }
  into[0] = dot;
  into[1] = squared;
  into[2] = squaredWay;
}

/**
 * w ← w − share · (w − origin), in the storage's precision. In this form a small share keeps its digits, which 1 − share would
 * lose, and where there is no way to go w keeps its bits, −0 too.
 */
export function pullSpan(span: PullSpan): void {
  if (span.values instanceof Float32Array) pull32(span);
  else pull64(span);
}
