import type { DriftReport } from "@thawline/core";

/** The figures of a drift report that are numbers. */
export const driftFigures = [
  "movedRows",
  "frozenRows",
  "movedNewRows",
  "meanCosineDistance",
  "medianCosineDistance",
  "p95CosineDistance",
  "maxCosineDistance",
  "meanL2",
  "maxL2",
  "meanRelativeL2",
] as const satisfies readonly (keyof DriftReport)[];

type Figures = Readonly<Record<(typeof driftFigures)[number], number>> & { readonly mostMoved: readonly number[] };

const norm = (v: readonly number[]): number => Math.hypot(...v);
const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Quantile by linear interpolation between order statistics. */
function quantileOf(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at % 1);
}

/**
 * Drift figures from a table before and after, `[V, D]` each, written down from their definitions and sharing nothing with
 * core: a fault in core's formulas would be the same on every backend, and show only here. Every row counts as pre-trained;
 * none is a zero vector but padding, row 0.
 */
export function driftByDefinition(before: readonly number[], after: ArrayLike<number>, dimension: number): Figures {
  const rows = Array.from({ length: before.length / dimension }, (_, row) => {
    const at = row * dimension;
    const a = before.slice(at, at + dimension);
    const b = Array.from(a, (_, d) => after[at + d]!);
    const distance = norm(b.map((x, d) => x - a[d]!));
    // The law of cosines, instead of a scalar product.
    const cosine = (norm(a) ** 2 + norm(b) ** 2 - distance ** 2) / (2 * norm(a) * norm(b));
    return { row, distance, relative: distance / norm(a), cosineDistance: 1 - cosine };
  });
  const moved = rows.filter(({ distance }) => distance > 0);
  const cosines = moved.map(({ cosineDistance }) => cosineDistance);
  return {
    movedRows: moved.length,
    frozenRows: rows.length - moved.length,
    movedNewRows: 0,
    meanCosineDistance: mean(cosines),
    medianCosineDistance: quantileOf(cosines, 0.5),
    p95CosineDistance: quantileOf(cosines, 0.95),
    maxCosineDistance: Math.max(0, ...cosines),
    meanL2: mean(moved.map(({ distance }) => distance)),
    maxL2: Math.max(0, ...moved.map(({ distance }) => distance)),
    meanRelativeL2: mean(moved.map(({ relative }) => relative)),
    mostMoved: moved
      .sort((x, y) => y.cosineDistance - x.cosineDistance)
      .slice(0, 10)
      .map(({ row }) => row),
  };
}
