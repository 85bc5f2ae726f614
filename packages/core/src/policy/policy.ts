import { PolicyError } from "../errors.ts";
import { policySchema } from "./policy-schema.ts";
import type { RowRule } from "./row-rule.ts";
import { checkSchema } from "./schema-check.ts";

/**
 * When what is frozen, as plain data: phases in order, each until its condition is met, the last to the end.
 * A group is `embeddings`, `head`, or a layer such as `head.output`; a name covers the groups below it.
 */
export interface FreezePolicy {
  readonly name: string;
  readonly phases: readonly FreezePhase[];
}

/** One phase of a policy. */
export interface FreezePhase {
  readonly name: string;
  /** Multiplier on each group's base learning rate; 0 freezes the group. The longest name that covers a group counts; others have 1. */
  readonly learningRates: Readonly<Record<string, number>>;
  /** Which rows of the table may move while `embeddings` is not frozen; default all. */
  readonly rows?: RowRule;
  /**
   * Learning rates of rows that `rows` lets move, relative to that of `embeddings`: a row has the rate of the first rule that
   * holds of it, 1 where none does, and 0 freezes it. The rate multiplies η after everything else, so that Adam's step, and
   * decoupled decay, shrink in proportion.
   */
  readonly rowRates?: readonly RowRate[];
  /** When the phase ends; the last phase has none. */
  readonly until?: PhaseEnd;
}

/** A learning rate of some rows. */
export interface RowRate {
  readonly rows: RowRule;
  /** Multiplier ≥ 0. */
  readonly rate: number;
}

/** A phase's end, judged after each epoch. */
export type PhaseEnd =
  | { readonly kind: "epochs"; readonly epochs: number }
  /**
   * The monitored figure has not improved by more than `minDelta` (default 0) for `patience` epochs of this phase; after
   * `maxEpochs` epochs at the latest.
   */
  | { readonly kind: "plateau"; readonly patience: number; readonly minDelta?: number; readonly maxEpochs?: number };

/** Vectors stay as they are: fixed features. */
export const frozenPolicy: FreezePolicy = Object.freeze({
  name: "frozen",
  phases: [{ name: "frozen", learningRates: { embeddings: 0 } }],
});

/** Vectors train from the first step. */
export const fullPolicy: FreezePolicy = Object.freeze({
  name: "full",
  phases: [{ name: "full", learningRates: {} }],
});

/** How `gradualPolicy` unfreezes. */
export interface GradualOptions {
  /** End of the frozen phase. */
  readonly until: PhaseEnd;
  /** Multiplier on the head's learning rate once the vectors train too; default 1. */
  readonly headRate?: number;
  /** Multiplier on the vectors' learning rate once they train; default 1. */
  readonly embeddingsRate?: number;
}

/**
 * Freeze first, unfreeze later: the head trains on frozen vectors, then both train, the vectors with their own (smaller)
 * base rate.
 * @remarks Howard and Ruder 2018 (ULMFiT), section 3.3, gradual unfreezing, for a table and a head.
 */
export function gradualPolicy({ until, headRate = 1, embeddingsRate = 1 }: GradualOptions): FreezePolicy {
  return {
    name: "gradual",
    phases: [
      { name: "frozen", learningRates: { embeddings: 0 }, until },
      { name: "tuned", learningRates: { embeddings: embeddingsRate, head: headRate } },
    ],
  };
}

/** True where the group name `cover` is `group` or a level above it. */
export function coversGroup(cover: string, group: string): boolean {
  return group === cover || group.startsWith(`${cover}.`);
}

/** Multiplier that a phase gives a group. */
export function groupRate(phase: FreezePhase, group: string): number {
  let best = "";
  let rate = 1;
  for (const [cover, multiplier] of Object.entries(phase.learningRates ?? {})) {
    if (coversGroup(cover, group) && cover.length > best.length) {
      best = cover;
      rate = multiplier;
    }
  }
  return rate;
}

/**
 * Checks a policy against the groups that there are.
 * @throws PolicyError INVALID_POLICY, UNKNOWN_GROUP
 */
export function validatePolicy(policy: FreezePolicy, groups: readonly string[]): void {
  checkSchema(policySchema, policy, `policy "${policy?.name}"`);
  const fail = (message: string): never => {
    throw new PolicyError("INVALID_POLICY", message);
  };
  const names = policy.phases.map((phase) => phase.name);
  const unnamed = names.findIndex((name) => typeof name !== "string");
  if (unnamed >= 0) fail(`policy "${policy.name}", at $.phases[${unnamed}]: expected a "name"`);
  if (new Set(names).size !== names.length) {
    fail(`policy "${policy.name}" should name its phases apart, got ${names.join(", ")}`);
  }
  policy.phases.forEach((phase, index) => {
    const where = `policy "${policy.name}", phase ${index + 1} ("${phase.name}")`;
    const unknown = Object.keys(phase.learningRates ?? {}).find(
      (group) => !groups.some((known) => coversGroup(group, known)),
    );
    if (unknown !== undefined) {
      throw new PolicyError(
        "UNKNOWN_GROUP",
        `${where}: there is no group "${unknown}"; there are ${groups.join(", ")}`,
      );
    }
    const last = index === policy.phases.length - 1;
    if (last && phase.until !== undefined) fail(`${where}: the last phase has no "until"`);
    if (!last && phase.until === undefined) fail(`${where}: only the last phase may lack "until"`);
    if (groups.every((group) => groupRate(phase, group) === 0)) {
      fail(`${where} freezes every group: nothing would train`);
    }
  });
}
