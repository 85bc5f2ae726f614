import { readFile } from "node:fs/promises";
import {
  type FreezePolicy,
  frozenPolicy,
  fullPolicy,
  gradualPolicy,
  nearestName,
  type PhaseEnd,
  PolicyError,
  type ScheduleConfig,
} from "@thawline/core";
import { defaults } from "./defaults.ts";
import type { Settings } from "./settings.ts";

/** When the gradual policy's frozen phase ends. */
function unfreezing({ freezeEpochs, unfreezeOn }: Pick<Settings, "freezeEpochs" | "unfreezeOn">): PhaseEnd {
  if (freezeEpochs !== null && unfreezeOn === null) return { kind: "epochs", epochs: freezeEpochs };
  return {
    kind: "plateau",
    patience: defaults.unfreezePatience,
    maxEpochs: freezeEpochs ?? defaults.unfreezeMaxEpochs,
  };
}

/** A key that is not known would change nothing, in silence. */
function checkKeys(value: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const hint = `did you mean "${nearestName(unknown, known)}"?`;
  throw new PolicyError("INVALID_POLICY", `${where}: unknown key "${unknown}"; ${hint}`);
}

async function readPolicy(path: string): Promise<FreezePolicy> {
  const fail = (what: string, cause: unknown): never => {
    throw new PolicyError("INVALID_POLICY", `${path}: ${what} (${(cause as Error).message})`);
  };
  const text = await readFile(path, "utf8").catch((cause: unknown) => fail("the policy file cannot be read", cause));
  let policy: Partial<FreezePolicy> | null = null;
  try {
    policy = JSON.parse(text) as Partial<FreezePolicy> | null;
  } catch (cause) {
    fail("expected a policy as JSON", cause);
  }
  if (!Array.isArray(policy?.phases) || policy.phases.some((phase) => typeof phase !== "object" || phase === null)) {
    throw new PolicyError("INVALID_POLICY", `${path}: expected { name, phases: [ { name, learningRates, until? } ] }`);
  }
  checkKeys(policy, ["name", "phases"], path);
  for (const phase of policy.phases) checkKeys(phase, ["name", "learningRates", "rows", "until"], `${path}, phases`);
  return {
    name: policy.name ?? "custom",
    phases: policy.phases.map((phase, i) => ({
      ...phase,
      name: phase.name ?? `phase ${i + 1}`,
      learningRates: phase.learningRates ?? {},
    })),
  };
}

/**
 * The freeze policy of a run: a built-in by name, or a JSON file of `{ name, phases }`.
 * @throws PolicyError INVALID_POLICY where the file is none; groups and rates are checked by the trainer
 */
export async function resolvePolicy(
  settings: Pick<Settings, "policy" | "freezeEpochs" | "unfreezeOn">,
): Promise<FreezePolicy> {
  if (settings.policy === "frozen") return frozenPolicy;
  if (settings.policy === "full") return fullPolicy;
  if (settings.policy === "gradual") return gradualPolicy({ until: unfreezing(settings) });
  return readPolicy(settings.policy);
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
