import type { ConformanceCase } from "./case.ts";
import { allCases } from "./cases/all-cases.ts";
import { type CaseResult, checkCase } from "./check/check-case.ts";
import type { ConformanceTarget } from "./check/target.ts";

/** A bug of a runtime that is known: the case runs anyway, and must fail. */
export interface KnownFailure {
  /** Exact id of the case. */
  readonly id: string;
  readonly reason: string;
  /** Where the bug is reported. */
  readonly link: string;
  /** When it was last seen, YYYY-MM-DD. */
  readonly date: string;
}

/** Result of a case, with what the backend's list of known failures makes of it. */
export interface SuiteResult extends Omit<CaseResult, "status"> {
  readonly status: CaseResult["status"] | "expected-failure";
}

/** Results of one backend. */
export interface BackendReport {
  readonly name: string;
  /** Versions and devices, as the caller knows them. */
  readonly runtime: string;
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly expectedFailures: number;
  readonly unsupported: number;
  /** Largest error of a case that passed, in the measure of `relativeError`. */
  readonly worstError: number;
  readonly results: readonly SuiteResult[];
}

/** What to run, and whom to tell. */
export interface RunSuiteOptions {
  /** Default `allCases()`. */
  readonly cases?: readonly ConformanceCase[];
  readonly knownFailures?: readonly KnownFailure[];
  readonly runtime?: string;
  readonly onResult?: (result: SuiteResult) => void;
}

function judge(result: CaseResult, known: KnownFailure | undefined): SuiteResult {
  if (known === undefined) return result;
  if (result.status === "fail") return { ...result, status: "expected-failure" };
  return {
    ...result,
    status: "fail",
    worst: `listed as a known failure (${known.link}), but it passes: remove it from the list`,
  };
}

/**
 * Runs cases one after the other, by whatever carries one out. Known failures are strict: one that passes, or an id that
 * matches no case, is a failure.
 * @param name of the backend
 * @param check carries one case out; it does not throw
 */
export async function runCases(
  name: string,
  check: (item: ConformanceCase) => Promise<CaseResult>,
  options: RunSuiteOptions = {},
): Promise<BackendReport> {
  const { cases = allCases(), knownFailures = [], runtime = name, onResult } = options;
  const results: SuiteResult[] = [];
  const add = (result: SuiteResult): void => {
    results.push(result);
    onResult?.(result);
  };
  for (const item of cases) {
    add(
      judge(
        await check(item),
        knownFailures.find(({ id }) => id === item.id),
      ),
    );
  }
  const everyId = new Set(allCases().map(({ id }) => id));
  for (const { id } of knownFailures) {
    if (!everyId.has(id))
      add({ id, status: "fail", error: null, worst: "listed as a known failure, but there is no such case" });
  }
  const count = (status: SuiteResult["status"]): number => results.filter((result) => result.status === status).length;
  const passing = results.filter((result) => result.status === "pass");
  return {
    name,
    runtime,
    cases: results.length,
    passed: passing.length,
    failed: count("fail"),
    expectedFailures: count("expected-failure"),
    unsupported: count("unsupported"),
    worstError: passing.reduce((worst, result) => Math.max(worst, result.error ?? 0), 0),
    results,
  };
}

/** Runs the suite on one target, case after case. Known failures are strict, as in `runCases`. */
export const runSuite = (target: ConformanceTarget, options: RunSuiteOptions = {}): Promise<BackendReport> =>
  runCases(target.backend.name, (item) => checkCase(target, item), options);
