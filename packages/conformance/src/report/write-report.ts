import type { BackendReport } from "../run-suite.ts";

/** The content of `conformance-report.json`. */
export interface ConformanceReport {
  readonly backends: readonly Omit<BackendReport, "results">[];
  /** One a case: its result on each backend. */
  readonly cases: readonly {
    readonly id: string;
    readonly results: readonly {
      readonly backend: string;
      readonly status: string;
      readonly error: number | null;
      readonly worst: string;
    }[];
  }[];
}

/** Joins the reports of several backends. */
export function joinReports(reports: readonly BackendReport[]): ConformanceReport {
  const ids = [...new Set(reports.flatMap((report) => report.results.map(({ id }) => id)))];
  return {
    backends: reports.map(({ results: _, ...summary }) => summary),
    cases: ids.map((id) => ({
      id,
      results: reports.flatMap((report) =>
        report.results
          .filter((result) => result.id === id)
          .map(({ status, error, worst }) => ({ backend: report.name, status, error, worst })),
      ),
    })),
  };
}

const shown = (error: number): string => (error === 0 ? "0" : error.toExponential(1));

/** A report as markdown: a table of backends, then every case that did not simply pass. */
export function reportToMarkdown(report: ConformanceReport): string {
  const rows = report.backends.map(
    (b) =>
      `| ${b.name} | ${b.cases} | ${b.passed} | ${b.failed} | ${b.expectedFailures} | ${b.unsupported} | ${shown(b.worstError)} | ${b.runtime} |`,
  );
  const others = report.cases.flatMap(({ id, results }) =>
    results
      .filter(({ status }) => status !== "pass")
      .map(
        ({ backend, status, error, worst }) =>
          `- \`${id}\` on ${backend}: ${status}${error === null ? "" : ` (${shown(error)})`}, ${worst}`,
      ),
  );
  return [
    "# Conformance",
    "",
    "| backend | cases | passed | failed | expected failures | unsupported | worst error | runtime |",
    "|---|---|---|---|---|---|---|---|",
    ...rows,
    "",
    others.length === 0 ? "Every case passes on every backend." : "## Cases that do not pass",
    ...(others.length === 0 ? [] : ["", ...others]),
    "",
  ].join("\n");
}
