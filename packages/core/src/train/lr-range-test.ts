import { PolicyError, ThawlineError } from "../errors.ts";
import { deriveSeed } from "../util/derive-seed.ts";
import { createRandom, shuffle } from "../util/random.ts";
import type { EmbeddingTrainer } from "./embedding-trainer.ts";
import { createBatchSelector, type Examples, exampleCount } from "./examples.ts";

/** How to test a range of learning rates. */
export interface LrRangeTestOptions {
  readonly train: Examples;
  /** Group whose rate grows: `head`, `embeddings`, or a layer. */
  readonly group: string;
  /** Rates of other groups, throughout; a group that has none here has the trainer's own. */
  readonly learningRates?: Readonly<Record<string, number>>;
  /** First rate; default 1e-6. */
  readonly from?: number;
  /** Last rate; default 10. */
  readonly to?: number;
  /** Steps from first to last; default 200. */
  readonly steps?: number;
  /** β of the exponential average of the loss, in [0, 1); default 0.98. */
  readonly smoothing?: number;
  /** Stops where the smoothed loss is more than this times its best; default 4. */
  readonly stopFactor?: number;
  /**
   * True: the curve is what each batch's loss gains on the same batch where the group's rate is 0, which costs the steps
   * twice and takes the noise of the batches out. For groups that change little, such as vectors under a trained head.
   */
  readonly againstFrozen?: boolean;
  /** Of the order of examples; default 1. */
  readonly seed?: number;
  readonly signal?: { readonly aborted: boolean };
  /** Called after each step. */
  readonly onStep?: (done: number, steps: number) => void;
}

/** One step of a range test. */
export interface LrRangePoint {
  readonly learningRate: number;
  /** Loss of the batch before the update; with `againstFrozen` minus that of the same batch with the group frozen. */
  readonly loss: number;
  /** Its exponential average up to here, bias-corrected. */
  readonly smoothedLoss: number;
}

/** The curve of a range test. */
export interface LrRangeTest {
  readonly group: string;
  readonly points: readonly LrRangePoint[];
  /** `diverged`: the smoothed loss exceeded `stopFactor` times its best; `non-finite`: a number overflowed. */
  readonly stopped: "end" | "diverged" | "non-finite";
}

const defaults = { from: 1e-6, to: 10, steps: 200, smoothing: 0.98, stopFactor: 4 };

function checkOptions({ from, to, steps, smoothing, stopFactor }: typeof defaults): void {
  const isRange = from > 0 && to > from && Number.isFinite(to);
  if (isRange && Number.isInteger(steps) && steps >= 2 && smoothing >= 0 && smoothing < 1 && stopFactor > 1) return;
  throw new PolicyError(
    "INVALID_CONFIG",
    `a range test goes from a rate > 0 to a larger one, in at least 2 steps, with smoothing in [0, 1) and a stopFactor > 1; got ${JSON.stringify({ from, to, steps, smoothing, stopFactor })}`,
  );
}

/** Batches of a shuffled order, over and over. */
function batchesOf(train: Examples, batchSize: number, seed: number): () => Examples {
  const count = exampleCount(train);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const random = createRandom(deriveSeed(seed, "lr-range-test"));
  const select = createBatchSelector(train);
  let at = count;
  return () => {
    if (at >= count) {
      shuffle(order, random);
      at = 0;
    }
    const start = at;
    at = Math.min(count, at + batchSize);
    return select(order, start, at);
  };
}

/** Losses of steps in which the group stands still. */
async function frozenLosses(trainer: EmbeddingTrainer, options: LrRangeTestOptions, steps: number): Promise<number[]> {
  const next = batchesOf(options.train, trainer.batchSize, options.seed ?? 1);
  const losses: number[] = [];
  const learningRates = { ...options.learningRates, [options.group]: 0 };
  while (losses.length < steps && !options.signal?.aborted) {
    losses.push((await trainer.step(next(), { learningRates })).loss);
  }
  return losses;
}

const isNonFinite = (error: unknown): boolean => ThawlineError.isInstance(error) && error.code === "NON_FINITE";

/**
 * A learning-rate range test: steps in which the rate of one group grows exponentially, and the loss of each. Everything
 * that the trainer holds is restored afterwards, also where it throws.
 * @remarks Smith, "Cyclical Learning Rates for Training Neural Networks" (WACV 2017), section 3.3; exponential growth,
 * smoothing and the stop at four times the best loss are those of fastai's `lr_find` (Howard and Gugger 2020).
 * @throws PolicyError INVALID_CONFIG; ThawlineError BAD_DATA without examples, ABORTED
 */
export async function lrRangeTest(trainer: EmbeddingTrainer, options: LrRangeTestOptions): Promise<LrRangeTest> {
  const { train, group, seed = 1, againstFrozen = false, signal, onStep = () => {} } = options;
  const { from = defaults.from, to = defaults.to, steps = defaults.steps } = options;
  const { smoothing = defaults.smoothing, stopFactor = defaults.stopFactor } = options;
  checkOptions({ from, to, steps, smoothing, stopFactor });
  if (exampleCount(train) === 0)
    throw new ThawlineError("BAD_DATA", "a range test needs at least one example, got none");
  const saved = trainer.snapshot();
  const points: LrRangePoint[] = [];
  let stopped: LrRangeTest["stopped"] = "end";
  try {
    const baseline = againstFrozen ? await frozenLosses(trainer, options, steps) : [];
    if (againstFrozen) trainer.restore(saved);
    const next = batchesOf(train, trainer.batchSize, seed);
    let average = 0;
    let rawAverage = 0;
    let best = Number.POSITIVE_INFINITY;
    for (let step = 0; step < steps; step++) {
      if (signal?.aborted) throw new ThawlineError("ABORTED", "stopped while testing learning rates");
      const learningRate = from * (to / from) ** (step / (steps - 1));
      const report = await trainer.step(next(), { learningRates: { ...options.learningRates, [group]: learningRate } });
      const loss = report.loss - (baseline[step] ?? 0);
      const correction = 1 - smoothing ** (step + 1);
      average = smoothing * average + (1 - smoothing) * loss;
      rawAverage = smoothing * rawAverage + (1 - smoothing) * report.loss;
      points.push({ learningRate, loss, smoothedLoss: average / correction });
      onStep(step + 1, steps);
      if (rawAverage / correction > stopFactor * best) {
        stopped = "diverged";
        break;
      }
      best = Math.min(best, rawAverage / correction);
    }
  } catch (error) {
    if (!isNonFinite(error)) throw error;
    stopped = "non-finite";
  } finally {
    trainer.restore(saved);
  }
  return { group, points, stopped };
}
