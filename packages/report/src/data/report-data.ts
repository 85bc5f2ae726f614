import type { CompareReportData } from "./compare-report-data.ts";
import type { RunReportData } from "./run-report-data.ts";

/** What a report can be made of. */
export type ReportData = RunReportData | CompareReportData;
