import type { Entries } from "../embedding/entries.ts";
import type { RowGradient } from "../embedding/row-gradient.ts";
import type { EmbeddingTable } from "../embedding/table.ts";
import { deriveSeed } from "../util/derive-seed.ts";
import { type CoupledPull, createCoupledPull } from "./coupled-pull.ts";
import { createMixout, type Mixout } from "./mixout.ts";
import { type NearAnchor, nearAnchor } from "./near-anchor.ts";
import { exemptSlots, type PullConfig, taskWeight } from "./pull.ts";
import { createRowPull, type RowPull } from "./row-pull.ts";
import { createTrustRegion, type TrustRegionConfig } from "./trust-region.ts";

/** What a regularizer is made of. */
export interface RowRegularizerOptions {
  readonly pull?: PullConfig | undefined;
  readonly trustRegion?: TrustRegionConfig | undefined;
  readonly rowUpdates: "lazy" | "dense";
  /** Of mixout's masks. */
  readonly seed: number;
}

/** Which rows may move, `[A]` each; other arrays say other things, the same ones never change. */
export interface RowGates {
  readonly isFrozen: Uint8Array | undefined;
  /** Multiples of the learning rate. */
  readonly rates?: ArrayLike<number> | undefined;
}

/** Keeps the rows of a table near their anchor: a pull, a trust region, or both, joined to the steps of a trainer. */
export interface RowRegularizer {
  /** The lazy pull, where there is one: part of a snapshot. */
  readonly pull: RowPull | undefined;
  /**
   * From here on these rows are frozen and have these multiples of the learning rate, where the arrays are others than last
   * time; what was owed until now is settled first, but for numbers that came from a snapshot (`settles: false`).
   */
  enter(gate: RowGates, options?: { readonly settles?: boolean }): void;
  /** Shows the table's rows up to date until the next step, which goes on from what they held: looking changes no bit. */
  reveal(): void;
  /** Takes `reveal` back: the table is as a snapshot of training needs it. */
  conceal(): void;
  /** Brings every row up to date for good, as at the end of an epoch. */
  settle(): void;
  /** Begins training step `step` (from 1) of the trainer. */
  begin(step: number): void;
  /** The table that a look-up of the step reads: rows up to date, mixed where mixout is on. */
  lookUp(entries: Entries): EmbeddingTable;
  /** The gradient of the rows from that of the looked-up ones, with a coupled pull added; may be another object. */
  gradient(rows: RowGradient): RowGradient;
  /** Factor on the optimizer's step at the table's t-th step. */
  taskScale(t: number): number;
  /** Ends the table's t-th step, after the optimizer's update of `rows`: projects them, and pulls every row. */
  updated(rows: RowGradient, step: { readonly learningRate: number; readonly t: number }): void;
}

function decoupledFactor(pull: PullConfig, t: number): (learningRate: number) => number {
  if (pull.type === "mixout") return () => 1;
  const strength = pull.type === "l2-sp" ? pull.strength : pull.strength * (1 - taskWeight(pull.annealing, t));
  // A step beyond the anchor would be no pull.
  return (learningRate) => Math.max(0, 1 - learningRate * strength);
}

/** What `pull` and `trustRegion` ask for; `undefined` where they ask for nothing. */
export function createRowRegularizer(
  table: EmbeddingTable,
  options: RowRegularizerOptions,
): RowRegularizer | undefined {
  const { pull, trustRegion, rowUpdates, seed } = options;
  if (pull === undefined && trustRegion === undefined) return undefined;
  const active = table.activeRows.length;
  const notPulled = new Uint8Array(active);
  const notHeld = new Uint8Array(active);
  let madeNear: NearAnchor | undefined;
  const near = (): NearAnchor => (madeNear ??= nearAnchor(table));
  const region = trustRegion === undefined ? undefined : createTrustRegion(table, trustRegion, near());
  const project = (slot: number): void => {
    if (notHeld[slot] === 0) region!.project(slot);
  };
  let entered: RowGates | undefined;
  let lazy: RowPull | undefined;
  let coupled: CoupledPull | undefined;
  let mixout: Mixout | undefined;
  if (pull?.type === "mixout") {
    if (pull.probability > 0) {
      mixout = createMixout(table, pull.probability, { exempt: notPulled, seed: deriveSeed(seed, "mixout") });
    }
  } else if (pull?.type === "l2-sp" && pull.coupled === true) {
    coupled = createCoupledPull(table, pull.strength, { exempt: notPulled, rowUpdates });
  } else if (pull !== undefined) {
    // Towards the anchor no row leaves a region around it, but for rounding.
    lazy = createRowPull(table, {
      exempt: notPulled,
      near: near(),
      ...(region === undefined ? {} : { moved: project }),
    });
  }

  return {
    pull: lazy,
    enter({ isFrozen, rates }, { settles = true } = {}) {
      if (entered !== undefined && entered.isFrozen === isFrozen && entered.rates === rates) return;
      entered = { isFrozen, rates };
      // With the rows that were frozen until now: a row owes nothing for the time in which it is frozen.
      if (settles) lazy?.settle();
      lazy?.setRates(rates);
      exemptSlots(notPulled, table, { rows: pull?.rows, isFrozen });
      exemptSlots(notHeld, table, { rows: trustRegion?.rows, isFrozen });
    },
    reveal: () => lazy?.reveal(),
    conceal: () => lazy?.conceal(),
    settle: () => lazy?.settle(),
    begin(step) {
      lazy?.conceal();
      mixout?.begin(step);
      if (rowUpdates === "dense") lazy?.catchUpAll();
    },
    lookUp(entries) {
      lazy?.catchUp(entries.index, entries.count);
      return mixout === undefined ? table : mixout.mix(entries);
    },
    gradient(rows) {
      mixout?.backward(rows);
      return coupled === undefined ? rows : coupled(rows);
    },
    taskScale: (t) => (pull?.type === "recadam" ? taskWeight(pull.annealing, t) : 1),
    updated(rows, { learningRate, t }) {
      if (region !== undefined) {
        const all = rowUpdates === "dense";
        for (let u = 0, count = all ? active : rows.count; u < count; u++) project(all ? u : rows.slots[u]!);
      }
      if (lazy !== undefined) lazy.advance(learningRate, decoupledFactor(pull!, t));
    },
  };
}
