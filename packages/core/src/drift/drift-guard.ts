import { PolicyError } from "../errors.ts";
import { nearestName } from "../util/nearest-name.ts";

/** Figures of a drift report that can be limited; over moved pre-trained rows, as `DriftReport` defines them. */
export const guardFigures = [
  "meanCosineDistance",
  "p95CosineDistance",
  "maxCosineDistance",
  "meanL2",
  "maxL2",
] as const;

/** A figure that can be limited. */
export type GuardFigure = (typeof guardFigures)[number];

/** What a guard does where a figure is beyond its limit. */
export const guardActions = ["warn", "slow", "refreeze", "rollback", "stop"] as const;

/** What a guard does; see `DriftGuard`. */
export type GuardAction = (typeof guardActions)[number];

/**
 * A budget of drift, as plain data. A figure is inside where it is at most its limit. All actions but `warn` act before the
 * step is reported, so that the table is inside at every report (with `checkEvery` above 1: at every one that was checked,
 * and at every epoch's end):
 * - `warn` changes nothing. Checked at epochs' ends (or every `checkEvery` steps); told once each time the limit is crossed.
 * - `refreeze`: the worst rows go back to their values of the last check, as few as it takes, and are frozen from then on.
 * - `slow`: all rows that moved since the last check go back, and the vectors' learning rate is halved; after `attempts`
 *   times they are frozen.
 * - `rollback`: rows, head and optimizer state go back to the end of the last epoch (or the start), and the vectors' learning
 *   rate is halved; after `attempts` times they are frozen. Training goes on with the next batch: steps, order and dropout
 *   are not wound back.
 * - `stop`: all rows that moved since the last check go back, and the run ends with this step. Its epoch is recorded as far
 *   as it came.
 *
 * Going back is about the rows' values: the head keeps the step (but for `rollback`), and so do the rows' moments and step
 * counts. Rows without a pre-trained vector have nothing to drift from and count in no figure. Where that does not suffice,
 * as in a run that began outside, the worst rows return to their pre-trained values and are frozen.
 */
export interface DriftGuard {
  /** Largest value of each figure, ≥ 0; at least one. */
  readonly limits: Readonly<Partial<Record<GuardFigure, number>>>;
  readonly action: GuardAction;
  /** Steps between checks; default 1, for `warn` an epoch. */
  readonly checkEvery?: number;
  /** Halvings before the vectors freeze; default 8 for `slow`, 3 for `rollback`. */
  readonly attempts?: number;
}

/** What a guard did, and why. Plain data. */
export interface GuardEvent {
  readonly action: GuardAction;
  /** Steps done. */
  readonly step: number;
  /** The epoch that the step is of, from 1. */
  readonly epoch: number;
  /** The first figure beyond its limit. */
  readonly figure: GuardFigure;
  readonly limit: number;
  /** The figure before the action … */
  readonly value: number;
  /** … and after it. */
  readonly valueAfter: number;
  /** Rows that the action froze. */
  readonly rows: readonly number[];
  /** The guard's multiplier on the vectors' learning rate from here on; 0: frozen. */
  readonly embeddingsRate: number;
}

/** Halvings where nothing else is asked for. */
export const defaultAttempts: Readonly<Record<GuardAction, number>> = Object.freeze({
  warn: 0,
  slow: 8,
  refreeze: 0,
  rollback: 3,
  stop: 0,
});

/** Checks a guard. @throws PolicyError INVALID_CONFIG */
export function checkDriftGuard(guard: DriftGuard): void {
  const fail = (message: string): never => {
    throw new PolicyError("INVALID_CONFIG", `guard ${message}`);
  };
  const { limits, action, checkEvery = 1, attempts = 1 } = guard;
  if (typeof limits !== "object" || limits === null || Object.keys(limits).length === 0) {
    fail(`limits should name at least one of ${guardFigures.join(", ")}`);
  }
  for (const [figure, limit] of Object.entries(limits)) {
    if (!(guardFigures as readonly string[]).includes(figure)) {
      fail(`limits: there is no figure "${figure}"; did you mean "${nearestName(figure, guardFigures)}"?`);
    }
    if (!(Number.isFinite(limit) && limit >= 0)) fail(`limits: ${figure} should be a number ≥ 0, got ${limit}`);
  }
  if (!guardActions.includes(action)) fail(`action should be ${guardActions.join(", ")}, got ${action}`);
  for (const [name, value] of Object.entries({ checkEvery, attempts })) {
    if (!Number.isInteger(value) || value < 1) fail(`${name} should be a whole number ≥ 1, got ${value}`);
  }
}
