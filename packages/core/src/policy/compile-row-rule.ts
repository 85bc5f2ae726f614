import { PolicyError } from "../errors.ts";
import { nearestName } from "../util/nearest-name.ts";
import { classIndicativeness } from "./class-indicative.ts";
import { frequencyRanks } from "./frequency-rank.ts";
import type { RowFacts, RowRule, RowRuleKind } from "./row-rule.ts";

/** A test of a row number. */
export type RowTest = (row: number) => boolean;

type Compiler<K extends RowRuleKind> = (rule: Extract<RowRule, { readonly kind: K }>, facts: RowFacts) => RowTest;

const refuse = (message: string): never => {
  throw new PolicyError("INVALID_POLICY", message);
};

const listOf = <T>(kind: string, name: string, list: readonly T[]): readonly T[] =>
  Array.isArray(list) ? list : refuse(`a row rule "${kind}" takes a list of ${name}, got ${JSON.stringify(list)}`);

/** A fact that a rule cannot do without. */
function needed<T>(kind: string, fact: T | undefined, what: string): T {
  return fact ?? refuse(`a row rule "${kind}" needs ${what}`);
}

const countsOf = (kind: string, { counts }: RowFacts): ArrayLike<number> =>
  needed(kind, counts, "the rows' counts: give the trainer rowCounts");

/** Bounds of a rule: numbers ≥ 0 in order, at least one of them given. */
function boundsOf(
  rule: { readonly kind: string },
  names: readonly [low: string, high: string],
  given: readonly [low: number | undefined, high: number | undefined],
): void {
  const [low, high] = given;
  const fits = (x: number | undefined): boolean => x === undefined || (Number.isFinite(x) && x >= 0);
  if ((low === undefined && high === undefined) || !fits(low) || !fits(high) || (low ?? 0) > (high ?? Infinity)) {
    refuse(
      `a row rule "${rule.kind}" takes numbers ≥ 0 ${names[0]} ≤ ${names[1]}, at least one of them, got ${JSON.stringify(rule)}`,
    );
  }
}

/** Places of the `top` highest scores, ties by place. */
function topOf(scores: Float64Array, top: number): Set<number> {
  return new Set(
    Array.from(scores.keys())
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, top),
  );
}

