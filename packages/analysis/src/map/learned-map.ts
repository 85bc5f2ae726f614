import { createRandom, shuffle } from "@thawline/core";
import { identityMatrix } from "../linear/matrices.ts";
import { orthogonalProcrustes } from "../linear/procrustes.ts";
import { ridgeMap } from "../linear/ridge-map.ts";
import { type RowMatrix, samePairCount, selectRows } from "../linear/row-matrix.ts";
import { bootstrapInterval } from "../stats/bootstrap.ts";
import type { Interval } from "../stats/interval.ts";
import { relativeMapError, squaredErrors } from "./map-error.ts";

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
