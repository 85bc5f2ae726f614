import { checkLevel, type Interval } from "./interval.ts";
import { normalQuantile } from "./normal-quantile.ts";

function checkCounts(successes: number, trials: number): void {
  if (!Number.isInteger(trials) || trials < 1) throw new RangeError(`trials is a whole number from 1, got ${trials}`);
  if (!Number.isInteger(successes) || successes < 0 || successes > trials) {
    throw new RangeError(`successes is a whole number from 0 to ${trials}, got ${successes}`);
  }
}

/**
 * Standard error of an accuracy of `successes` of `trials` independent examples: √(p (1 − p) / n), in shares (not points).
 * @throws RangeError where the counts are none
 */
export function binomialStandardError(successes: number, trials: number): number {
  checkCounts(successes, trials);
  const share = successes / trials;
  return Math.sqrt((share * (1 - share)) / trials);
}

/**
 * Interval of an accuracy of `successes` of `trials` independent examples; unlike ± 2 standard errors it stays inside
 * [0, 1] and has a width at 0 and at n. `level` defaults to 0.95.
 * @remarks Wilson 1927, "Probable inference, the law of succession, and statistical inference"; without continuity
 * correction, as Brown, Cai and DasGupta 2001 recommend.
 * @throws RangeError where the counts or the level are none
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  checkCounts(successes, trials);
  checkLevel(level);
  const z = normalQuantile(1 - (1 - level) / 2);
  const share = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return {
    estimate: share,
    low: successes === 0 ? 0 : centre - half,
    high: successes === trials ? 1 : centre + half,
    level,
  };
}