const compilers: { readonly [K in RowRuleKind]: Compiler<K> } = {
  all: () => () => true,
  none: () => () => false,
  "min-count": ({ kind, count }, facts) => {
    if (!(count >= 0)) refuse(`a min-count rule takes a count ≥ 0, got ${count}`);
    const counts = countsOf(kind, facts);
    return (row) => counts[row]! >= count;
  },
  rank: (rule, facts) => {
    boundsOf(rule, ["from", "to"], [rule.from, rule.to]);
    const { from = 1, to = Number.POSITIVE_INFINITY } = rule;
    const { ranks } = frequencyRanks(countsOf(rule.kind, facts));
    return (row) => ranks[row]! > 0 && ranks[row]! >= from && ranks[row]! <= to;
  },
  band: (rule, facts) => {
    boundsOf(rule, ["from", "to"], [rule.from, rule.to]);
    if (rule.by !== "count" && rule.by !== "quantile") refuse(`a band is by count or quantile, got ${rule.by}`);
    const counts = countsOf(rule.kind, facts);
    const { from = 0, to = Number.POSITIVE_INFINITY } = rule;
    if (rule.by === "count") return (row) => counts[row]! > 0 && counts[row]! >= from && counts[row]! < to;
    const { ranks, occurring } = frequencyRanks(counts);
    const share = (row: number): number => (ranks[row]! - 1) / occurring;
    return (row) => ranks[row]! > 0 && share(row) >= from && share(row) < to;
  },
  pretrained: ({ found }, { pretrained }) => {
    if (typeof found !== "boolean") refuse(`a pretrained rule takes found: true or false, got ${found}`);
    return (row) => (pretrained === undefined || pretrained[row] !== 0) === found;
  },
  rows: (rule, facts) => {
    const rows = listOf(rule.kind, "rows", rule.rows);
    const wrong = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= facts.rows);
    if (wrong !== undefined) refuse(`a rows rule takes rows from 0 to ${facts.rows - 1}, got ${wrong}`);
    const chosen = new Set(rows);
    return (row) => chosen.has(row);
  },
  words: (rule, facts) => {
    const chosen = new Set(listOf(rule.kind, "words", rule.words));
    const words = needed(rule.kind, facts.words, "the rows' words: give the trainer rowWords");
    return (row) => chosen.has(words[row]!);
  },
  pattern: (rule, facts) => {
    let expression: RegExp;
    try {
      // Not sticky nor global: a test then has no state.
      expression = new RegExp(rule.pattern, rule.ignoreCase === true ? "iu" : "u");
    } catch (cause) {
      return refuse(
        `a pattern rule takes a regular expression, got ${JSON.stringify(rule.pattern)}: ${(cause as Error).message}`,
      );
    }
    const words = needed(rule.kind, facts.words, "the rows' words: give the trainer rowWords");
    return (row) => expression.test(words[row]!);
  },
  "class-indicative": (rule, facts) => {
    const { kind, statistic, threshold, top, smoothing = 0 } = rule;
    if (statistic !== "log-odds" && statistic !== "mutual-information") {
      refuse(`a row rule "${kind}" takes the statistic log-odds or mutual-information, got ${statistic}`);
    }
    const isCount = top === undefined || (Number.isInteger(top) && top >= 0);
    if (!isCount || !(smoothing >= 0) || (threshold === undefined && top === undefined) || Number.isNaN(threshold)) {
      refuse(
        `a row rule "${kind}" takes a threshold, a whole number top ≥ 0 or both, and smoothing ≥ 0, got ${JSON.stringify(rule)}`,
      );
    }
    const labels = needed(kind, facts.labels, "counts of rows by label: give the trainer rowLabelCounts");
    if (rule.class !== undefined && !(Number.isInteger(rule.class) && rule.class >= 0 && rule.class < labels.classes)) {
      refuse(`a row rule "${kind}" takes a class from 0 to ${labels.classes - 1}, got ${rule.class}`);
    }
    const scores = classIndicativeness(labels, rule);
    const best = top === undefined ? undefined : topOf(scores, top);
    const least = threshold ?? Number.NEGATIVE_INFINITY;
    const chosen = Array.from(labels.rows).filter((_, place) => scores[place]! >= least && best?.has(place) !== false);
    const rows = new Set(chosen);
    return (row) => rows.has(row);
  },
  drift: (rule, facts) => {
    const { figure, atLeast, below } = rule;
    boundsOf(rule, ["atLeast", "below"], [atLeast, below]);
    if (figure !== "cosineDistance" && figure !== "l2") {
      refuse(`a drift rule takes the figure cosineDistance or l2, got ${figure}`);
    }
    const drift = needed(rule.kind, facts.drift, "the rows' drift, which a trainer measures");
    return (row) => {
      const distance = drift(row)[figure];
      return distance >= (atLeast ?? 0) && distance < (below ?? Number.POSITIVE_INFINITY);
    };
  },
  not: ({ rule }, facts) => {
    const inner = compileRowRule(rule, facts);
    return (row) => !inner(row);
  },
  and: ({ kind, rules }, facts) => {
    const inner = listOf(kind, "rules", rules).map((part) => compileRowRule(part, facts));
    return (row) => inner.every((test) => test(row));
  },
  or: ({ kind, rules }, facts) => {
    const inner = listOf(kind, "rules", rules).map((part) => compileRowRule(part, facts));
    return (row) => inner.some((test) => test(row));
  },
};

/** Every kind of rule. */
export const rowRuleKinds: readonly RowRuleKind[] = Object.freeze(Object.keys(compilers) as RowRuleKind[]);

/**
 * Which rows `rule` lets move: a test of a row number. What can be counted beforehand is; only `drift` rules look at the
 * table each time.
 * @throws PolicyError INVALID_POLICY
 */
export function compileRowRule(rule: RowRule, facts: RowFacts): RowTest {
  // A rule may come from a file.
  if (typeof rule !== "object" || rule === null) {
    return refuse(`a row rule is an object with a kind, got ${JSON.stringify(rule)}`);
  }
  if (!Object.hasOwn(compilers, rule.kind)) {
    return refuse(
      `a row rule is one of ${rowRuleKinds.join(", ")}; got ${JSON.stringify(rule)}: did you mean "${nearestName(String(rule.kind), rowRuleKinds)}"?`,
    );
  }
  return (compilers[rule.kind] as Compiler<RowRuleKind>)(rule as never, facts);
}

/** True where a rule, or one that it is made of, is of that kind. */
export function ruleUses(rule: RowRule, kind: RowRuleKind): boolean {
  if (rule.kind === kind) return true;
  if (rule.kind === "not") return ruleUses(rule.rule, kind);
  return (rule.kind === "and" || rule.kind === "or") && rule.rules.some((part) => ruleUses(part, kind));
}

/**
 * The rule with every `drift` part taken for true (`"widest"`) or for false (`"narrowest"`): rows that it may ever hold of,
 * and rows that it always holds of, whatever training does.
 */
export function withoutDrift(rule: RowRule, bound: "widest" | "narrowest"): RowRule {
  switch (rule.kind) {
    case "drift":
      return { kind: bound === "widest" ? "all" : "none" };
    case "not":
      return { kind: "not", rule: withoutDrift(rule.rule, bound === "widest" ? "narrowest" : "widest") };
    case "and":
    case "or":
      return { kind: rule.kind, rules: rule.rules.map((part) => withoutDrift(part, bound)) };
    default:
      return rule;
  }
}
