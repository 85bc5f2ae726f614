import { existsSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { PolicyError, ThawlineError } from "@thawline/core";
import { loadLastCheckpoint, type SavedCheckpoint } from "../run/checkpoint.ts";
import { type RunFolder, readRunRecord } from "../run/run-folder.ts";
import type { BackendName } from "./backend-names.ts";
import { type AlignmentProof, alignmentKey } from "./prove-alignment.ts";
import type { FineTuneOptions, Settings } from "./settings.ts";

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

/**
 * Command and settings of the run in a folder, which a resumed run takes over as they are.
 * @throws PolicyError INVALID_CONFIG where an option given now differs from then, or the run is finished
 */
export async function storedRun(
  folder: RunFolder,
  options: Partial<FineTuneOptions>,
): Promise<{ readonly command: string; readonly settings: Settings; readonly backend: BackendName | "auto" }> {
  const record = await readRunRecord(folder.record);
  if (record.status === "finished") throw invalid(`${folder.path}: this run is finished, there is nothing to resume`);
  const stored = record.config as Settings | undefined;
  if (typeof stored !== "object") throw invalid(`${folder.record} has no configuration to resume with`);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || !(key in stored)) continue;
    const before = stored[key as keyof Settings];
    if (!isDeepStrictEqual(before, value)) {
      throw invalid(
        `a run goes on with the options it began with: ${key} was ${JSON.stringify(before)}, now ${JSON.stringify(value)}. Leave it out, or start a new run`,
      );
    }
  }
  // What auto picked then stays: another backend would end elsewhere than an uninterrupted run.
  const { backend = stored.backend } = (record.resolved ?? {}) as { backend?: BackendName };
  return { command: String(record.command), settings: stored, backend };
}

/** SHA-256 of each input, as `run.json` keeps them. */
export type InputHashes = Readonly<Record<string, string | null>>;

/**
 * The newest checkpoint of a run.
 * @throws PolicyError INVALID_CONFIG where there is none, or the inputs are not those that the run began with;
 * ThawlineError ALIGNMENT_MISMATCH where it is of another table
 */
export async function resumePoint(
  folder: RunFolder,
  { inputs, alignment }: { readonly inputs: InputHashes; readonly alignment: AlignmentProof },
): Promise<SavedCheckpoint & { readonly file: string }> {
  const before = (await readRunRecord(folder.record)).inputs as InputHashes;
  const changed = Object.keys(inputs).filter((name) => inputs[name] !== before[name]);
  if (changed.length > 0) {
    throw invalid(`a run goes on with the data it began with, but ${changed.join(", ")} changed since`);
  }
  const last = existsSync(folder.checkpoints) ? await loadLastCheckpoint(folder.checkpoints) : null;
  if (last === null) throw invalid(`${folder.path} has no checkpoint to go on from: start again with --force`);
  if (last.alignment !== undefined && last.alignment !== alignmentKey(alignment)) {
    throw new ThawlineError(
      "ALIGNMENT_MISMATCH",
      `${last.file}: this checkpoint is of a table with other words or rows than the ${inputs.vectors === null ? "model's" : "vectors'"} that the run begins with, as of another run: words and rows do not belong together. Resume with the checkpoints of this run, or start again with --force`,
    );
  }
  return last;
}
