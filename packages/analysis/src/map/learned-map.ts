import { createRandom, type FloatArray, shuffle } from "@thawline/core";
import { identityMatrix } from "../linear/matrices.ts";
import { orthogonalProcrustes } from "../linear/procrustes.ts";
import { ridgeMap } from "../linear/ridge-map.ts";
import { type RowMatrix, rowStart, samePairCount, selectRows } from "../linear/row-matrix.ts";
import { bootstrapInterval } from "../stats/bootstrap.ts";
import type { Interval } from "../stats/interval.ts";

/** A kind of map that is tried. */
export type MapKind = "procrustes" | "ridge";

/** One map that was tried. */
export interface MapCandidate {
  readonly kind: MapKind;
  /** Of the ridge, in units of the mean of XᵀX's diagonal; `null` for Procrustes. */
  readonly lambda: number | null;
  /** Error on the rows for choosing, relative to the identity (1: no better than leaving rows where they are). */
  readonly choiceError: number;
}

/** A linear map from the space before to the space after, as plain data, and how far it can be trusted. */
export interface LearnedMap {
  /** `[D, D]` row-major: a row x goes to x A. The identity where `advised` is false. */
  readonly matrix: Float64Array;
  readonly dimension: number;
  readonly kind: MapKind;
  readonly lambda: number | null;
  /**
   * Σ ‖x A − y‖² / Σ ‖x − y‖² over rows that neither the fit nor the choice saw: 0 perfect, 1 no better than not moving
   * the row at all, above 1 worse. The interval is a bootstrap over those rows.
   */
  readonly heldOutError: Interval;
  readonly candidates: readonly MapCandidate[];
  readonly rows: { readonly fit: number; readonly choice: number; readonly heldOut: number };
  /** Whether carrying the change over is advised: the interval of the held-out error lies below 1 − `leastGain`. */
  readonly advised: boolean;
  /** In plain words. */
  readonly reason: string;
  readonly seed: number;
}

/** What is tried, and on which rows. */
export interface LearnMapOptions {
  /** Default 1e-3 to 1e3, in powers of ten. */
  readonly lambdas?: readonly number[];
  /**
   * Share of the error that the map must take away, in [0, 1); default 0.05. With many rows even a map that explains one
   * per cent of the moves is reliably better than none, but would move every other row for nothing.
   */
  readonly leastGain?: number;
  /** Default 1. */
  readonly seed?: number;
}

/** Fewer moved rows than these tell nothing. */
const leastRows = 30;
const defaultLambdas: readonly number[] = [1e-3, 1e-2, 1e-1, 1, 10, 100, 1000];

/** ‖x A − y‖² and ‖x − y‖² of each row. */
function squaredErrors(matrix: Float64Array, x: RowMatrix, y: RowMatrix) {
  const { dimension } = x;
  const count = samePairCount(x, y);
  const mapped = new Float64Array(count);
  const unmapped = new Float64Array(count);
  const row = new Float64Array(dimension);
  for (let i = 0; i < count; i++) {
    const [from, to] = [rowStart(x, i), rowStart(y, i)];
    row.set(x.data.subarray(from, from + dimension));
    const image = mapRow(matrix, row);
    for (let d = 0; d < dimension; d++) {
      mapped[i] += (image[d] - y.data[to + d]) ** 2;
      unmapped[i] += (row[d] - y.data[to + d]) ** 2;
    }
  }
  return { mapped, unmapped };
}

/** x A, fresh. */
function mapRow(matrix: Float64Array, row: ArrayLike<number>): Float64Array {
  const dimension = row.length;
  const image = new Float64Array(dimension);
  for (let d = 0; d < dimension; d++) {
    const value = row[d];
    if (value === 0) continue;
    for (let e = 0; e < dimension; e++) image[e] += value * matrix[d * dimension + e];
  }
  return image;
}

const total = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
};

/**
 * Error of a map A on paired rows relative to the identity: Σ ‖x A − y‖² / Σ ‖x − y‖². `matrix` `[D, D]` row-major, all
 * borrowed; 1 where no row differs from its partner and the map moves none.
 */
export function relativeMapError(matrix: Float64Array, x: RowMatrix, y: RowMatrix): number {
  const { mapped, unmapped } = squaredErrors(matrix, x, y);
  const [error, scale] = [total(mapped), total(unmapped)];
  return scale === 0 ? (error === 0 ? 1 : Number.POSITIVE_INFINITY) : error / scale;
}

/** 60 % of the rows to fit, 20 % to choose, 20 % held out; each ascending. */
function split(count: number, seed: number): readonly [Int32Array, Int32Array, Int32Array] {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(order, createRandom(seed));
  const [first, second] = [Math.floor(count * 0.6), Math.floor(count * 0.8)];
  return [order.slice(0, first).sort(), order.slice(first, second).sort(), order.slice(second).sort()];
}

