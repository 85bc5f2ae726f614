import { type Backend, createTrainer } from "@thawline/core";

/** What is held to the suite: a backend, and the trainer that goes with it where it brings its own. */
export interface ConformanceTarget {
  readonly backend: Backend;
  /** Default core's. */
  readonly createTrainer?: typeof createTrainer;
}

/** The trainer factory of a target. */
export const trainerFactory = (target: ConformanceTarget): typeof createTrainer =>
  target.createTrainer ?? createTrainer;

/** Whether a backend's floats are float64. */
export const isDouble = (backend: Backend): boolean => backend.supports.precision === "f64";

/** Worst deviation of a case so far. */
export interface Deviation {
  /** In the measure of `relativeError`, divided by the tolerance's factor where the case has one. */
  error: number;
  /** Whose it is. */
  name: string;
}

/** Keeps the larger deviation. */
export function noteDeviation(worst: Deviation, name: string, error: number): void {
  if (worst.name === "" || error > worst.error || Number.isNaN(error)) {
    worst.error = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    worst.name = name;
  }
}
