import type { TokenCounts } from "../vocabulary/count-tokens.ts";
import { phraseOf, phraseRule, recover, recoveryRules } from "./recovery-rules.ts";

/** What one rule alone would recover, measured on the tokens without a vector. */
export interface Recovery {
  readonly rule: string;
  readonly description: string;
  /** Occurrences that it finds a vector for. */
  readonly tokens: number;
  /** Distinct tokens of which it finds an occurrence. */
  readonly types: number;
  /** Coverage of tokens gained, as a fraction of all tokens. */
  readonly gain: number;
}

/** Rules that find a missing word, and under which form. */
export interface WordRecovery {
  readonly recoverableBy: readonly string[];
  /** Per entry of `recoverableBy`, what it finds; pieces with spaces between. */
  readonly forms: readonly string[];
}

/** What could be done about the tokens without a vector. */
export interface Recoveries {
  /** Rules that recover anything, the most tokens first, equal ones in the order of the rules. */
  readonly rules: readonly Recovery[];
  /** What all rules together recover. */
  readonly any: Pick<Recovery, "tokens" | "types" | "gain">;
  /** By missing word. */
  readonly byWord: ReadonlyMap<string, WordRecovery>;
}

/** Occurrences of missing words that make a phrase with a neighbour: by word, their number and the first phrase. */
function findPhrases(
  tokenized: readonly (readonly string[])[],
  missing: TokenCounts,
  hasWord: (word: string) => boolean,
): Map<string, { count: number; readonly form: string }> {
  const found = new Map<string, { count: number; readonly form: string }>();
  for (const tokens of tokenized) {
    tokens.forEach((token, i) => {
      if (!missing.has(token)) return;
      const phrases: string[] = [];
      if (i > 0) phrases.push(phraseOf(tokens[i - 1]!, token));
      if (i + 1 < tokens.length) phrases.push(phraseOf(token, tokens[i + 1]!));
      const form = phrases.find(hasWord);
      if (form === undefined) return;
      const entry = found.get(token);
      if (entry === undefined) found.set(token, { count: 1, form });
      else entry.count++;
    });
  }
  return found;
}

/**
 * Measures, rule by rule, which tokens without a vector would get one: each form is looked up, nothing is estimated.
 * A rule is applied alone to the token as it is. `missing` counts the tokens of `tokenized` without a vector.
 */
export function measureRecoveries(
  tokenized: readonly (readonly string[])[],
  missing: TokenCounts,
  hasWord: (word: string) => boolean,
): Recoveries {
  const allTokens = tokenized.reduce((sum, tokens) => sum + tokens.length, 0);
  const gain = (tokens: number): number => (allTokens === 0 ? 0 : tokens / allTokens);
  const phrases = findPhrases(tokenized, missing, hasWord);
  const totals = new Map([...recoveryRules.map(({ name }) => name), phraseRule].map((name) => [name, [0, 0]]));
  const any = { tokens: 0, types: 0 };
  const byWord = new Map<string, WordRecovery>();
  const applied = recoveryRules.filter((rule) => rule.appliesTo?.(hasWord) ?? true);
  const add = (name: string, tokens: number): void => {
    const total = totals.get(name)!;
    total[0]! += tokens;
    total[1]! += 1;
  };
  for (const [word, count] of missing) {
    const recoverableBy: string[] = [];
    const forms: string[] = [];
    for (const rule of applied) {
      const form = recover(rule, word, hasWord);
      if (form === undefined) continue;
      recoverableBy.push(rule.name);
      forms.push(form);
      add(rule.name, count);
    }
    const phrase = phrases.get(word);
    // A rule on the token finds all its occurrences, a phrase those beside the right neighbour.
    any.tokens += recoverableBy.length > 0 ? count : (phrase?.count ?? 0);
    if (phrase !== undefined) {
      recoverableBy.push(phraseRule);
      forms.push(phrase.form);
      add(phraseRule, phrase.count);
    }
    if (recoverableBy.length > 0) any.types++;
    byWord.set(word, { recoverableBy, forms });
  }
  const described = [...recoveryRules, { name: phraseRule, description: "joined with a neighbour by _" }];
  const rules = described
    .map(({ name, description }) => {
      const [tokens, types] = totals.get(name) as [number, number];
      return { rule: name, description, tokens, types, gain: gain(tokens) };
    })
    .filter(({ tokens }) => tokens > 0)
    .sort((a, b) => b.tokens - a.tokens);
  return { rules, any: { ...any, gain: gain(any.tokens) }, byWord };
}
