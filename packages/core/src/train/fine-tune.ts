import type { GuardEvent } from "../drift/drift-guard.ts";
import { PolicyError, ThawlineError } from "../errors.ts";
import { type EarlyStoppingConfig, shouldStop } from "../policy/early-stopping.ts";
import { deriveSeed } from "../util/derive-seed.ts";
import { createRandom, type RandomState, shuffle } from "../util/random.ts";
import type { EmbeddingTrainer } from "./embedding-trainer.ts";
import { createBatchSelector, type Examples, exampleCount, validateExamples } from "./examples.ts";
import type { TrainerSnapshot } from "./snapshot.ts";
import { type EpochRecord, monitored } from "./training-state.ts";

/** How long and on what to train. */
export interface FineTuneOptions {
  readonly train: Examples;
  readonly dev?: Examples;
  /** Epochs at most. */
  readonly epochs: number;
  /** Without it training runs to the last epoch. */
  readonly earlyStopping?: EarlyStoppingConfig;
  /** True (default): the weights of the best epoch are restored at the end. */
  readonly restoreBest?: boolean;
  /** Of the order of examples; default 1. */
  readonly seed?: number;
  /** A progress event every so many steps; default 50. */
  readonly progressEvery?: number;
  /** A checkpoint event every so many epochs; default none. */
  readonly checkpointEvery?: number;
  /** Goes on from a checkpoint of the same run. */
  readonly resume?: FineTuneCheckpoint;
  /** Stops after the present step, with a checkpoint event. */
  readonly signal?: { readonly aborted: boolean };
}

/** Where a run stands between two steps: together with the same data and options it goes on to the same bits. */
export interface FineTuneCheckpoint {
  readonly trainer: TrainerSnapshot;
  /** Weights of the best epoch so far. */
  readonly best: { readonly epoch: number; readonly figure: number; readonly weights: TrainerSnapshot } | null;
  /** Of the generator of the order, at the start of the present epoch. */
  readonly order: RandomState;
  /** Examples of the present epoch that are done, and their summed loss. */
  readonly examplesDone: number;
  readonly lossSum: number;
}

/** Why a run ended; `drift`: its guard stopped it. */
export type FinishReason = "epochs" | "early-stopping" | "interrupted" | "drift";

/** What happens while training, in order. */
export type TrainingEvent =
  /** A phase begins, before the given epoch. */
  | { readonly kind: "phase"; readonly epoch: number; readonly phase: string; readonly index: number }
  /** Some steps were made. Give other work a turn here (such as `await new Promise(setImmediate)`): steps do not. */
  | {
      readonly kind: "progress";
      readonly epoch: number;
      readonly step: number;
      readonly examplesDone: number;
      readonly examplesTotal: number;
      /** Mean loss of the epoch so far. */
      readonly loss: number;
    }
  /** The drift guard acted, or warned. */
  | { readonly kind: "guard"; readonly event: GuardEvent }
  | { readonly kind: "epoch"; readonly record: EpochRecord; readonly isBest: boolean }
  | {
      readonly kind: "checkpoint";
      readonly reason: "interval" | "interrupted";
      readonly checkpoint: FineTuneCheckpoint;
    }
  | {
      readonly kind: "finished";
      readonly reason: FinishReason;
      /** Epoch whose weights the trainer holds: the best, or the last where best weights are not restored; 0 before the first. */
      readonly bestEpoch: number;
      readonly history: readonly EpochRecord[];
    };

function checkFineTuneOptions(options: FineTuneOptions): void {
  const { epochs, earlyStopping, progressEvery = 1, checkpointEvery = 1 } = options;
  const expect = (fits: boolean, expected: string, got: unknown): void => {
    if (!fits)
      throw new PolicyError(
        "INVALID_CONFIG",
        `${expected}, got ${typeof got === "object" ? JSON.stringify(got) : got}`,
      );
  };
  expect(Number.isInteger(epochs) && epochs >= 0, "epochs should be a whole number ≥ 0", epochs);
  for (const [name, every] of Object.entries({ progressEvery, checkpointEvery })) {
    expect(Number.isInteger(every) && every >= 1, `${name} should be a whole number ≥ 1`, every);
  }
  if (earlyStopping === undefined) return;
  const { patience, minDelta = 0 } = earlyStopping;
  const fits = Number.isInteger(patience) && patience >= 1 && minDelta >= 0;
  expect(fits, "earlyStopping should be { patience: a whole number ≥ 1, minDelta?: ≥ 0 }", earlyStopping);
}

/** True where the guard ended the run: its last epoch says so. */
function isStopped({ state: { history } }: EmbeddingTrainer): boolean {
  return history[history.length - 1]?.guard?.some(({ action }) => action === "stop") ?? false;
}

/** What an epoch's record says of drift. */
function driftOf(trainer: EmbeddingTrainer): Pick<EpochRecord, "meanCosineDistance" | "drift" | "guard"> {
  const report = trainer.drift({ mostMoved: 0 });
  const { movedRows, medianCosineDistance, p95CosineDistance, maxCosineDistance, meanL2, bands = null } = report;
  const { guardEvents } = trainer;
  return {
    meanCosineDistance: report.meanCosineDistance,
    drift: { movedRows, medianCosineDistance, p95CosineDistance, maxCosineDistance, meanL2, bands },
    ...(guardEvents.length === 0 ? {} : { guard: guardEvents }),
  };
}

