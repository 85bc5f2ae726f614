export {
  type BatchData,
  type ConformanceCase,
  type ContractCase,
  type Family,
  type FeedData,
  families,
  type GraphCase,
  type TrainingCase,
} from "./case.ts";
export { allCases } from "./cases/all-cases.ts";
export { type CaseResult, checkCase } from "./check/check-case.ts";
export type { ConformanceTarget } from "./check/target.ts";
export { describeConformance, type TestRunner } from "./describe-conformance.ts";
export { readFixtureFile } from "./fixtures/fixture-file.ts";
export { type FixtureResult, runFixtureFile } from "./fixtures/run-fixture-file.ts";
export { type BlockShape, transformerBlock } from "./graphs/transformer-block.ts";
export { type MeasureOptions, relativeError } from "./measure.ts";
export { type ConformanceReport, joinReports, reportToMarkdown } from "./report/write-report.ts";
export {
  type BackendReport,
  type KnownFailure,
  type RunSuiteOptions,
  runSuite,
  type SuiteResult,
} from "./run-suite.ts";
export { toleranceOf } from "./tolerances.ts";
