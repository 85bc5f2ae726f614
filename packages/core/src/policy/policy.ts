import { PolicyError } from "../errors.ts";
import type { RowRule } from "./row-rule.ts";

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
  /** When the phase ends; the last phase has none. */
  readonly until?: PhaseEnd;
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
}

/**
 * Freeze first, unfreeze later: the head trains on frozen vectors, then both train, the vectors with their own (smaller)
 * base rate.
 * @remarks Howard and Ruder 2018 (ULMFiT), section 3.3, gradual unfreezing, for a table and a head.
 */
export function gradualPolicy({ until, headRate = 1 }: GradualOptions): FreezePolicy {
  return {
    name: "gradual",
    phases: [
      { name: "frozen", learningRates: { embeddings: 0 }, until },
      { name: "tuned", learningRates: { embeddings: 1, head: headRate } },
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

const isCount = (x: unknown): boolean => Number.isInteger(x) && (x as number) >= 1;

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

/** A policy may come from a file: nothing is taken for granted. */
function checkPhaseForm(where: string, phase: FreezePhase): void {
  const expectObject = (name: string, value: unknown): void => {
    if (value !== undefined && !isObject(value)) {
      throw new PolicyError("INVALID_POLICY", `${where}: ${name} should be an object, got ${JSON.stringify(value)}`);
    }
  };
  if (!isObject(phase) || typeof phase.name !== "string") {
    throw new PolicyError("INVALID_POLICY", `${where} should be an object with a name, got ${JSON.stringify(phase)}`);
  }
  expectObject("learningRates", phase.learningRates);
  expectObject("until", phase.until);
  expectObject("rows", phase.rows);
}

function checkEnd(where: string, end: PhaseEnd): void {
  const fail = (expected: string): never => {
    throw new PolicyError("INVALID_POLICY", `${where}: until should be ${expected}, got ${JSON.stringify(end)}`);
  };
  if (end.kind === "epochs") {
    if (!isCount(end.epochs)) fail("{ kind: 'epochs', epochs } with a whole number ≥ 1");
  } else if (end.kind === "plateau") {
    if (
      !isCount(end.patience) ||
      (end.maxEpochs !== undefined && !isCount(end.maxEpochs)) ||
      !((end.minDelta ?? 0) >= 0)
    ) {
      fail("{ kind: 'plateau', patience ≥ 1, minDelta? ≥ 0, maxEpochs? ≥ 1 }");
    }
  } else {
    fail("of kind epochs or plateau");
  }
}

/**
 * Checks a policy against the groups that there are.
 * @throws PolicyError INVALID_POLICY, UNKNOWN_GROUP
 */
export function validatePolicy(policy: FreezePolicy, groups: readonly string[]): void {
  if (!isObject(policy) || !Array.isArray(policy.phases) || policy.phases.length === 0) {
    throw new PolicyError("INVALID_POLICY", `policy "${policy?.name}" should be an object with at least one phase`);
  }
  policy.phases.forEach((phase, index) => {
    checkPhaseForm(`policy "${policy.name}", phase ${index + 1}`, phase);
  });
  const names = policy.phases.map((phase) => phase.name);
  if (new Set(names).size !== names.length) {
    throw new PolicyError(
      "INVALID_POLICY",
      `policy "${policy.name}" should name its phases apart, got ${names.join(", ")}`,
    );
  }
  policy.phases.forEach((phase, index) => {
    const where = `policy "${policy.name}", phase ${index + 1} ("${phase.name}")`;
    for (const [group, rate] of Object.entries<number>(phase.learningRates ?? {})) {
      if (!groups.some((known) => coversGroup(group, known))) {
        throw new PolicyError(
          "UNKNOWN_GROUP",
          `${where}: there is no group "${group}"; there are ${groups.join(", ")}`,
        );
      }
      if (!(Number.isFinite(rate) && rate >= 0)) {
        throw new PolicyError("INVALID_POLICY", `${where}: the rate of "${group}" should be a number ≥ 0, got ${rate}`);
      }
    }
    const last = index === policy.phases.length - 1;
    if (last && phase.until !== undefined)
      throw new PolicyError("INVALID_POLICY", `${where}: the last phase has no "until"`);
    if (!last && phase.until === undefined)
      throw new PolicyError("INVALID_POLICY", `${where}: only the last phase may lack "until"`);
    if (phase.until !== undefined) checkEnd(where, phase.until);
    if (groups.every((group) => groupRate(phase, group) === 0)) {
      throw new PolicyError("INVALID_POLICY", `${where} freezes every group: nothing would train`);
    }
  });
}
