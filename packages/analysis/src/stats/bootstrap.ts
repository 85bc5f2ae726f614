import { createRandom, type Random } from "@thawline/core";
import { quantileSorted } from "simple-statistics";
import { checkLevel, type Interval } from "./interval.ts";

/** How a bootstrap is made. */
export interface BootstrapOptions {
  /** Default 10,000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
  readonly seed?: number;
}

/** How a bootstrap over runs of several seeds is made. */
export interface RunsBootstrapOptions extends BootstrapOptions {
  /**
   * Draw the runs too, not only the examples (default false): the interval then also covers the luck of the seed. With
   * fewer than about five runs it is too narrow for that.
   */
  readonly resampleRuns?: boolean;
}

function draw(resamples: number, statistic: () => number): Float64Array {
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`resamples is a whole number from 1, got ${resamples}`);
  }
  return Float64Array.from({ length: resamples }, statistic).sort();
}

function percentile(estimate: number, sorted: Float64Array, level: number): Interval {
  const quantile = (q: number): number => quantileSorted(sorted as unknown as number[], q);
  return { estimate, low: quantile((1 - level) / 2), high: quantile(1 - (1 - level) / 2), level };
}

/**
 * Percentile bootstrap interval of a statistic of `values` `[N]` (borrowed): examples are drawn with replacement, the
 * interval runs between the quantiles (linear interpolation) of the statistic over the resamples.
 * `statistic` is handed one reused array `[N]` of drawn values (do not keep it); default the mean.
 * @remarks Efron 1979; Efron and Tibshirani 1993, section 13.3. The same seed gives the same interval everywhere.
 * @throws RangeError without values, or where level or resamples are none
 * @example
 * bootstrapInterval([1, 0, 1, 1]); // { estimate: 0.75, low: 0.25, high: 1, level: 0.95 }
 */
export function bootstrapInterval(
  values: ArrayLike<number>,
  options: BootstrapOptions & { readonly statistic?: (sample: Float64Array) => number } = {},
): Interval {
  const { resamples = 10_000, level = 0.95, seed = 1, statistic = mean } = options;
  checkLevel(level);
  if (values.length === 0) throw new RangeError("a bootstrap needs at least one value");
  const from = Float64Array.from(values);
  const random = createRandom(seed);
  const sample = new Float64Array(from.length);
  const drawn = draw(resamples, () => {
    for (let i = 0; i < sample.length; i++) sample[i] = from[random.nextBelow(from.length)];
    return statistic(sample);
  });
  return percentile(statistic(from.slice()), drawn, level);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Fails unless there is a run, and every run has the same number of examples, at least one. */
function checkRuns(runs: readonly ArrayLike<number | boolean>[]): number {
  const examples = runs[0]?.length ?? 0;
  if (examples === 0) throw new RangeError("expected at least one run of at least one example");
  const other = runs.findIndex((run) => run.length !== examples);
  if (other >= 0) {
    throw new RangeError(
      `every run judges the same examples: run 0 has ${examples}, run ${other} ${runs[other].length}`,
    );
  }
  return examples;
}

/**
 * Each example's mean over the runs, `[N]` fresh; `runs` is one array `[N]` per seed, borrowed, `true` counts as 1.
 * @throws RangeError where the runs differ in length or there are none
 */
export function meanOverRuns(runs: readonly ArrayLike<number | boolean>[]): Float64Array {
  const result = new Float64Array(checkRuns(runs));
  for (const run of runs) for (let i = 0; i < result.length; i++) result[i] += Number(run[i]);
  for (let i = 0; i < result.length; i++) result[i] /= runs.length;
  return result;
}

/**
 * Mean over runs (seeds) and examples with its percentile bootstrap interval, say an arm's accuracy. `runs` is one array
 * `[N]` per seed over the same examples in the same order, borrowed. An example is drawn for all runs at once, because
 * the runs are judged on the same examples.
 * @remarks With `resampleRuns` runs and examples are drawn independently: Owen 2007, "The pigeonhole bootstrap", for data
 * where both factors are crossed.
 * @throws RangeError where the runs differ in length or there are none, or level or resamples are none
 */
export function bootstrapMean(
  runs: readonly ArrayLike<number | boolean>[],
  options: RunsBootstrapOptions = {},
): Interval {
  const means = meanOverRuns(runs);
  if (options.resampleRuns !== true || runs.length === 1) return bootstrapInterval(means, options);
  const { resamples = 10_000, level = 0.95, seed = 1 } = options;
  checkLevel(level);
  const random = createRandom(seed);
  return percentile(
    mean(means),
    draw(resamples, () => drawCrossed(runs, random)),
    level,
  );
}

/** One resample of runs, then of examples. */
function drawCrossed(runs: readonly ArrayLike<number | boolean>[], random: Random): number {
  const picked = runs.map(() => runs[random.nextBelow(runs.length)]);
  const examples = picked[0].length;
  let sum = 0;
  for (let i = 0; i < examples; i++) {
    const example = random.nextBelow(examples);
    for (const run of picked) sum += Number(run[example]);
  }
  return sum / (examples * picked.length);
}

/**
 * Mean difference b − a with its percentile bootstrap interval, paired by example and by seed: `a[s][i]` and `b[s][i]`
 * say whether arm a and arm b had example i right with seed s (1, 0, `true`, `false`; any number goes). Borrowed.
 * The decision rule of `compare` reads `low > 0`.
 * @throws RangeError where the arms differ in runs or examples, or level or resamples are none
 */
export function pairedBootstrap(
  a: readonly ArrayLike<number | boolean>[],
  b: readonly ArrayLike<number | boolean>[],
  options: RunsBootstrapOptions = {},
): Interval {
  return bootstrapMean(pairedDifferences(a, b), options);
}

/**
 * b − a for each seed and example: one fresh array `[N]` per seed.
 * @throws RangeError where the arms differ in runs or examples
 */
export function pairedDifferences(
  a: readonly ArrayLike<number | boolean>[],
  b: readonly ArrayLike<number | boolean>[],
): Float64Array[] {
  if (a.length !== b.length)
    throw new RangeError(`both arms need the same seeds: got ${a.length} and ${b.length} runs`);
  checkRuns([...a, ...b]);
  return a.map((run, s) => Float64Array.from(run, (value, i) => Number(b[s][i]) - Number(value)));
}
