import type { DriftGuard, GuardEvent } from "@thawline/core";
import { relativeError } from "../measure.ts";
import { driftByDefinition } from "./drift-by-definition.ts";
import { type Deviation, noteDeviation } from "./target.ts";

/** What has to be the same on every backend: which action, when, about what, and what it froze. */
const decisionOf = ({ action, step, epoch, figure, limit, rows, embeddingsRate }: GuardEvent): string =>
  JSON.stringify([action, step, epoch, figure, limit, rows, embeddingsRate]);

/** Compares a guard's actions with those of the reference; the figures that they tell within the tolerance. */
export function compareActions(actual: readonly GuardEvent[], expected: readonly GuardEvent[], worst: Deviation): void {
  const [told, due] = [actual.map(decisionOf), expected.map(decisionOf)];
  const first = due.findIndex((decision, i) => decision !== told[i]);
  if (first >= 0 || told.length > due.length) {
    const at = first >= 0 ? first : due.length;
    const name = `guard: action ${at + 1} is ${told[at] ?? "missing"}, not ${due[at] ?? "expected"}`;
    noteDeviation(worst, name, Number.POSITIVE_INFINITY);
    return;
  }
  for (const figure of ["value", "valueAfter"] as const) {
    const of = (events: readonly GuardEvent[]): number[] => events.map((event) => event[figure]);
    noteDeviation(worst, `guard: ${figure}`, relativeError(of(actual), of(expected)));
  }
}

/** The limits that a table is beyond, `[V, D]` before and after, by the figures' definition: sharing nothing with core. */
export function limitsBroken(
  { limits }: DriftGuard,
  tables: { readonly before: readonly number[]; readonly after: ArrayLike<number>; readonly dimension: number },
): string[] {
  const figures = driftByDefinition(tables.before, tables.after, tables.dimension);
  // The definition goes by the law of cosines, whose rounding is of the order of a distance's square root of 2⁻⁵².
  return Object.entries(limits).flatMap(([figure, limit]) =>
    figures[figure as keyof typeof limits] > limit * (1 + 1e-9) ? [figure] : [],
  );
}
