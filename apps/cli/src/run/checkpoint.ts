import { readdirSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type FineTuneCheckpoint, FormatError, type TensorMap, type TrainerSnapshot } from "@thawline/core";
import { readSafetensors, writeSafetensors } from "@thawline/vectors";
import { writeFileAtomically } from "@thawline/vectors/node";

/** The best epoch of a kind so far. */
export interface BestEpoch {
  readonly epoch: number;
  /** Monitored figure, lower is better. */
  readonly figure: number;
  readonly weights: TrainerSnapshot;
}

/** The best epochs with the vectors frozen throughout, and with them trained. */
export interface PhaseBests {
  readonly frozen: BestEpoch | null;
  readonly tuned: BestEpoch | null;
}

/** Where a run stands on disk. */
export interface SavedCheckpoint {
  readonly checkpoint: FineTuneCheckpoint;
  readonly bests: PhaseBests;
  /** Of the table that training goes on with: `alignmentKey`. */
  readonly alignment?: string;
}

type Parts = Record<string, TensorMap[string]>;

const withoutTensors = ({ tensors: _, ...rest }: TrainerSnapshot): Omit<TrainerSnapshot, "tensors"> => rest;

function addTensors(parts: Parts, prefix: string, snapshot: TrainerSnapshot): Omit<TrainerSnapshot, "tensors"> {
  for (const [name, tensor] of Object.entries(snapshot.tensors)) parts[`${prefix}/${name}`] = tensor;
  return withoutTensors(snapshot);
}

/** One safetensors file: tensors of trainer and best epochs by name, the rest as JSON in its metadata. */
function encode({ checkpoint, bests, alignment }: SavedCheckpoint): Uint8Array {
  const parts: Parts = {};
  const best = (prefix: "frozen" | "tuned") => {
    const saved = bests[prefix];
    return saved === null ? null : { ...saved, weights: addTensors(parts, prefix, saved.weights) };
  };
  const state = {
    trainer: addTensors(parts, "trainer", checkpoint.trainer),
    order: checkpoint.order,
    examplesDone: checkpoint.examplesDone,
    lossSum: checkpoint.lossSum,
    // The best epoch of all is the best of its kind, so its weights stand there already.
    bestEpoch: checkpoint.best?.epoch ?? null,
    frozen: best("frozen"),
    tuned: best("tuned"),
    alignment,
  };
  const metadata = { format: "thawline-checkpoint", version: "1", state: JSON.stringify(state) };
  return writeSafetensors(parts as never, { metadata });
}

function decode(bytes: Uint8Array, file: string): SavedCheckpoint {
  const { metadata, tensors } = readSafetensors(bytes, { file });
  const text = metadata.get("state");
  if (metadata.get("format") !== "thawline-checkpoint" || metadata.get("version") !== "1" || text === undefined) {
    throw new FormatError("BAD_MODEL_FILE", "expected a checkpoint of this version of Thawline", { file });
  }
  const state = JSON.parse(text);
  const snapshot = (prefix: string, rest: Omit<TrainerSnapshot, "tensors">): TrainerSnapshot => ({
    ...rest,
    tensors: Object.fromEntries(
      [...tensors].flatMap(([name, tensor]) =>
        name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), tensor as TensorMap[string]]] : [],
      ),
    ),
  });
  const best = (prefix: "frozen" | "tuned"): BestEpoch | null =>
    state[prefix] === null ? null : { ...state[prefix], weights: snapshot(prefix, state[prefix].weights) };
  const bests: PhaseBests = { frozen: best("frozen"), tuned: best("tuned") };
  const overall = [bests.frozen, bests.tuned].find((each) => each !== null && each.epoch === state.bestEpoch) ?? null;
  const { order, examplesDone, lossSum } = state;
  return {
    checkpoint: { trainer: snapshot("trainer", state.trainer), best: overall, order, examplesDone, lossSum },
    bests,
    ...(state.alignment === undefined ? {} : { alignment: state.alignment }),
  };
}

const fileOf = (step: number): string => `step-${String(step).padStart(9, "0")}.safetensors`;

/** Checkpoints of a folder, the oldest first. */
function checkpointFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^step-\d+\.safetensors$/.test(name))
    .sort();
}

/** Writes a checkpoint and removes all but the newest `keep`. Returns its path. */
export async function saveCheckpoint(folder: string, saved: SavedCheckpoint, keep: number): Promise<string> {
  const path = join(folder, fileOf(saved.checkpoint.trainer.state.step));
  const bytes = encode(saved);
  await writeFileAtomically(path, (write) => write(bytes));
  for (const old of checkpointFiles(folder).slice(0, -keep)) await rm(join(folder, old), { force: true });
  return path;
}

/** Reads the newest checkpoint of a folder, or null where there is none. @throws FormatError where it is damaged */
export async function loadLastCheckpoint(
  folder: string,
): Promise<(SavedCheckpoint & { readonly file: string }) | null> {
  const last = checkpointFiles(folder).at(-1);
  if (last === undefined) return null;
  const file = join(folder, last);
  return { ...decode(await readFile(file), file), file };
}
