import { nearestName, PolicyError } from "@thawline/core";

const invalid = (message: string): PolicyError => new PolicyError("INVALID_CONFIG", message);

/** Readers of a head's options; each throws PolicyError INVALID_CONFIG that says what was expected and what came. */
export interface OptionReader {
  /** An integer ≥ 1. */
  count(name: string, fallback?: number): number;
  /** One or more integers ≥ 1. */
  counts(name: string, fallback: readonly number[]): readonly number[];
  /** A dropout rate in [0, 1); default 0. */
  rate(name: string, fallback?: number): number;
  /** A number > 0. */
  positive(name: string, fallback: number): number;
  /** True or false; default false. */
  flag(name: string): boolean;
  /** One of some words. */
  choice<W extends string>(name: string, words: readonly W[], fallback: W): W;
}

/**
 * Checks that `options` has known names only, and returns readers for them.
 * @throws PolicyError INVALID_CONFIG, which names the nearest known option
 */
export function readOptions(
  type: string,
  options: Readonly<Record<string, unknown>>,
  known: readonly string[],
): OptionReader {
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw invalid(
        `head "${type}" has no option "${name}"; did you mean "${nearestName(name, known)}"? It takes ${known.join(", ")}`,
      );
    }
  }
  const shown = (name: string): string => `head "${type}", option "${name}"`;
  return {
    count: (name, fallback) => {
      const value = options[name] ?? fallback;
      if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
        throw invalid(`${shown(name)}: expected an integer ≥ 1, got ${JSON.stringify(value)}`);
      }
      return value;
    },
    counts: (name, fallback) => {
      const value = options[name] ?? fallback;
      const isValid = Array.isArray(value) && value.length > 0 && value.every((n) => Number.isSafeInteger(n) && n >= 1);
      if (!isValid) {
        throw invalid(`${shown(name)}: expected a list of integers ≥ 1, got ${JSON.stringify(value)}`);
      }
      return [...(value as number[])];
    },
    rate: (name, fallback = 0) => {
      const value = options[name] ?? fallback;
      if (typeof value !== "number" || !(value >= 0 && value < 1)) {
        throw invalid(`${shown(name)}: expected a number from 0 to below 1, got ${JSON.stringify(value)}`);
      }
      return value;
    },
    positive: (name, fallback) => {
      const value = options[name] ?? fallback;
      if (typeof value !== "number" || !(value > 0 && Number.isFinite(value))) {
        throw invalid(`${shown(name)}: expected a number > 0, got ${JSON.stringify(value)}`);
      }
      return value;
    },
    flag: (name) => {
      const value = options[name] ?? false;
      if (typeof value !== "boolean")
        throw invalid(`${shown(name)}: expected true or false, got ${JSON.stringify(value)}`);
      return value;
    },
    choice: (name, words, fallback) => {
      const value = options[name] ?? fallback;
      const found = words.find((word) => word === value);
      if (found === undefined) {
        const hint = typeof value === "string" ? `; did you mean "${nearestName(value, words)}"?` : "";
        throw invalid(`${shown(name)}: expected one of ${words.join(", ")}, got ${JSON.stringify(value)}${hint}`);
      }
      return found;
    },
  };
}
