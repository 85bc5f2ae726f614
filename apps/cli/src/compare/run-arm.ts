import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  argMax,
  type Backend,
  classificationMetrics,
  type EmbeddingTrainer,
  type Examples,
  neighborOverlap,
} from "@thawline/core";
import type { RunEvent } from "../pipeline/events.ts";
import { makeTrainer } from "../pipeline/make-trainer.ts";
import type { Prepared } from "../pipeline/prepare.ts";
import { trainRun } from "../pipeline/train-run.ts";
import { openMetricsLog } from "../run/metrics-log.ts";
import { recordDelta } from "../run/record-delta.ts";
import { feedBase } from "./feed-base.ts";

/** Which examples of a split a run had right, and how sure it was. */
export interface SplitResult {
  /** A digit an example: 1 where it was right. */
  readonly correct: string;
  readonly loss: number;
}

/** What one run leaves for the comparison. Plain data. */
export interface RunResult {
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly dev: SplitResult;
  readonly test: SplitResult | null;
  readonly movedRows: number;
  readonly meanCosineDistance: number;
  /** Null where it was not measured. */
  readonly neighborOverlapAt10: number | null;
  readonly hasDelta: boolean;
}

async function judge(trainer: EmbeddingTrainer, examples: Examples): Promise<SplitResult> {
  const { classes } = trainer.head;
  const logits = await trainer.logits(examples);
  const correct = Array.from(examples.labels, (label, n) => (argMax(logits, n * classes, classes) === label ? 1 : 0));
  return { correct: correct.join(""), loss: classificationMetrics(logits, examples.labels, classes).loss };
}

/** A run's work besides its data. */
export interface RunArmOptions {
  readonly backend: Backend;
  /** Of the run; made here. */
  readonly folder: string;
  readonly writesDelta: boolean;
  /** Whether neighbours are compared, which takes longer than training on few rows. */
  readonly measuresNeighbors: boolean;
  readonly signal: AbortSignal | undefined;
  readonly report: (event: RunEvent) => void;
}

/**
 * Trains one arm as `finetune` does, and judges it. Returns null where the signal stopped it; its folder is gone then.
 * @throws ThawlineError as training does
 */
export async function runArm(prepared: Prepared, options: RunArmOptions): Promise<RunResult | null> {
  const { folder, signal, report } = options;
  const trainer = await makeTrainer(prepared, options.backend);
  await mkdir(folder, { recursive: true });
  const metrics = await openMetricsLog(join(folder, "metrics.ndjson"), []);
  try {
    // A checkpoint is written by an interruption alone, and goes with the folder.
    const trained = await trainRun(trainer, prepared, { checkpoints: folder, metrics, resume: null, signal, report });
    if (trained.bestEpoch === null) {
      await rm(folder, { recursive: true, force: true });
      return null;
    }
    const { seed } = prepared.settings;
    const { movedRows, meanCosineDistance } = trainer.drift({ mostMoved: 0 });
    const result: RunResult = {
      bestEpoch: trained.bestEpoch,
      epochs: trained.history.length,
      dev: await judge(trainer, prepared.dev),
      test: prepared.test === null ? null : await judge(trainer, prepared.test),
      movedRows,
      meanCosineDistance,
      neighborOverlapAt10: options.measuresNeighbors ? neighborOverlap(prepared.table, { k: 10, seed }).overlap : null,
      hasDelta: options.writesDelta,
    };
    if (options.writesDelta) {
      const delta = recordDelta(prepared);
      if (!prepared.base.isWhole) await feedBase(prepared, delta.onBaseRow);
      await delta.write(join(folder, "delta.safetensors"));
    }
    return result;
  } finally {
    await metrics.close();
    await trainer.close();
  }
}
