import { precisionOf } from "../embedding/allocate.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { PolicyError } from "../errors.ts";
import { sumOfSquares } from "./clip.ts";
import { type NearAnchor, nearAnchor } from "./near-anchor.ts";
import { checkHeldRows, type HeldRows } from "./pull.ts";
import type { PullSpan } from "./pull-span.ts";

/** How far a row may be from its pre-trained values, in the figures of `rowDrift`; all limits that are given hold. */
export interface TrustRegionConfig extends HeldRows {
  /** 1 − cosine, in [0, 2]. A row beyond it is turned back in the plane of w₀ and w, at its length. */
  readonly maxCosineDistance?: number;
  /** ‖w − w₀‖₂ ≥ 0. A row beyond it goes back on the straight line: w₀ + (w − w₀) R / ‖w − w₀‖. */
  readonly maxL2?: number;
  /** ‖w − w₀‖₂ / ‖w₀‖₂ ≥ 0, brought back in the same way. */
  readonly maxRelativeL2?: number;
}

/** @throws PolicyError INVALID_CONFIG */
export function checkTrustRegion(config: TrustRegionConfig): void {
  const limits = { maxCosineDistance: 2, maxL2: Number.MAX_VALUE, maxRelativeL2: Number.MAX_VALUE };
  checkHeldRows("trustRegion", config);
  const names = Object.keys(limits) as (keyof typeof limits)[];
  if (names.every((name) => config[name] === undefined)) {
    throw new PolicyError("INVALID_CONFIG", `trustRegion should have ${names.join(", ")} or some of them, got none`);
  }
  for (const name of names) {
    const limit = config[name];
    if (limit === undefined || (typeof limit === "number" && limit >= 0 && limit <= limits[name])) continue;
    const range = name === "maxCosineDistance" ? "from 0 to 2" : "≥ 0";
    throw new PolicyError("INVALID_CONFIG", `trustRegion ${name} should be a number ${range}, got ${limit}`);
  }
}

/** Keeps rows near their pre-trained values. */
export interface TrustRegion {
  /** Brings a row that is outside to the border; one that is inside keeps its bits. Returns whether it was outside. */
  project(slot: number): boolean;
}

/**
 * A trust region for the rows of `table`. What it leaves is inside as `rowDrift` measures it, after rounding: where rounding
 * takes a row out again, it aims lower by an ulp, then by four, and so on. Where nothing leads back (a zero vector has no
 * direction, a limit may be finer than the numbers), the row returns to its anchor; one that is exactly opposite to its
 * anchor, in no plane with it, to the anchor's direction. The optimizer's moments stay as they are.
 * @remarks Projected gradient descent (Goldstein 1964, Levitin and Polyak 1966) with one set a row.
 */
