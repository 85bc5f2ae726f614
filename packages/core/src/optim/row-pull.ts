import type { EmbeddingTable } from "../embedding/table.ts";
import { PolicyError } from "../errors.ts";
import type { FloatArray } from "../tensor.ts";
import { type NearAnchor, nearAnchor } from "./near-anchor.ts";
import type { PullSpan } from "./pull-span.ts";

/** Rows may have so many different learning rates at once. */
const maxRates = 256;
/** A product below this is scaled up by its inverse, with every mark of its rows: an exact shift of exponents. */
const smallest = 2 ** -256;

/** What a lazy pull remembers. */
export interface RowPullState {
  /** `[256]` product of all factors since the last `settle`, for each learning rate that rows have. */
  readonly products: Float64Array;
  /** `[A]` the product that each row's value contains; Infinity: the row belongs on its anchor. */
  readonly marks: Float64Array;
}

/**
 * A pull of rows towards their anchor that costs nothing for rows that nobody looks at. By definition every held row is
 * pulled in every step: w ← w₀ + f (w − w₀). A row absent from steps s + 1 … t owes them all, and a look-up pays in one
 * multiplication by f₍s₊₁₎ ⋯ f₍t₎: the product of all factors now, over that at step s. Its error is at most one rounding
 * a step of absence (in float64), where a sum of logarithms would lose digits with every step since the start.
 */
export interface RowPull {
  readonly state: RowPullState;
  /** One step's factor for every row: `factorOf` takes the row's learning rate. */
  advance(learningRate: number, factorOf: (learningRate: number) => number): void;
  /** Brings the rows of a look-up up to date: the first `count` of these slots; a negative one is of no active row. */
  catchUp(slots: Int32Array, count: number): void;
  /** Brings every row up to date. */
  catchUpAll(): void;
  /** Shows every row up to date until the next `conceal`, and remembers what it held: looking changes no bit of the training. */
  reveal(): void;
  /** Takes `reveal` back. */
  conceal(): void;
  /** Brings every row up to date for good; nothing is owed afterwards. */
  settle(): void;
  /** Nothing is owed; what was revealed stays. For values that came from outside. */
  forget(): void;
  /** Says which multiple of the learning rate each slot has; only where nothing is owed. @throws PolicyError INVALID_POLICY */
  setRates(rates: ArrayLike<number> | undefined): void;
}

/**
 * A pull of `table`'s rows, but for those whose `exempt` flag is set. `moved` is told of each row that was written, such as a
 * trust region that holds against the rounding. Memory: 8 bytes a row, that of
 * `nearAnchor`, and A · D numbers once someone looks between epochs.
 */
export function createRowPull(
  table: EmbeddingTable,
  options: {
    readonly exempt: Uint8Array;
    readonly moved?: (slot: number) => void;
    /** Default: made here. */
    readonly near?: NearAnchor;
  },
): RowPull {
  const { exempt, moved, near = nearAnchor(table) } = options;
  const { dimension, anchor, overlay, activeRows, arena } = table;
  const active = activeRows.length;
  const products = new Float64Array(maxRates).fill(1);
  const marks = new Float64Array(active).fill(1);
  let multipliers: readonly number[] = [1];
  let rateOf: Uint8Array | undefined;
  let held: FloatArray | undefined;
  let isRevealed = false;

  const scaleMarks = (rate: number, by: number): void => {
    for (let slot = 0; slot < active; slot++) {
      if (rateOf === undefined || rateOf[slot] === rate) marks[slot]! *= by;
    }
  };
  const productOf = (slot: number): number => products[rateOf === undefined ? 0 : rateOf[slot]!]!;

  const span: PullSpan = { values: overlay, origin: near.values, at: 0, originAt: 0, length: dimension, share: 0 };
  const pull = (slot: number, factor: number): void => {
    const from = activeRows[slot]! * dimension;
    const at = slot * dimension;
    if (factor === 0) {
      for (let d = 0; d < dimension; d++) overlay[at + d] = anchor[from + d]!;
    } else {
      span.at = at;
      span.originAt = near.startOf(slot);
      span.share = 1 - factor;
      arena.kernels.pull(span);
    }
    moved?.(slot);
  };
  const catchUpSlot = (slot: number, product: number): void => {
    const mark = marks[slot]!;
    if (mark === product) return;
    marks[slot] = product;
    if (exempt[slot] === 0) pull(slot, product / mark);
  };
  const catchUpAll = (): void => {
    for (let slot = 0; slot < active; slot++) catchUpSlot(slot, productOf(slot));
  };
  const forget = (): void => {
    products.fill(1);
    marks.fill(1);
    isRevealed = false;
  };
  const isPending = (slot: number): boolean => marks[slot] !== productOf(slot) && exempt[slot] === 0;

  return {
    state: { products, marks },
    advance(learningRate, factorOf) {
      for (let rate = 0; rate < multipliers.length; rate++) {
        const factor = factorOf(learningRate * multipliers[rate]!);
        if (factor === 0) {
          products[rate] = 1;
          scaleMarks(rate, Number.POSITIVE_INFINITY);
          continue;
        }
        products[rate]! *= factor;
        if (products[rate]! >= smallest) continue;
        products[rate]! /= smallest;
        // A mark that overflows to infinity is of a row that owes a factor below 2⁻⁷⁶⁸: it is on its anchor.
        scaleMarks(rate, 1 / smallest);
      }
    },
    catchUp(slots, count) {
      const rates = rateOf;
      const first = products[0]!;
      for (let i = 0; i < count; i++) {
        const slot = slots[i]!;
        if (slot < 0) continue;
        const product = rates === undefined ? first : products[rates[slot]!]!;
        if (marks[slot] !== product) catchUpSlot(slot, product);
      }
    },
    catchUpAll,
    reveal() {
      if (isRevealed) return;
      isRevealed = true;
      for (let slot = 0; slot < active; slot++) {
        if (!isPending(slot)) continue;
        held ??= overlay.slice();
        const at = slot * dimension;
        for (let d = at; d < at + dimension; d++) held[d] = overlay[d]!;
        pull(slot, productOf(slot) / marks[slot]!);
      }
    },
    conceal() {
      if (!isRevealed) return;
      isRevealed = false;
      for (let slot = 0; slot < active; slot++) {
        if (!isPending(slot)) continue;
        const at = slot * dimension;
        for (let d = at; d < at + dimension; d++) overlay[d] = held![d]!;
      }
    },
    settle() {
      if (!isRevealed) catchUpAll();
      forget();
    },
    forget,
    setRates(rates) {
      multipliers = [1];
      rateOf = undefined;
      if (rates === undefined) return;
      const known = new Map<number, number>();
      rateOf = Uint8Array.from({ length: active }, (_, slot) => {
        const rate = rates[slot]!;
        if (!known.has(rate)) known.set(rate, known.size);
        return known.get(rate)!;
      });
      if (known.size > maxRates) {
        throw new PolicyError(
          "INVALID_POLICY",
          `with a pull, rows may have at most ${maxRates} different learning rates at once, got ${known.size}`,
        );
      }
      multipliers = [...known.keys()];
    },
  };
}
