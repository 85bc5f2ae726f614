import { expect } from "vitest";

/** Largest |actual − expected| over the largest |expected|; where everything expected is 0, the largest |actual|. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let error = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    error = Math.max(error, Math.abs(actual[i] - expected[i]));
    // Math.max passes NaN on, so that a NaN anywhere fails.
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return scale === 0 ? error : error / scale;
}

/** Fails unless both have one length and agree to `tolerance`, relative to the largest expected number. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12): void {
  expect(actual.length).toBe(expected.length);
  expect(relativeError(actual, expected)).toBeLessThanOrEqual(tolerance);
}

/** The error that `run` throws; fails where it throws none. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error, none was thrown");
}

/** Fails unless `run` throws an error with this code. */
export function expectCode(run: () => unknown, code: string): void {
  expect(thrownBy(run)).toMatchObject({ code });
}
