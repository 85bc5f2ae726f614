import { setImmediate } from "node:timers/promises";
import {
  type EmbeddingTrainer,
  type EpochRecord,
  embeddingsGroup,
  exampleCount,
  fineTune,
  groupRate,
  monitored,
  type TrainingEvent,
} from "@thawline/core";
import { type BestEpoch, type PhaseBests, type SavedCheckpoint, saveCheckpoint } from "../run/checkpoint.ts";
import type { MetricsLog } from "../run/metrics-log.ts";
import { defaults } from "./defaults.ts";
import type { MeasuredEpoch, MeasureEpoch } from "./drift-probe.ts";
import type { RunEvent } from "./events.ts";
import type { Prepared } from "./prepare.ts";
import { alignmentKey } from "./prove-alignment.ts";

/** What came of training. */
export interface Trained {
  /** Null where training was interrupted: the checkpoint in `checkpointFile` goes on. */
  readonly bestEpoch: number | null;
  readonly checkpointFile: string | null;
  /** With what `measureEpoch` adds. */
  readonly history: readonly MeasuredEpoch[];
  readonly bests: PhaseBests;
  readonly trainMs: number;
  readonly examplesPerSecond: number;
}

/** What training needs besides trainer and data. */
export interface TrainRunOptions {
  readonly checkpoints: string;
  readonly metrics: MetricsLog;
  readonly resume: SavedCheckpoint | null;
  readonly signal: AbortSignal | undefined;
  readonly report: (event: RunEvent) => void;
  /** Default: nothing is added. */
  readonly measureEpoch?: MeasureEpoch;
}

/** Keeps the weights of the best epoch before the vectors were first trained, and of the best since. */
function trackBests(trainer: EmbeddingTrainer, start: PhaseBests) {
  let bests = start;
  const isFrozenSoFar = (history: readonly EpochRecord[]): boolean => {
    const trained = new Set(
      trainer.policy.phases.filter((phase) => groupRate(phase, embeddingsGroup) > 0).map((phase) => phase.name),
    );
    return history.every((record) => !trained.has(record.phase));
  };
  return {
    current: () => bests,
    add(record: EpochRecord): void {
      const kind = isFrozenSoFar(trainer.state.history) ? "frozen" : "tuned";
      const figure = monitored(record, trainer.monitor);
      const best: BestEpoch | null = bests[kind];
      if (best !== null && figure >= best.figure) return;
      bests = { ...bests, [kind]: { epoch: record.epoch, figure, weights: trainer.snapshot({ weightsOnly: true }) } };
    },
  };
}

/**
 * Runs the training loop: reports, logs epochs, writes checkpoints, and stops with one where the signal says so.
 * @throws NonFiniteError with the last good weights restored
 */
export async function trainRun(
  trainer: EmbeddingTrainer,
  prepared: Prepared,
  { checkpoints, metrics, resume, signal, report, measureEpoch = (record) => record }: TrainRunOptions,
): Promise<Trained> {
  const { settings, train, dev } = prepared;
  const bests = trackBests(trainer, resume?.bests ?? { frozen: null, tuned: null });
  const started = performance.now();
  const total = exampleCount(train);
  const doneBefore =
    (resume?.checkpoint.trainer.state.history.length ?? 0) * total + (resume?.checkpoint.examplesDone ?? 0);
  let examples = 0;
  let checkpointFile: string | null = null;
  let last: Extract<TrainingEvent, { kind: "finished" }> | undefined;

  const handle = async (event: TrainingEvent): Promise<void> => {
    if (event.kind === "finished") last = event;
    else if (event.kind === "phase") report(event);
    else if (event.kind === "guard") {
      report({ ...event, words: event.event.rows.map((row) => prepared.aligned.words[row]!) });
    } else if (event.kind === "epoch") {
      bests.add(event.record);
      await metrics.append(measureEpoch(event.record));
      report(event);
    } else if (event.kind === "progress") {
      examples = (event.epoch - 1) * total + event.examplesDone - doneBefore;
      const examplesPerSecond = examples / ((performance.now() - started) / 1000);
      report({ ...event, epochs: settings.epochs, examplesPerSecond });
      // A turn for signals and streams: steps themselves never yield to them.
      await setImmediate();
    } else {
      const saved = { checkpoint: event.checkpoint, bests: bests.current(), alignment: alignmentKey(prepared.proof) };
      checkpointFile = await saveCheckpoint(checkpoints, saved, defaults.checkpointsKept);
      report({ kind: "checkpoint", file: checkpointFile, reason: event.reason });
    }
  };
  for await (const event of fineTune(trainer, {
    train,
    dev,
    epochs: settings.epochs,
    earlyStopping: { patience: settings.patience },
    seed: settings.seed,
    progressEvery: defaults.progressEvery,
    checkpointEvery: settings.checkpointEvery,
    ...(resume === null ? {} : { resume: resume.checkpoint }),
    ...(signal === undefined ? {} : { signal }),
  })) {
    await handle(event);
  }
  const trainMs = performance.now() - started;
  const logged = new Map(metrics.epochs().map((record) => [record.epoch, record]));
  return {
    bestEpoch: last!.reason === "interrupted" ? null : last!.bestEpoch,
    checkpointFile,
    history: last!.history.map((record) => logged.get(record.epoch) ?? record),
    bests: bests.current(),
    trainMs,
    examplesPerSecond: examples / (trainMs / 1000),
  };
}
