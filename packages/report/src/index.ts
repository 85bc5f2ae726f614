export type {
  ReportFinding,
  ReportOrigin,
  ReportScores,
  ReportSplit,
  ReportTask,
  ReportVectors,
} from "./data/common.ts";
export type {
  CompareReportData,
  ReportArm,
  ReportEstimate,
  ReportLearningCurve,
  ReportPair,
} from "./data/compare-report-data.ts";
export type { ReportData } from "./data/report-data.ts";
export type {
  ReportAlignment,
  ReportBand,
  ReportCarried,
  ReportCoverage,
  ReportDrift,
  ReportEpoch,
  ReportFrozenRows,
  ReportGuardAction,
  ReportMap,
  ReportMapWord,
  ReportMissingWord,
  ReportMovedWord,
  ReportPhase,
  ReportSampledDrift,
  RunReportData,
} from "./data/run-report-data.ts";
export { type ProjectorFiles, type ProjectorTable, projectorFiles } from "./projector.ts";
export { type RenderedReport, type RenderReportOptions, renderReport } from "./render-report.ts";
