import type { EmbeddingTable } from "../embedding/table.ts";
import type { Tensor, TensorMap } from "../tensor.ts";
import { checkDriftGuard, type DriftGuard, defaultAttempts, type GuardEvent, guardFigures } from "./drift-guard.ts";
import { createDriftMonitor, type Limit } from "./drift-monitor.ts";
import { exceeded, putBackWorst, type Retreat } from "./retreat.ts";
import { createRowJournal } from "./row-journal.ts";

/** What a guard asks of its trainer. */
export interface GuardHost {
  /** Freezes slots for good. */
  hold(slots: readonly number[]): void;
  /** Weights and optimizer state now, copied. */
  save(): TensorsAndSteps;
  /** Goes back to them. */
  load(saved: TensorsAndSteps): void;
  /** True where rows may change without being in a step's gradient, such as by a pull that is paid later. */
  readonly movesUnseen: boolean;
}

/** The part of a snapshot that `rollback` goes back to. */
export interface TensorsAndSteps {
  readonly steps: Readonly<Record<string, number>>;
  readonly tensors: TensorMap;
}

/** Where a guard stands, beside its tensors; part of a snapshot. Plain data. */
export interface GuardState {
  /** Multiplier on the vectors' learning rate. */
  readonly rate: number;
  /** Halvings so far. */
  readonly attempts: number;
  /** Whether a figure was beyond its limit at the last check; for `warn`. */
  readonly isOutside: boolean;
  /** What it did in the present epoch. */
  readonly events: readonly GuardEvent[];
  /** Update counts of the state that `rollback` goes back to. */
  readonly goodSteps?: Readonly<Record<string, number>>;
}

/** Where training is. */
interface Place {
  /** Steps done. */
  readonly step: number;
  /** The present epoch, from 1. */
  readonly epoch: number;
}

/** A guard at work in a trainer. */
export interface GuardRun {
  /** Multiplier on the vectors' learning rate; 0: frozen. */
  readonly rate: number;
  /** What it did in the present epoch. */
  readonly events: readonly GuardEvent[];
  /** Before an update of these slots (`undefined`: of none), whose values are up to date. */
  before(slots: { readonly count: number; readonly at: (i: number) => number } | undefined): void;
  /** After the update: checks where it is time, acts, and says what it did. */
  after(place: Place): readonly GuardEvent[];
  /** Before an epoch is reported, every row up to date: measures all, checks, acts. */
  check(place: Place): readonly GuardEvent[];
  /** The epoch is over. */
  endEpoch(): void;
  /** The weights were set from outside; what training had stays good. */
  weightsReplaced(): void;
  state(): GuardState;
  tensors(): TensorMap;
  /** Takes over the state of a snapshot; without one starts afresh from the present weights. */
  restore(saved: GuardState | undefined, tensors: TensorMap): void;
}

const goodPrefix = "guard.good/";

const withPrefix = (tensors: TensorMap): TensorMap =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [goodPrefix + name, value]));

const withoutPrefix = (tensors: TensorMap): TensorMap =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]): [string, Tensor][] =>
      name.startsWith(goodPrefix) ? [[name.slice(goodPrefix.length), value]] : [],
    ),
  );

/** Every moved row of the table, with its pre-trained values to go back to. */
function homeward(table: EmbeddingTable, isMoved: Uint8Array): Retreat {
  const { dimension, anchor, overlay, activeRows } = table;
  const slots = Array.from(isMoved.keys()).filter((slot) => isMoved[slot] !== 0);
  const { length: count } = slots;
  return {
    slots,
    count,
    cosineDistances: new Float64Array(count),
    l2: new Float64Array(count),
    isMoved: new Uint8Array(count),
    putBack(i) {
      const from = activeRows[slots[i]!]! * dimension;
      overlay.set(anchor.subarray(from, from + dimension), slots[i]! * dimension);
    },
  };
}

/**
 * A guard over the rows of `table`. Deterministic: what it does hangs on the table's values alone.
 * @throws PolicyError INVALID_CONFIG
 */
