import { PolicyError } from "../errors.ts";

/** Which rows of a table may move, as plain data; rules combine. */
export type RowRule =
  | { readonly kind: "all" }
  | { readonly kind: "none" }
  /** Rows whose tokens occur at least `count` times in the training text. */
  | { readonly kind: "min-count"; readonly count: number }
  /** Rows that came from the pre-trained file (`found: true`), or that did not. */
  | { readonly kind: "pretrained"; readonly found: boolean }
  /** These rows. */
  | { readonly kind: "rows"; readonly rows: readonly number[] }
  | { readonly kind: "not"; readonly rule: RowRule }
  | { readonly kind: "and"; readonly rules: readonly RowRule[] }
  | { readonly kind: "or"; readonly rules: readonly RowRule[] };

/** What rules read about the rows of a table. */
export interface RowFacts {
  /** V. */
  readonly rows: number;
  /** `[V]` occurrences in the training text; `undefined`: not known, and no `min-count` rule can be judged. */
  readonly counts: ArrayLike<number> | undefined;
  /** `[V]` 1 where from the pre-trained file; `undefined`: all. */
  readonly pretrained: ArrayLike<number> | undefined;
}

/**
 * Which rows `rule` lets move.
 * @returns a test of a row number
 * @throws PolicyError INVALID_POLICY
 */
export function compileRowRule(rule: RowRule, facts: RowFacts): (row: number) => boolean {
  // A rule may come from a file.
  if (typeof rule !== "object" || rule === null) {
    throw new PolicyError("INVALID_POLICY", `a row rule is an object with a kind, got ${JSON.stringify(rule)}`);
  }
  const listOf = <T>(name: string, list: readonly T[]): readonly T[] => {
    if (!Array.isArray(list)) {
      throw new PolicyError(
        "INVALID_POLICY",
        `a row rule "${rule.kind}" takes a list of ${name}, got ${JSON.stringify(list)}`,
      );
    }
    return list;
  };
  switch (rule.kind) {
    case "all":
      return () => true;
    case "none":
      return () => false;
    case "min-count": {
      const { counts } = facts;
      if (!(rule.count >= 0)) {
        throw new PolicyError("INVALID_POLICY", `a min-count rule takes a count ≥ 0, got ${rule.count}`);
      }
      if (counts === undefined) {
        throw new PolicyError("INVALID_POLICY", "a min-count rule needs the rows' counts: give the trainer rowCounts");
      }
      return (row) => counts[row]! >= rule.count;
    }
    case "pretrained":
      if (typeof rule.found !== "boolean") {
        throw new PolicyError("INVALID_POLICY", `a pretrained rule takes found: true or false, got ${rule.found}`);
      }
      return (row) => (facts.pretrained === undefined || facts.pretrained[row] !== 0) === rule.found;
    case "rows": {
      const rows = listOf("rows", rule.rows);
      const wrong = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= facts.rows);
      if (wrong !== undefined) {
        throw new PolicyError("INVALID_POLICY", `a rows rule takes rows from 0 to ${facts.rows - 1}, got ${wrong}`);
      }
      const chosen = new Set(rows);
      return (row) => chosen.has(row);
    }
    case "not": {
      const inner = compileRowRule(rule.rule, facts);
      return (row) => !inner(row);
    }
    case "and": {
      const inner = listOf("rules", rule.rules).map((part) => compileRowRule(part, facts));
      return (row) => inner.every((test) => test(row));
    }
    case "or": {
      const inner = listOf("rules", rule.rules).map((part) => compileRowRule(part, facts));
      return (row) => inner.some((test) => test(row));
    }
    default:
      throw new PolicyError(
        "INVALID_POLICY",
        `a row rule is all, none, min-count, pretrained, rows, not, and, or; got ${JSON.stringify(rule satisfies never)}`,
      );
  }
}