function heldOutError(matrix: Float64Array, x: RowMatrix, y: RowMatrix, seed: number): Interval {
  const { mapped, unmapped } = squaredErrors(matrix, x, y);
  // The statistic is of drawn rows: their numbers stand for them.
  const rows = Array.from(mapped, (_, i) => i);
  const statistic = (drawn: Float64Array): number => {
    let [error, scale] = [0, 0];
    for (const i of drawn) {
      error += mapped[i];
      scale += unmapped[i];
    }
    return error / scale;
  };
  return bootstrapInterval(rows, { statistic, seed, resamples: 1000 });
}

const fit = (kind: MapKind, lambda: number | null, x: RowMatrix, y: RowMatrix): Float64Array =>
  kind === "procrustes" ? orthogonalProcrustes(x, y) : ridgeMap(x, y, lambda!);

/**
 * Learns what training did to the rows it moved, as a linear map, so that rows training never saw can be moved likewise.
 * `before` and `after` `[N, D]` are the moved rows, paired, borrowed. Orthogonal Procrustes and ridge-regularised maps are
 * fitted on 60 % of the rows; the one of least error on another 20 % is chosen, measured on the last 20 %, and fitted
 * again on all. `advised` is false, and the map the identity, unless that error is reliably less than that of not
 * moving rows at all, by `leastGain`.
 * @remarks The maps of Mikolov, Le and Sutskever 2013 (linear) and Xing et al. 2015 (orthogonal), between a space before
 * and after instead of two languages.
 * @throws RangeError for fewer than 30 rows, or rows of which none differs from its partner
 */
export function learnMap(before: RowMatrix, after: RowMatrix, options: LearnMapOptions = {}): LearnedMap {
  const { lambdas = defaultLambdas, leastGain = 0.05, seed = 1 } = options;
  const count = samePairCount(before, after);
  const { dimension } = before;
  if (count < leastRows) throw new RangeError(`a map is learned from at least ${leastRows} moved rows, got ${count}`);
  const parts = split(count, seed);
  const [x, xChoice, xHeldOut] = parts.map((rows) => selectRows(before, rows));
  const [y, yChoice, yHeldOut] = parts.map((rows) => selectRows(after, rows));
  const kinds = [["procrustes", null], ...lambdas.map((lambda) => ["ridge", lambda] as const)] as const;
  const tried = kinds.map(([kind, lambda]) => {
    const matrix = fit(kind, lambda, x, y);
    return { kind, lambda, choiceError: relativeMapError(matrix, xChoice, yChoice), matrix };
  });
  const best = tried.reduce((a, b) => (b.choiceError < a.choiceError ? b : a));
  const error = heldOutError(best.matrix, xHeldOut, yHeldOut, seed);
  const advised = error.high < 1 - leastGain;
  return {
    matrix: advised ? fit(best.kind, best.lambda, before, after) : identityMatrix(dimension),
    dimension,
    kind: best.kind,
    lambda: best.lambda,
    heldOutError: error,
    candidates: tried.map(({ kind, lambda, choiceError }) => ({ kind, lambda, choiceError })),
    rows: { fit: parts[0].length, choice: parts[1].length, heldOut: parts[2].length },
    advised,
    reason: reasonOf(error, advised, leastGain),
    seed,
  };
}

function reasonOf({ estimate, low, high }: Interval, advised: boolean, leastGain: number): string {
  const figures = `on moved rows held out, the map has ${estimate.toFixed(3)} of the error of leaving rows where they are (95 % interval ${low.toFixed(3)} to ${high.toFixed(3)})`;
  if (advised) return figures;
  return `${figures}: not reliably better by ${Math.round(leastGain * 100)} %, so rows stay where they are`;
}

/**
 * Moves rows by a learned map: `[N, D]` of the type of the rows' data, fresh.
 * @throws RangeError where the dimension differs
 */
export function applyLearnedMap(map: Pick<LearnedMap, "matrix" | "dimension">, rows: RowMatrix): FloatArray {
  const { dimension } = map;
  if (rows.dimension !== dimension)
    throw new RangeError(`the map is of dimension ${dimension}, the rows ${rows.dimension}`);
  const count = rows.rows === undefined ? rows.data.length / dimension : rows.rows.length;
  const length = count * dimension;
  const moved = rows.data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
  for (let i = 0; i < count; i++) {
    const start = rowStart(rows, i);
    moved.set(mapRow(map.matrix, rows.data.subarray(start, start + dimension)), i * dimension);
  }
  return moved;
}
