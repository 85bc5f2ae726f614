import { type DriftMonitor, isL2Figure, type Limit } from "./drift-monitor.ts";

/** Rows that may go back, and where to. */
export interface Retreat {
  /** Slots. */
  readonly slots: ArrayLike<number>;
  /** How many of `slots`. */
  readonly count: number;
  /** `[≥ count]` figures of the values that they would go back to. */
  readonly cosineDistances: Float64Array;
  readonly l2: Float64Array;
  readonly isMoved: Uint8Array;
  /** Writes the i-th slot's former values. */
  putBack(i: number): void;
}

/** The first limit that is exceeded, of those that the monitor watches. */
export function exceeded(monitor: DriftMonitor, limits: readonly Limit[]): Limit | undefined {
  if (monitor.isSurelyInside()) return undefined;
  return limits.find(([figure, limit]) => monitor.isBeyond(figure, limit));
}

/** How far going back helps against a limit, and how many have to: what `putBackWorst` sorts by. */
function plan(monitor: DriftMonitor, [figure, limit]: Limit, from: Retreat, left: readonly number[]) {
  const now = isL2Figure(figure) ? monitor.l2 : monitor.cosineDistances;
  const then = isL2Figure(figure) ? from.l2 : from.cosineDistances;
  const isMean = figure === "meanCosineDistance" || figure === "meanL2";
  const gainOf = (i: number): number => {
    const distance = now[from.slots[i]!]!;
    if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY;
    // A mean is beyond its limit where Σ (distance − limit) over moved rows is above 0: a row that goes back to unmoved takes
    // its whole term along, another one the difference.
    if (isMean) return distance - (from.isMoved[i] === 0 ? limit : then[i]!);
    return distance > limit && then[i]! <= limit ? distance : 0;
  };
  const gains = new Map(left.map((i) => [i, gainOf(i)]));
  const order = left
    .filter((i) => gains.get(i)! > 0)
    .sort((a, b) => gains.get(b)! - gains.get(a)! || from.slots[a]! - from.slots[b]!);
  const rows = monitor.movedRows();
  let needed = 1;
  if (isMean) {
    let excess = (monitor.figure(figure) - limit) * rows - gains.get(order[0]!)!;
    while (excess > 0 && needed < order.length) excess -= gains.get(order[needed++]!)!;
  } else if (figure !== "p95CosineDistance") {
    needed = order.length;
  } else {
    const beyond = now.reduce((count, distance) => count + (distance <= limit ? 0 : 1), 0);
    needed = Math.max(1, beyond - (rows - Math.floor(0.95 * (rows - 1)) - 1));
  }
  return order.slice(0, needed);
}

/**
 * Puts rows back, those first that bring the figure down most, until every limit holds: as few as it takes for each figure in
 * turn (of a mean exactly the fewest). Returns the slots; the limits may still be exceeded where none of the rows helps.
 */
export function putBackWorst(monitor: DriftMonitor, limits: readonly Limit[], from: Retreat): number[] {
  let left = Array.from({ length: from.count }, (_, i) => i);
  const back: number[] = [];
  for (let limit = exceeded(monitor, limits); limit !== undefined; limit = exceeded(monitor, limits)) {
    const chosen = new Set(plan(monitor, limit, from, left));
    if (chosen.size === 0) break;
    for (const i of chosen) {
      from.putBack(i);
      monitor.measure(from.slots[i]!);
      back.push(from.slots[i]!);
    }
    left = left.filter((i) => !chosen.has(i));
  }
  return back;
}
