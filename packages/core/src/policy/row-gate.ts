import { embeddingsGroup } from "../train/trainer-options.ts";
import { compileRowRule, type RowTest, ruleUses, withoutDrift } from "./compile-row-rule.ts";
import { type FreezePhase, type FreezePolicy, groupRate } from "./policy.ts";
import type { RowFacts, RowRule, RowRuleKind } from "./row-rule.ts";

/** What a phase lets the rows do. */
export interface RowGate {
  /** False where every row moves at the full rate: nothing needs to be looked up. */
  readonly restricts: boolean;
  /** True where the answer changes as rows drift. */
  readonly changes: boolean;
  /** Multiplier on a row's learning rate: 0 where it may not move. */
  rateOf(row: number): number;
}

const all: RowRule = { kind: "all" };

/**
 * The gate of a phase: a row moves where `rows` lets it, at the rate of the first of `rowRates` whose rule holds, 1 where none
 * does. The rate multiplies η: with Adam the step, not the gradient (which Adam's normalisation would undo).
 * @throws PolicyError INVALID_POLICY
 */
export function compileRowGate(phase: FreezePhase, facts: RowFacts): RowGate {
  const { rows = all, rowRates = [] } = phase;
  const moves = compileRowRule(rows, facts);
  const rates = rowRates.map(({ rows: rule, rate }) => ({ holds: compileRowRule(rule, facts), rate }));
  return {
    restricts: rows.kind !== "all" || rates.length > 0,
    changes: [rows, ...rowRates.map((each) => each.rows)].some((rule) => ruleUses(rule, "drift")),
    rateOf: (row) => (moves(row) ? (rates.find(({ holds }) => holds(row))?.rate ?? 1) : 0),
  };
}

/**
 * Rows that a phase may let move at some time, whatever they drift: all others keep their bits through it.
 * @throws PolicyError INVALID_POLICY
 */
export function rowsThatMayMove(phase: FreezePhase, facts: RowFacts): RowTest {
  if (groupRate(phase, embeddingsGroup) === 0) return () => false;
  const { rows = all, rowRates = [] } = phase;
  const moves = compileRowRule(withoutDrift(rows, "widest"), facts);
  const rates = rowRates.map(({ rows: rule, rate }) => ({
    may: compileRowRule(withoutDrift(rule, "widest"), facts),
    must: compileRowRule(withoutDrift(rule, "narrowest"), facts),
    rate,
  }));
  return (row) => {
    if (!moves(row)) return false;
    for (const { may, must, rate } of rates) {
      if (rate > 0 && may(row)) return true;
      if (must(row)) return false;
    }
    return true;
  };
}

/** True where some phase has a rule of that kind: what the rule reads then has to be known. */
export function policyUses(policy: FreezePolicy, kind: RowRuleKind): boolean {
  return policy.phases.some(({ rows = all, rowRates = [] }) =>
    [rows, ...rowRates.map((each) => each.rows)].some((rule) => ruleUses(rule, kind)),
  );
}
