import { nearestName, ThawlineError } from "@thawline/core";

/** One way to look a token up: as it is, or lower-cased. */
export type LookupRule = "exact" | "lowercase";

/** Every rule's name. */
export const lookupRules: readonly LookupRule[] = ["exact", "lowercase"];

const forms: { readonly [R in LookupRule]: (token: string) => string } = {
  exact: (token) => token,
  lowercase: (token) => token.toLowerCase(),
};

/** How tokens find their rows: plain data, saved with a model. */
export interface LookupSpec {
  /** Tried in this order; the first that finds a row wins. `exact` comes first, so that each word finds its own row. */
  readonly rules: readonly LookupRule[];
  /** Row of tokens that no rule finds, or -1: they have no row and are dropped. */
  readonly unknownRow: number;
}

/** Finds rows by tokens. */
export interface Lookup {
  readonly spec: LookupSpec;
  /** Row of a token; `unknownRow` where there is none. */
  rowOf(token: string): number;
  /** Place of the rule that finds a token, or -1. */
  ruleOf(token: string): number;
}

/** Row of each word: `i` for `words[i]`, of equal words the first. Row 0 is padding and left out. */
export function indexWords(words: readonly string[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (let row = 1; row < words.length; row++) if (!rows.has(words[row]!)) rows.set(words[row]!, row);
  return rows;
}

function checkRules(rules: readonly LookupRule[]): void {
  for (const rule of rules) {
    if (lookupRules.includes(rule)) continue;
    const hint = `did you mean "${nearestName(String(rule), lookupRules)}"? Known: ${lookupRules.join(", ")}`;
    throw new ThawlineError("INVALID_CONFIG", `unknown look-up rule "${rule}"; ${hint}`);
  }
  if (rules[0] === "exact") return;
  throw new ThawlineError("INVALID_CONFIG", `the first look-up rule is exact, got ${rules[0] ?? "no rule"}`);
}

/** Makes a look-up over an index of words, which is borrowed for as long as the look-up is used. */
export function lookupIn(rows: ReadonlyMap<string, number>, spec: LookupSpec): Lookup {
  const { rules, unknownRow } = spec;
  checkRules(rules);
  const steps = rules.map((rule) => forms[rule]);
  const rowOf = (token: string): number => {
    for (const form of steps) {
      const row = rows.get(form(token));
      if (row !== undefined) return row;
    }
    return unknownRow;
  };
  const ruleOf = (token: string): number => steps.findIndex((form) => rows.has(form(token)));
  return { spec: { rules: [...rules], unknownRow }, rowOf, ruleOf };
}

/**
 * Makes a look-up over the words of a table: row `i` is that of `words[i]`, of equal words the first. Row 0 is padding and never found.
 * @throws ThawlineError INVALID_CONFIG for an unknown rule, or where `exact` is not the first
 * @throws RangeError where `unknownRow` is neither -1 nor a row
 */
export function createLookup(words: readonly string[], spec: Partial<LookupSpec> = {}): Lookup {
  const { rules = ["exact"], unknownRow = -1 } = spec;
  if (!Number.isInteger(unknownRow) || unknownRow < -1 || unknownRow === 0 || unknownRow >= words.length) {
    throw new RangeError(`unknownRow is -1 or a row from 1 to ${words.length - 1}, got ${unknownRow}`);
  }
  return lookupIn(indexWords(words), { rules, unknownRow });
}

/**
 * Returns every form under which a reader of vectors should keep a row for one of `words`: what `rules` look up.
 * For strategy `unk`, add `unknownWords`.
 */
export function wantedForms(words: Iterable<string>, rules: readonly LookupRule[] = ["exact"]): Set<string> {
  const wanted = new Set<string>();
  for (const word of words) if (word !== "") for (const rule of rules) wanted.add(forms[rule](word));
  return wanted;
}
