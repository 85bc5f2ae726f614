import { nearestName, policyNames } from "@thawline/core";
import { InvalidArgumentError } from "commander";

/** Reads the value of a flag. Throws commander's InvalidArgumentError, whose message follows "argument is invalid.". */
export type Parser<T> = (text: string) => T;

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberOf(text: string, expected: string, isRight: (value: number) => boolean): number {
  const value = Number(text);
  if (!decimal.test(text.trim()) || !isRight(value))
    throw new InvalidArgumentError(`Expected ${expected}, got "${text}".`);
  return value;
}

/** A whole number ≥ `least`. */
export const wholeNumber =
  (least: number): Parser<number> =>
  (text) =>
    numberOf(text, `a whole number ≥ ${least}`, (value) => Number.isSafeInteger(value) && value >= least);

/** A number > 0. */
export const positive: Parser<number> = (text) =>
  numberOf(text, "a number > 0", (value) => value > 0 && Number.isFinite(value));

/** A number ≥ 0. */
export const notNegative: Parser<number> = (text) =>
  numberOf(text, "a number ≥ 0", (value) => value >= 0 && Number.isFinite(value));

/** A share in [0, 1). */
export const share: Parser<number> = (text) =>
  numberOf(text, "a number from 0 to below 1", (value) => value >= 0 && value < 1);

/** A share in [0, 1]. */
export const fraction: Parser<number> = (text) =>
  numberOf(text, "a number from 0 to 1", (value) => value >= 0 && value <= 1);

/** A cosine distance in [0, 2]. */
export const distance: Parser<number> = (text) =>
  numberOf(text, "a number from 0 to 2", (value) => value >= 0 && value <= 2);

/** One of some names; a wrong one is answered with the nearest. */
export const oneOf =
  <T extends string>(names: readonly T[]): Parser<T> =>
  (text) => {
    const found = names.find((name) => name === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(
      `Did you mean "${nearestName(text, names)}"? Expected one of ${names.join(", ")}, got "${text}".`,
    );
  };

/** `all`, `data` or a number of rows. */
export const rowsKept: Parser<"all" | "data" | number> = (text) => {
  if (/^[+-]?\d/.test(text)) return wholeNumber(1)(text);
  return oneOf(["all", "data"] as const)(text);
};

/** A policy's name, or the path of a JSON file. */
export const policyName: Parser<string> = (text) =>
  text.toLowerCase().endsWith(".json") ? text : oneOf(policyNames)(text);

const numberList = /^\d+(\+\d+)+$/;

/** A number, a list of whole numbers (`3+4+5`), or text. */
function headOption(text: string): string | number | readonly number[] {
  if (decimal.test(text)) return Number(text);
  return numberList.test(text) ? text.split("+").map(Number) : text;
}

/** `key=value,key=value`; numbers become numbers, `3+4+5` a list of them. */
export const keyValues: Parser<Readonly<Record<string, string | number | readonly number[]>>> = (text) =>
  Object.fromEntries(
    text.split(",").map((pair) => {
      const [key, value, ...rest] = pair.split("=").map((part) => part.trim());
      if (!key || value === undefined || value === "" || rest.length > 0) {
        throw new InvalidArgumentError(`Expected key=value pairs with commas between, got "${pair}".`);
      }
      return [key, headOption(value)];
    }),
  );

/** Some of the names, with commas between. */
export const listOf =
  <T extends string>(names: readonly T[]): Parser<readonly T[]> =>
  (text) =>
    text.split(",").map((part) => oneOf(names)(part.trim()));

/** Policies as `--policy` takes them, with commas between. */
export const listOfPolicies: Parser<readonly string[]> = (text) =>
  text.split(",").map((part) => policyName(part.trim()));

/** Numbers of rows, and `all`, with commas between. */
export const listOfSizes: Parser<readonly (number | "all")[]> = (text) =>
  text.split(",").map((part) => (part.trim() === "all" ? "all" : wholeNumber(1)(part.trim())));