export function createTrustRegion(
  table: EmbeddingTable,
  config: TrustRegionConfig,
  near: NearAnchor = nearAnchor(table),
): TrustRegion {
  const { dimension, anchor, overlay, activeRows, arena } = table;
  const { maxCosineDistance = 2, maxL2 = Number.POSITIVE_INFINITY } = config;
  const { maxRelativeL2 = Number.POSITIVE_INFINITY } = config;
  const ulp = precisionOf(overlay) === "float32" ? 2 ** -23 : 2 ** -52;
  // 2 asin √(c / 2) is arccos(1 − c), without its loss of digits near 0.
  const maxAngle = 2 * Math.asin(Math.sqrt(maxCosineDistance / 2));
  const outside = new Float64Array(dimension);
  const row = new Float64Array(dimension);
  let at = 0;
  let from = 0;
  const measured = { cosineDistance: 0, l2: 0, anchorNorm: 0, rowNorm: 0, dot: 0 };

  /** In the operations and the order of `rowDrift`: what it reports is what is held. */
  const measure = (): void => {
    let dot = 0;
    let squaredAnchor = 0;
    let squaredRow = 0;
    let squaredWay = 0;
    for (let d = 0; d < dimension; d++) {
      const a = anchor[from + d]!;
      const b = overlay[at + d]!;
      dot += a * b;
      squaredAnchor += a * a;
      squaredRow += b * b;
      squaredWay += (b - a) * (b - a);
    }
    measured.dot = dot;
    measured.anchorNorm = Math.sqrt(squaredAnchor);
    measured.rowNorm = Math.sqrt(squaredRow);
    measured.l2 = Math.sqrt(squaredWay);
    if (squaredWay === 0) measured.cosineDistance = 0;
    else if (squaredAnchor === 0 || squaredRow === 0) measured.cosineDistance = 1;
    else measured.cosineDistance = Math.min(2, Math.max(0, 1 - dot / Math.sqrt(squaredAnchor * squaredRow)));
  };
  const isInside = (): boolean => {
    measure();
    const { cosineDistance, l2, anchorNorm } = measured;
    // An unmoved zero row has a relative distance of 0, a moved one of infinity.
    return cosineDistance <= maxCosineDistance && l2 <= maxL2 && (l2 === 0 || l2 / anchorNorm <= maxRelativeL2);
  };

  /** Writes to `row` what was outside, turned to `angle` from the anchor at its own length. */
  const turn = (angle: number, { dot, anchorNorm, rowNorm }: typeof measured): void => {
    const along = dot / (anchorNorm * anchorNorm);
    let squaredAcross = 0;
    for (let d = 0; d < dimension; d++) {
      row[d] = outside[d]! - along * anchor[from + d]!;
      squaredAcross += row[d]! * row[d]!;
    }
    const isLine = squaredAcross === 0;
    const onAnchor = ((isLine ? 1 : Math.cos(angle)) * rowNorm) / anchorNorm;
    const onAcross = isLine ? 0 : (Math.sin(angle) * rowNorm) / Math.sqrt(squaredAcross);
    for (let d = 0; d < dimension; d++) row[d] = onAnchor * anchor[from + d]! + onAcross * row[d]!;
  };

  /** Shortens the way from the anchor to `row` to `radius`. */
  const shorten = (radius: number): void => {
    let squared = 0;
    for (let d = 0; d < dimension; d++) squared += (row[d]! - anchor[from + d]!) ** 2;
    const length = Math.sqrt(squared);
    if (length <= radius) return;
    for (let d = 0; d < dimension; d++) {
      const origin = anchor[from + d]!;
      row[d] = origin + (row[d]! - origin) * (radius / length);
    }
  };

  /** Aims at a region smaller by the share `slack`, and stores, which rounds. */
  const aim = (slack: number, first: typeof measured): void => {
    if (first.cosineDistance > maxCosineDistance) turn(maxAngle * (1 - slack), first);
    else row.set(outside);
    // Infinity times a zero row would be no number.
    const relative = maxRelativeL2 === Number.POSITIVE_INFINITY ? maxL2 : maxRelativeL2 * first.anchorNorm;
    shorten(Math.min(maxL2, relative) * (1 - slack));
    for (let d = 0; d < dimension; d++) overlay[at + d] = row[d]!;
  };

  const squaredAnchors = Float64Array.from(activeRows, (row) =>
    sumOfSquares(anchor.subarray(row * dimension, (row + 1) * dimension)),
  );
  const sums = arena.allocate("float64", 3) as Float64Array;
  const span: PullSpan = { values: overlay, origin: near.values, at: 0, originAt: 0, length: dimension, share: 0 };
  // Far above the rounding of a sum of `dimension` products, relative to the norms.
  const room = dimension * 2 ** -45;
  const smallestSquare = 2 ** -900;
  /** Whether a row is inside beyond doubt, by sums in any order: most rows are, and need no more. */
  const isFarInside = (slot: number): boolean => {
    span.at = slot * dimension;
    span.originAt = near.startOf(slot);
    arena.kernels.measure(span, sums);
    const squaredAnchor = squaredAnchors[slot]!;
    const dot = sums[0]!;
    const squaredRow = sums[1]!;
    const squaredWay = sums[2]!;
    // Where squares have lost digits, or are 0, the sums say nothing.
    if (!(squaredAnchor > smallestSquare && squaredRow > smallestSquare)) return false;
    return (
      (maxL2 === Number.POSITIVE_INFINITY || squaredWay <= maxL2 * maxL2 * (1 - room)) &&
      (maxRelativeL2 === Number.POSITIVE_INFINITY ||
        squaredWay <= maxRelativeL2 * maxRelativeL2 * squaredAnchor * (1 - room)) &&
      (maxCosineDistance === 2 || 1 - dot / Math.sqrt(squaredAnchor * squaredRow) <= maxCosineDistance - room)
    );
  };

  return {
    project(slot) {
      if (isFarInside(slot)) return false;
      at = slot * dimension;
      from = activeRows[slot]! * dimension;
      // What is not finite stays, for the step that looks it up to tell.
      if (isInside() || !Number.isFinite(measured.l2)) return false;
      const first = { ...measured };
      const hasDirection = first.anchorNorm > 0 && first.rowNorm > 0;
      if (hasDirection || first.cosineDistance <= maxCosineDistance) {
        for (let d = 0; d < dimension; d++) outside[d] = overlay[at + d]!;
        for (let slack = 0; slack < 1; slack = slack === 0 ? ulp : slack * 4) {
          aim(slack, first);
          if (isInside()) return true;
        }
      }
      for (let d = 0; d < dimension; d++) overlay[at + d] = anchor[from + d]!;
      return true;
    },
  };
}
