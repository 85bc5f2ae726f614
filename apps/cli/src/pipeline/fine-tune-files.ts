import { mkdir } from "node:fs/promises";
import { type EmbeddingTrainer, ThawlineError } from "@thawline/core";
import type { RunDocument } from "../run/document.ts";
import { hashAnchor } from "../run/frozen-rows.ts";
import { openMetricsLog } from "../run/metrics-log.ts";
import { openRunFolder, type RunFolder, writeJsonFile } from "../run/run-folder.ts";
import type { BackendName } from "./backend-names.ts";
import type { BaseRequest } from "./base-vectors.ts";
import { checkCarry } from "./carry-unmoved.ts";
import { type Choice, chooseBackend, openNamed } from "./choose-backend.ts";
import { epochProbe } from "./drift-probe.ts";
import type { RunEvent } from "./events.ts";
import { finishRun, type RunContext, saveModelOf } from "./finish-run.ts";
import { makeTrainer } from "./make-trainer.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { verifyProof } from "./prove-alignment.ts";
import { type InputHashes, resumePoint, storedRun } from "./resume.ts";
import { runRecord } from "./run-record.ts";
import { type FineTuneOptions, resolveSettings } from "./settings.ts";
import { trainRun } from "./train-run.ts";

/** How a run is watched and stopped. */
export interface FineTuneHooks {
  readonly onEvent?: (event: RunEvent) => void;
  /** Told how far the vectors are read. */
  readonly onRead?: BaseRequest["onProgress"];
  /** Stops after the present step, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** `command` of the record; default `finetune`. */
  readonly command?: string;
  /** Names that may stand in the run folder already. */
  readonly besides?: readonly string[];
}

function inputHashes({ splits, base, settings }: Prepared): InputHashes {
  return {
    vectors: base.sha256,
    train: splits.train.sha256,
    dev: settings.dev === null ? null : splits.dev.sha256,
    test: splits.test?.sha256 ?? null,
  };
}

/** Records that a run failed; where numbers stopped being finite, keeps what the finished epochs are worth. */
async function afterFailure(context: RunContext, error: unknown): Promise<never> {
  if (!ThawlineError.isInstance(error)) throw error;
  const { code, message } = error;
  // Where even the record cannot be written, the first error is the one to tell.
  await context.writeRecord({ status: "failed", error: { code, message } }).catch(() => {});
  if (code !== "NON_FINITE") throw error;
  const epochs = context.trainer.state.history.length;
  if (epochs === 0) {
    error.message += " No epoch was finished, so no model was written.";
    throw error;
  }
  await saveModelOf(context);
  error.message += ` The best weights of the ${epochs} finished epochs were written to ${context.folder.model}.`;
  throw error;
}

async function runIn(
  folder: RunFolder,
  options: {
    command: string;
    prepared: Prepared;
    started: number;
    resume: boolean;
    hooks: FineTuneHooks;
    choice: Choice;
  },
): Promise<RunDocument> {
  const { command, prepared, started, hooks, choice } = options;
  const { backend } = choice;
  const report = hooks.onEvent ?? (() => {});
  checkCarry(prepared);
  const trainer: EmbeddingTrainer = await makeTrainer(prepared, backend);
  // Before a checkpoint is loaded: the figures are against the rows that the run began with.
  const measureEpoch = epochProbe(prepared);
  const inputs = inputHashes(prepared);
  const resume = options.resume ? await resumePoint(folder, { inputs, alignment: prepared.proof }) : null;
  const loadMs = performance.now() - started;
  report({ kind: "prepared", prepared, loadMs, backend: choice });
  if (resume !== null) report({ kind: "resumed", file: resume.file, history: resume.checkpoint.trainer.state.history });

  const record = runRecord(prepared, { command, backend: choice, inputs, policy: trainer.policy });
  const writeRecord = (fields: object) => writeJsonFile(folder.record, { ...record, ...fields });
  await writeRecord({ status: "running" });
  await mkdir(folder.checkpoints, { recursive: true });
  const metrics = await openMetricsLog(folder.metrics, resume?.checkpoint.trainer.state.history ?? []);
  const anchorSha256 = hashAnchor(prepared.table);
  const context: RunContext = {
    folder,
    prepared,
    trainer,
    command,
    backend: backend.name,
    runtime: backend,
    loadMs,
    anchorSha256,
    writeRecord,
  };
  try {
    // Last before the first step: between loading and here anyone could have reordered words or rows.
    verifyProof(prepared.proof, prepared.alignment, `${prepared.base.file}, before training`);
    const trained = await trainRun(trainer, prepared, {
      checkpoints: folder.checkpoints,
      metrics,
      resume,
      signal: hooks.signal,
      report,
      measureEpoch,
    });
    if (trained.bestEpoch !== null) report({ kind: "writing" });
    return await finishRun(context, trained);
  } catch (error) {
    return await afterFailure(context, error);
  } finally {
    await metrics.close();
    await trainer.close();
  }
}

function freshRun(options: FineTuneOptions, { command = "finetune" }: FineTuneHooks) {
  const settings = resolveSettings(options);
  const backend: BackendName | "auto" = settings.backend;
  return { command, settings, backend };
}

/**
 * Fine-tunes pre-trained vectors on labelled text files and writes a run folder: model, tuned vectors, delta, metrics and
 * record. Returns the document that `thawline finetune --json` prints. Where `hooks.signal` aborts, the document's status
 * is `interrupted` and a checkpoint is on disk.
 * @throws ThawlineError with a code: INVALID_CONFIG, INVALID_POLICY, UNKNOWN_GROUP, BAD_VECTOR_FILE, BAD_DATA_FILE, BAD_DATA,
 * NO_VOCABULARY_OVERLAP, BAD_MODEL_FILE, BACKEND_UNAVAILABLE, OUTPUT_FAILED, NON_FINITE, ABORTED (stopped before training
 * began)
 * @example
 * const run = await fineTuneFiles({ vectors: "glove.txt", train: "train.tsv", out: "run" });
 * console.log(run.metrics.dev?.accuracy, run.drift?.meanCosineDistance);
 */
export async function fineTuneFiles(options: FineTuneOptions, hooks: FineTuneHooks = {}): Promise<RunDocument> {
  const { force = false, resume = false } = options;
  const fresh = resume ? null : freshRun(options, hooks);
  const folder = await openRunFolder(options.out, { force, resume, besides: hooks.besides ?? [] });
  try {
    const { command, settings, backend } = fresh ?? (await storedRun(folder, options));
    const started = performance.now();
    // A backend that was named is opened first: reading the data may take long, and for nothing.
    const named =
      backend === "auto"
        ? null
        : await openNamed(backend, settings.backend === "auto" ? "what auto picked as the run began" : undefined);
    const prepared = await prepare(settings, hooks.signal, hooks.onRead).catch(async (error: unknown) => {
      await named?.backend.close();
      throw error;
    });
    const choice = named ?? (await chooseBackend(prepared.head, "train"));
    try {
      return await runIn(folder, { command, prepared, started, resume, hooks, choice });
    } finally {
      await choice.backend.close();
    }
  } finally {
    await folder.discardIfEmpty();
  }
}
