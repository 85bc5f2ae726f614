import { readFile } from "node:fs/promises";
import {
  type FreezePolicy,
  type PhaseEnd,
  PolicyError,
  type PolicyName,
  parsePolicy,
  policyNames,
  presetPolicy,
  type ScheduleConfig,
} from "@thawline/core";
import { defaults } from "./defaults.ts";
import type { Settings } from "./settings.ts";

/** When a preset's phases end, where the flags say so. */
function unfreezing({ freezeEpochs, unfreezeOn }: Pick<Settings, "freezeEpochs" | "unfreezeOn">): PhaseEnd | undefined {
  if (freezeEpochs === null && unfreezeOn === null) return undefined;
  if (freezeEpochs !== null && unfreezeOn === null) return { kind: "epochs", epochs: freezeEpochs };
  return plateau(freezeEpochs ?? defaults.unfreezeMaxEpochs);
}

const plateau = (maxEpochs: number): PhaseEnd => ({
  kind: "plateau",
  patience: defaults.unfreezePatience,
  maxEpochs,
});

async function readPolicy(path: string): Promise<FreezePolicy> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new PolicyError("INVALID_POLICY", `${path}: the policy file cannot be read (${(cause as Error).message})`);
  });
  return parsePolicy(text, path);
}

const isPreset = (name: string): name is PolicyName => (policyNames as readonly string[]).includes(name);

/**
 * The freeze policy of a run: a preset by name, or a JSON file of `{ name, phases }`. Presets that go through the head's
 * layers take `headGroups`, from input to output.
 * @throws PolicyError INVALID_POLICY where the file is none; groups are checked by the trainer
 */
export async function resolvePolicy(
  settings: Pick<Settings, "policy" | "freezeEpochs" | "unfreezeOn">,
  headGroups: readonly string[] = ["head"],
): Promise<FreezePolicy> {
  if (!isPreset(settings.policy)) return readPolicy(settings.policy);
  const until =
    unfreezing(settings) ?? (settings.policy === "gradual" ? plateau(defaults.unfreezeMaxEpochs) : undefined);
  return presetPolicy(settings.policy, { headGroups, ...(until === undefined ? {} : { until }) });
}

/**
 * The schedule of a run; `warmup` is the rising part of those that have one.
 * @throws PolicyError INVALID_CONFIG where the schedule has none, or the share is out of range
 */
export function resolveSchedule({ schedule, warmup }: Pick<Settings, "schedule" | "warmup">): ScheduleConfig {
  if (warmup === null) return { type: schedule };
  const share = (): number => {
    if (warmup > 0 && warmup < 1) return warmup;
    throw new PolicyError(
      "INVALID_CONFIG",
      `--warmup of --schedule ${schedule} is a share between 0 and 1, got ${warmup}`,
    );
  };
  switch (schedule) {
    case "constant":
    case "linear":
      return { type: schedule, warmup };
    case "slanted":
      return { type: schedule, cutFraction: share() };
    case "one-cycle":
      return { type: schedule, peakFraction: share() };
    case "plateau":
      throw new PolicyError("INVALID_CONFIG", "--schedule plateau has no warm-up: leave --warmup out");
    default:
      throw new TypeError(`unknown schedule ${schedule satisfies never}`);
  }
}