const indices = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/**
 * Trains for some epochs and reports as it goes: `for await (const event of fineTune(trainer, options))`. The trainer's
 * policy decides what is frozen when. Where the loop is left early, the trainer keeps the weights it has then.
 * @throws NonFiniteError after the weights of the best epoch (or the start) were restored; RangeError for examples that do
 * not fit the trainer; ThawlineError BAD_DATA without examples; PolicyError INVALID_CONFIG
 */
export async function* fineTune(trainer: EmbeddingTrainer, options: FineTuneOptions): AsyncGenerator<TrainingEvent> {
  checkFineTuneOptions(options);
  const { train, dev, epochs, resume, signal } = options;
  const count = exampleCount(train);
  if (count === 0) throw new ThawlineError("BAD_DATA", "training needs at least one example, got none");
  for (const examples of dev === undefined ? [train] : [train, dev]) {
    validateExamples(examples, trainer.tokens, trainer.head.classes);
  }
  const random = createRandom(resume?.order ?? deriveSeed(options.seed ?? 1, "order"));
  const select = createBatchSelector(train);
  const progressEvery = options.progressEvery ?? 50;
  if (resume !== undefined) trainer.restore(resume.trainer);
  let best = resume?.best ?? null;
  let examplesDone = resume?.examplesDone ?? 0;
  let lossSum = resume?.lossSum ?? 0;
  let epochStart: RandomState = random.state();
  const start = best === null ? trainer.snapshot({ weightsOnly: true }) : null;

  const figures = (): number[] => trainer.state.history.map((record) => monitored(record, trainer.monitor));
  const checkpoint = (): FineTuneCheckpoint => ({
    trainer: trainer.snapshot(),
    best,
    order: epochStart,
    examplesDone,
    lossSum,
  });
  const finished = (reason: FinishReason): TrainingEvent => {
    const restores = options.restoreBest !== false && best !== null && reason !== "interrupted";
    if (restores) trainer.restore(best!.weights, { weightsOnly: true });
    const { history } = trainer.state;
    return { kind: "finished", reason, bestEpoch: restores ? best!.epoch : history.length, history };
  };

  // A resumed run announces what the one before did not: between two epochs, a phase that the last one ended.
  let phase =
    resume === undefined ? undefined : resume.trainer.state.history[resume.trainer.state.history.length - 1]?.phase;
  if (examplesDone > 0) phase = trainer.phase.name;
  while (trainer.state.history.length < epochs) {
    const epoch = trainer.state.history.length + 1;
    if (isStopped(trainer)) break;
    if (options.earlyStopping !== undefined && shouldStop(options.earlyStopping, trainer.policy, figures())) {
      yield finished("early-stopping");
      return;
    }
    if (trainer.phase.name !== phase) {
      phase = trainer.phase.name;
      yield { kind: "phase", epoch, phase, index: trainer.policy.phases.indexOf(trainer.phase) };
    }
    epochStart = random.state();
    const order = indices(count);
    shuffle(order, random);
    let learningRates: Readonly<Record<string, number>> = {};
    try {
      while (examplesDone < count) {
        if (signal?.aborted) {
          yield { kind: "checkpoint", reason: "interrupted", checkpoint: checkpoint() };
          yield finished("interrupted");
          return;
        }
        const end = Math.min(count, examplesDone + trainer.batchSize);
        const report = await trainer.step(select(order, examplesDone, end));
        lossSum += report.loss * (end - examplesDone);
        examplesDone = end;
        learningRates = report.learningRates;
        if (report.step % progressEvery === 0 || end === count) {
          yield {
            kind: "progress",
            epoch,
            step: report.step,
            examplesDone,
            examplesTotal: count,
            loss: lossSum / examplesDone,
          };
        }
        for (const event of report.guard ?? []) yield { kind: "guard", event };
        if (report.guard?.some(({ action }) => action === "stop")) break;
      }
      for (const event of trainer.checkDrift()) yield { kind: "guard", event };
      const devMetrics = dev === undefined || exampleCount(dev) === 0 ? null : await trainer.evaluate(dev);
      const record: EpochRecord = {
        epoch,
        phase: trainer.phase.name,
        learningRates,
        trainLoss: lossSum / examplesDone,
        devLoss: devMetrics?.loss ?? null,
        devAccuracy: devMetrics?.accuracy ?? null,
        ...driftOf(trainer),
      };
      examplesDone = 0;
      lossSum = 0;
      const figure = monitored(record, trainer.monitor);
      const isBest = best === null || figure < best.figure;
      if (isBest) best = { epoch, figure, weights: trainer.snapshot({ weightsOnly: true }) };
      trainer.endEpoch(record);
      yield { kind: "epoch", record, isBest };
    } catch (error) {
      // The last good weights are kept: those of the best epoch, or the ones that training began with.
      if (ThawlineError.isInstance(error) && error.code === "NON_FINITE") {
        const good = best?.weights ?? start;
        if (good !== null) trainer.restore(good, { weightsOnly: true });
      }
      throw error;
    }
    epochStart = random.state();
    if (options.checkpointEvery !== undefined && epoch % options.checkpointEvery === 0) {
      yield { kind: "checkpoint", reason: "interval", checkpoint: checkpoint() };
    }
  }
  const stopped = options.earlyStopping !== undefined && shouldStop(options.earlyStopping, trainer.policy, figures());
  yield finished(isStopped(trainer) ? "drift" : stopped ? "early-stopping" : "epochs");
}
