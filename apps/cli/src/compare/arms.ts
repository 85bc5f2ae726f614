import { embeddingsGroup, type FreezePolicy, groupRate, PolicyError } from "@thawline/core";
import { resolvePolicy } from "../pipeline/policy.ts";
import { type FineTuneOptions, resolveSettings, type Settings, unfreezingPolicies } from "../pipeline/settings.ts";

/** What is compared: a policy, and the settings of its runs but for the seed. */
export interface ArmPlan {
  /** Name in tables and folders. */
  readonly name: string;
  readonly settings: Settings;
  readonly policy: FreezePolicy;
  readonly isFrozen: boolean;
}

/** Flags that belong to policies with phases whose end can be chosen. */
const unfreezingOnly = ["freezeEpochs", "unfreezeOn"] as const;

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

async function planOf(policy: string, shared: Omit<FineTuneOptions, "policy">): Promise<ArmPlan> {
  const options: Record<string, unknown> = { ...shared, policy };
  if (!unfreezingPolicies.includes(policy)) for (const flag of unfreezingOnly) delete options[flag];
  const settings = resolveSettings(options as unknown as FineTuneOptions);
  const resolved = await resolvePolicy(settings);
  return {
    name: policy.toLowerCase().endsWith(".json") ? resolved.name : policy,
    settings,
    policy: resolved,
    isFrozen: resolved.phases.every((phase) => groupRate(phase, embeddingsGroup) === 0),
  };
}

/**
 * The policies to compare, by name or file, as their runs' settings. Where none of them keeps the vectors frozen, `frozen`
 * is put before them: the verdict compares with it.
 * @throws PolicyError INVALID_CONFIG for fewer than two, or two of one name; INVALID_POLICY for a file that is none
 */
export async function planArms(
  policies: readonly string[],
  shared: Omit<FineTuneOptions, "policy">,
): Promise<readonly ArmPlan[]> {
  const unused = unfreezingOnly.find((flag) => shared[flag] !== undefined);
  if (unused !== undefined && !policies.some((policy) => unfreezingPolicies.includes(policy))) {
    const flag = unused.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw invalid(
      `--${flag} belongs to policies that unfreeze (${unfreezingPolicies.join(", ")}), got ${policies.join(", ")}`,
    );
  }
  const given = await Promise.all(policies.map((policy) => planOf(policy, shared)));
  const arms = given.some(({ isFrozen }) => isFrozen) ? given : [await planOf("frozen", shared), ...given];
  const twice = arms.find(({ name }, i) => arms.findIndex((other) => other.name === name) < i);
  if (twice !== undefined) throw invalid(`--policies has two of the name "${twice.name}": name them apart`);
  const unfit = arms.find(({ name }) => !/^[\w.+-]+$/.test(name));
  if (unfit !== undefined) {
    throw invalid(`a policy's name is part of a folder's: letters, digits and . _ + -, got "${unfit.name}"`);
  }
  if (arms.length < 2)
    throw invalid("expected --policies with at least one that trains the vectors, such as frozen,gradual");
  return arms;
}
