/** An estimate with an interval around it. Plain data. */
export interface Interval {
  /** The figure of the data themselves. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** Share of cases that the interval is meant to cover, in (0, 1). */
  readonly level: number;
}

/**
 * Fails unless `level` lies strictly between 0 and 1.
 * @throws RangeError
 */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) throw new RangeError(`a level lies between 0 and 1, such as 0.95; got ${level}`);
}
