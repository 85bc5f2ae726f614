export { type LoadedModel, loadModel } from "./model/load-model.ts";
export type { ModelConfig } from "./model/model-config.ts";
export { openPredictor, type Prediction, type Predictor } from "./model/predictor.ts";
export { type EvaluateOptions, type Evaluation, evaluateFile } from "./pipeline/evaluate-file.ts";
export type { RunEvent } from "./pipeline/events.ts";
export { findNeighbors, type NeighborsResult, type WordNeighbors } from "./pipeline/find-neighbors.ts";
export { type FineTuneHooks, fineTuneFiles } from "./pipeline/fine-tune-files.ts";
export type { BackendName, FineTuneOptions, ScheduleName } from "./pipeline/settings.ts";
export type { MovedWord, PhaseScores, RunDocument, SplitScores } from "./run/document.ts";