export function createDriftGuard(table: EmbeddingTable, guard: DriftGuard, host: GuardHost): GuardRun {
  checkDriftGuard(guard);
  const { action } = guard;
  const limits: readonly Limit[] = guardFigures.flatMap((figure): Limit[] => {
    const limit = guard.limits[figure];
    return limit === undefined ? [] : [[figure, limit]];
  });
  const every = guard.checkEvery ?? (action === "warn" ? Number.POSITIVE_INFINITY : 1);
  const attemptsAllowed = guard.attempts ?? defaultAttempts[action];
  const monitor = createDriftMonitor(table, { limits });
  const journal = createRowJournal(table);
  let rate = 1;
  let attempts = 0;
  let isOutside = false;
  let isStale = false;
  let events: readonly GuardEvent[] = [];
  let good = action === "rollback" ? host.save() : undefined;

  const halve = (): void => {
    attempts++;
    rate = attempts >= attemptsAllowed ? 0 : rate / 2;
  };
  const putAllBack = (): void => {
    for (let i = 0; i < journal.count; i++) journal.putBack(i);
    monitor.measureAll(journal.slots, journal.count);
  };

  /** Does what the action says, and returns the slots that it froze. */
  const act = (): number[] => {
    const frozen: number[] = [];
    switch (action) {
      case "warn":
        return [];
      case "refreeze":
        journal.measure();
        frozen.push(...putBackWorst(monitor, limits, journal));
        break;
      case "slow":
        putAllBack();
        halve();
        break;
      case "rollback":
        host.load(good!);
        monitor.refresh();
        halve();
        break;
      case "stop":
        putAllBack();
        rate = 0;
        break;
      default:
        action satisfies never;
    }
    if (exceeded(monitor, limits) !== undefined) {
      const home = homeward(table, monitor.isMoved);
      for (const slot of putBackWorst(monitor, limits, home)) if (!frozen.includes(slot)) frozen.push(slot);
    }
    if (frozen.length > 0) host.hold(frozen);
    return frozen;
  };

  const checkNow = ({ step, epoch }: Place): readonly GuardEvent[] => {
    const beyond = exceeded(monitor, limits);
    const wasOutside = isOutside;
    isOutside = beyond !== undefined && action === "warn";
    if (beyond === undefined || (action === "warn" && wasOutside)) {
      journal.clear();
      return [];
    }
    const [figure, limit] = beyond;
    const value = monitor.figure(figure);
    const rows = act().map((slot) => table.activeRows[slot]!);
    journal.clear();
    // A frozen row settles what it owes with the next step.
    isStale = host.movesUnseen;
    const event: GuardEvent = {
      action,
      step,
      epoch,
      figure,
      limit,
      value,
      valueAfter: monitor.figure(figure),
      rows: rows.sort((a, b) => a - b),
      embeddingsRate: rate,
    };
    events = [...events, event];
    return [event];
  };

  return {
    get rate() {
      return rate;
    },
    get events() {
      return events;
    },
    before(slots) {
      if (isStale) monitor.refresh();
      isStale = false;
      if (slots === undefined || every === Number.POSITIVE_INFINITY) return;
      for (let i = 0; i < slots.count; i++) {
        journal.keep(slots.at(i));
      }
    },
    after(place) {
      if (place.step % every !== 0) return [];
      monitor.measureAll(journal.slots, journal.count);
      return checkNow(place);
    },
    check(place) {
      monitor.refresh();
      isStale = false;
      return checkNow(place);
    },
    endEpoch() {
      events = [];
      if (action === "rollback") good = host.save();
    },
    weightsReplaced() {
      isStale = true;
      journal.clear();
      if (action === "rollback") good = host.save();
    },
    state: () => ({ rate, attempts, isOutside, events, ...(good === undefined ? {} : { goodSteps: good.steps }) }),
    tensors: () => ({ ...journal.tensors(), ...(good === undefined ? {} : withPrefix(good.tensors)) }),
    restore(saved, tensors) {
      ({ rate, attempts, isOutside, events } = saved ?? { rate: 1, attempts: 0, isOutside: false, events: [] });
      journal.restore(tensors);
      monitor.refresh();
      isStale = host.movesUnseen;
      if (action !== "rollback") return;
      const steps = saved?.goodSteps;
      good = steps === undefined ? host.save() : { steps, tensors: withoutPrefix(tensors) };
    },
  };
}
