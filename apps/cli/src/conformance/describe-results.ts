import type { BackendReport, FixtureResult } from "@thawline/conformance";
import { textTable } from "../output/text-table.ts";
import type { Absent } from "./run-all.ts";

const figure = (error: number | null): string => (error === null ? "–" : error === 0 ? "0" : error.toExponential(1));

const absentLines = (absent: readonly Absent[]): string[] =>
  absent.map(({ name, reason, isFailure }) => `${isFailure ? "MISSING" : "not here"}  ${name}: ${reason}`);

const totals = (passed: number, failed: number, more: string): string => `${passed} passed, ${failed} failed${more}`;

/** Results of fixture files, for people. */
export function describeFixtures(results: readonly FixtureResult[], absent: readonly Absent[]): string {
  const rows = results.map(({ file, case: name, backend, status, error, worst }) => [
    file,
    name,
    backend,
    status,
    figure(error),
    (worst ?? "").slice(0, 60),
  ]);
  const count = (status: FixtureResult["status"]): number => results.filter((each) => each.status === status).length;
  const missing = absent.filter(({ isFailure }) => isFailure).length;
  return `${[
    textTable(["file", "case", "backend", "status", "error", "worst"], rows),
    "",
    ...absentLines(absent),
    totals(count("pass"), count("fail") + missing, `, ${count("unsupported")} unsupported`),
  ].join("\n")}\n`;
}

/** Results of the suite, for people: the backends, every case that failed, those not here, the totals. */
export function describeSuite(reports: readonly BackendReport[], absent: readonly Absent[]): string {
  const sum = (key: "passed" | "failed"): number => reports.reduce((total, report) => total + report[key], 0);
  const rows = reports.map((report) => [
    report.name,
    ...[report.cases, report.passed, report.failed, report.expectedFailures, report.unsupported].map(String),
    figure(report.worstError),
    report.runtime,
  ]);
  const head = ["backend", "cases", "passed", "failed", "expected", "unsupported", "worst error", "runtime"];
  const failures = reports.flatMap((report) =>
    report.results
      .filter(({ status }) => status === "fail" || status === "expected-failure")
      .map(({ id, status, error, worst }) => `${status}  ${report.name}  ${id}: ${worst} (error ${figure(error)})`),
  );
  const missing = absent.filter(({ isFailure }) => isFailure).length;
  return `${[
    textTable(head, rows),
    "",
    ...failures,
    ...absentLines(absent),
    totals(sum("passed"), sum("failed") + missing, ""),
  ].join("\n")}\n`;
}
