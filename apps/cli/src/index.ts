export { type CheckFilesOptions, type CheckGate, checkFiles, type FilesCheck } from "./check-data/check-files.ts";
export { type CompareEvent, type CompareHooks, type CompareOptions, compareFiles } from "./compare/compare-files.ts";
export type {
  Arm,
  ArmRun,
  CompareDocument,
  CurvePoint,
  Estimate,
  InterruptedCompare,
  Pair,
  Verdict,
} from "./compare/document.ts";
export { type DriftFilesOptions, driftFiles, type FilesDrift } from "./drift/drift-files.ts";
export {
  findLearningRates,
  type GroupRates,
  type LearningRates,
  type LrFindHooks,
  type LrFindOptions,
  type RateDrift,
} from "./lr-find/find-learning-rates.ts";
export { type LoadedModel, loadModel } from "./model/load-model.ts";
export type { ModelConfig } from "./model/model-config.ts";
export { openPredictor, type Prediction, type Predictor } from "./model/predictor.ts";
export { type AuditFilesOptions, auditFiles, type FilesAudit } from "./pipeline/audit-files.ts";
export type { BackendName } from "./pipeline/backend-names.ts";
export { type Conversion, type ConvertOptions, convertFile } from "./pipeline/convert-file.ts";
export { type EvaluateOptions, type Evaluation, evaluateFile } from "./pipeline/evaluate-file.ts";
export type { RunEvent } from "./pipeline/events.ts";
export { type ExportOptions, type ExportResult, exportModel } from "./pipeline/export-model.ts";
export { findNeighbors, type NeighborsResult, type WordNeighbors } from "./pipeline/find-neighbors.ts";
export { type FineTuneHooks, fineTuneFiles } from "./pipeline/fine-tune-files.ts";
export { type Inspection, type InspectOptions, inspectFile } from "./pipeline/inspect-file.ts";
export type { FineTuneOptions, HeadName, HeadOptions, ScheduleName } from "./pipeline/settings.ts";
export type { MovedWord, PhaseScores, RunDocument, SplitScores, TokenFacts } from "./run/document.ts";
