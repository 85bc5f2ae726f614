import type { TableFigureOptions, TableFigures } from "./table-figures.ts";

type Vector = readonly number[];

const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
const cosine = (a: Vector, b: Vector): number => dot(a, b) / (Math.hypot(...a) * Math.hypot(...b));

/** H K H with K the N × N matrix of scalar products and H the centring matrix. */
function centredKernel(rows: readonly Vector[]): number[][] {
  const kernel = rows.map((a) => rows.map((b) => dot(a, b)));
  const means = kernel.map(mean);
  const all = mean(means);
  return kernel.map((line, i) => line.map((value, j) => value - means[i]! - means[j]! + all));
}

/** HSIC(K, L) / √(HSIC(K, K) HSIC(L, L)), from the kernels. */
function ckaOf(before: readonly Vector[], after: readonly Vector[]): number {
  const [k, l] = [centredKernel(before).flat(), centredKernel(after).flat()];
  return dot(k, l) / Math.sqrt(dot(k, k) * dot(l, l));
}

/** Eigenvectors of a symmetric matrix as columns, by Jacobi's rotations. */
function eigenvectors(matrix: number[][]): number[][] {
  const size = matrix.length;
  const a = matrix.map((line) => [...line]);
  const v = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  const rotate = (lines: number[][], p: number, q: number, c: number, s: number): void => {
    for (const line of lines) {
      const [x, y] = [line[p]!, line[q]!];
      line[p] = c * x - s * y;
      line[q] = s * x + c * y;
    }
  };
  const transpose = (lines: number[][]): number[][] => lines.map((_, i) => lines.map((line) => line[i]!));
  for (let sweep = 0; sweep < 60; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!);
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        rotate(a, p, q, c, s);
        const turned = transpose(a);
        rotate(turned, p, q, c, s);
        transpose(turned).forEach((line, i) => {
          a[i] = line;
        });
        rotate(v, p, q, c, s);
      }
    }
  }
  return transpose(v);
}

function partitionOf(rows: readonly Vector[]): number {
  const size = rows[0]!.length;
  const gram = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
  );
  const sums = eigenvectors(gram).flatMap((c) =>
    [1, -1].map((sign) => rows.reduce((sum, row) => sum + Math.exp(sign * dot(c, row)), 0)),
  );
  return Math.min(...sums) / Math.max(...sums);
}

function averageCosineOf(rows: readonly Vector[]): number {
  return mean(rows.flatMap((a, i) => rows.slice(i + 1).map((b) => cosine(a, b))));
}

/** The k members of `among` nearest to row `of`, itself left out. */
function nearest(rows: readonly Vector[], of: number, k: number, among: readonly number[]): number[] {
  return among
    .filter((row) => row !== of)
    .sort((a, b) => cosine(rows[of]!, rows[b]!) - cosine(rows[of]!, rows[a]!) || a - b)
    .slice(0, k);
}

/** Only where both groups are of one size, so that no sample is drawn. */
function breakOf(before: readonly Vector[], after: readonly Vector[], seen: number[], unseen: number[], k: number) {
  const all = [...seen, ...unseen];
  const share = (rows: readonly Vector[]): number =>
    mean(seen.map((of) => nearest(rows, of, k, all).filter((row) => unseen.includes(row)).length / k));
  const kept = (rows: readonly Vector[], group: number[]): number =>
    mean(seen.flatMap((of) => nearest(before, of, k, group).map((row) => cosine(rows[of]!, rows[row]!))));
  return [
    share(before),
    share(after),
    kept(before, seen),
    kept(after, seen),
    kept(before, unseen),
    kept(after, unseen),
  ];
}

/**
 * The figures of `measuredFigures` from a table before and after, `[V, D]` each, written down from their definitions (kernels
 * of N × N for CKA, Jacobi's rotations for the directions of isotropy) and sharing nothing with core and analysis. Row 0 is
 * padding; no other row is zero, and as many rows were seen as were not.
 */
export function figuresByDefinition(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  { dimension, k, counts, bandStarts }: TableFigureOptions & { readonly dimension: number },
): TableFigures {
  const rowsOf = (numbers: ArrayLike<number>): number[][] =>
    counts.slice(1).map((_, i) => Array.from({ length: dimension }, (_, d) => numbers[(i + 1) * dimension + d]!));
  const [old, now] = [rowsOf(before), rowsOf(after)];
  const all = old.map((_, row) => row);
  const moved = all.filter((row) => old[row]!.some((x, d) => x !== now[row]![d]));
  const overlap = mean(
    moved.map((of) => {
      const kept = nearest(old, of, k, all);
      return nearest(now, of, k, all).filter((row) => kept.includes(row)).length / k;
    }),
  );
  const pick = (rows: readonly Vector[], chosen: readonly number[]): Vector[] => chosen.map((row) => rows[row]!);
  const bandOf = (row: number): number => bandStarts.filter((start) => start <= counts[row + 1]!).length - 1;
  const bands = bandStarts
    .map((_, band) => all.filter((row) => bandOf(row) === band))
    .filter((members) => members.length > 0)
    .map((members) => ({ size: members.length, moved: members.filter((row) => moved.includes(row)) }));
  const byBand = (figure: (row: number) => number): number[] =>
    bands.map(({ moved }) => (moved.length === 0 ? 0 : mean(moved.map(figure))));
  const seen = all.filter((row) => counts[row + 1]! > 0);
  const unseen = all.filter((row) => counts[row + 1] === 0);
  return {
    "neighbour overlap": [overlap, overlap],
    "linear CKA": [ckaOf(pick(old, moved), pick(now, moved)), ckaOf(old, now)],
    "average cosine": [averageCosineOf(old), averageCosineOf(now)],
    "partition isotropy": [partitionOf(old), partitionOf(now)],
    "break between seen and never-seen rows": breakOf(old, now, seen, unseen, k),
    "frequency bands": bands.flatMap(({ size, moved }) => [size, moved.length]),
    "cosine distance by band": byBand((row) => 1 - cosine(old[row]!, now[row]!)),
    "L2 by band": byBand((row) => Math.hypot(...now[row]!.map((x, d) => x - old[row]![d]!))),
  };
}
