export type { Backend, BackendSupport, CompileRequest, Executable, RunOptions, StepResult } from "./backend.ts";
export { checked, isFiniteTensor } from "./checked-backend.ts";
export type { GuardState } from "./drift/create-drift-guard.ts";
export {
  checkDriftGuard,
  type DriftGuard,
  type GuardAction,
  type GuardEvent,
  type GuardFigure,
  guardActions,
  guardFigures,
} from "./drift/drift-guard.ts";
export { createDriftMonitor, type DriftMonitor } from "./drift/drift-monitor.ts";
export {
  type DriftReport,
  type DriftReportOptions,
  driftReport,
  type MovedRow,
} from "./drift/drift-report.ts";
export { type BandDrift, bandStarts, driftByFrequency } from "./drift/frequency-bands.ts";
export { type NeighborOverlap, type NeighborOverlapOptions, neighborOverlap } from "./drift/neighbor-overlap.ts";
export { quantile } from "./drift/quantile.ts";
export { type RowDrift, rowDrift } from "./drift/row-drift.ts";
export { type Allocate, allocate, type FloatPrecision, precisionOf } from "./embedding/allocate.ts";
export {
  createEntryBuilder,
  type Entries,
  type EntryBuilder,
  type TokenBatch,
  type WordDropout,
} from "./embedding/entries.ts";
export {
  type IdentityLookUp,
  identityLookUp,
  type LookUp,
  validateLookUp,
  type WeightedLookUp,
} from "./embedding/look-up.ts";
export {
  createRowAccumulator,
  type InputGradient,
  type RowAccumulator,
  type RowGradient,
} from "./embedding/row-gradient.ts";
export { createRowKernels, type RowKernels } from "./embedding/row-kernels.ts";
export { createRowArena, plainArena, type RowArena, type RowArenaSize } from "./embedding/simd/simd-arena.ts";
export {
  createEmbeddingTable,
  type EmbeddingTable,
  type EmbeddingTableOptions,
  isRowUnmoved,
  rowOf,
} from "./embedding/table.ts";
export {
  BackendError,
  type ErrorCode,
  FeedError,
  type FileLocation,
  FormatError,
  GraphError,
  NonFiniteError,
  NotDifferentiableError,
  PolicyError,
  ThawlineError,
  UnsupportedOpError,
} from "./errors.ts";
export { createGraphBuilder, type GraphBuilder } from "./graph/builder.ts";
export type { AnyNode, Constant, Graph, Node, ValueDType, ValueInfo, ValueName } from "./graph/graph.ts";
export { type NoAttributes, type OpAttributes, type OpName, opNames } from "./graph/ops.ts";
export { broadcastShapes, inferResult, type ResultInfo } from "./graph/shape-rules.ts";
export { findValue, validateGraph, valuesOf } from "./graph/validate.ts";
export {
  type OptimizerConfig,
  type ResolvedOptimizer,
  type RowOptimizerConfig,
  resolveOptimizer,
} from "./optim/config.ts";
export { projectMaxNorm } from "./optim/max-norm.ts";
export {
  type Annealing,
  type HeldRows,
  type L2SpPull,
  type MixoutPull,
  type PullConfig,
  type RecAdamPull,
  taskWeight,
} from "./optim/pull.ts";
export { createRowOptimizer, type RowOptimizer, type RowOptimizerState } from "./optim/row-optimizer.ts";
export type { RowPullState } from "./optim/row-pull.ts";
export { type ScheduleConfig, type ScheduleState, scheduleMultiplier } from "./optim/schedule.ts";
export { createTensorOptimizer, type TensorOptimizer, type TensorOptimizerState } from "./optim/tensor-optimizer.ts";
export { createTrustRegion, type TrustRegion, type TrustRegionConfig } from "./optim/trust-region.ts";
export {
  classIndicativeness,
  defaultSmoothing,
  type IndicativeOptions,
  type IndicativeStatistic,
} from "./policy/class-indicative.ts";
export { compileRowRule, type RowTest, rowRuleKinds, ruleUses } from "./policy/compile-row-rule.ts";
export { type EarlyStoppingConfig, shouldStop } from "./policy/early-stopping.ts";
export { type FrequencyRanks, frequencyRanks } from "./policy/frequency-rank.ts";
export { countLabels, type LabelCounts } from "./policy/label-counts.ts";
export { parsePolicy } from "./policy/parse-policy.ts";
export { type PhasePosition, phaseAt } from "./policy/phase.ts";
export {
  type FreezePhase,
  type FreezePolicy,
  frozenPolicy,
  fullPolicy,
  type GradualOptions,
  gradualPolicy,
  groupRate,
  type PhaseEnd,
  type RowRate,
  validatePolicy,
} from "./policy/policy.ts";
export { type PolicySchema, type PolicySchemaNode, policySchema } from "./policy/policy-schema.ts";
export {
  type BandByBandOptions,
  bandByBandPolicy,
  chainThawPolicy,
  discriminativePolicy,
  type LayerOptions,
  onlyFrequentPolicy,
  onlyIndicativePolicy,
  onlyNewPolicy,
  type PolicyName,
  type PresetContext,
  policyNames,
  presetPolicy,
  ulmfitPolicy,
} from "./policy/presets.ts";
export { compileRowGate, policyUses, type RowGate, rowsThatMayMove } from "./policy/row-gate.ts";
export type { RowFacts, RowRule, RowRuleKind } from "./policy/row-rule.ts";
export {
  type DTypeArrays,
  type FloatArray,
  floatTensor,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorDType,
  type TensorMap,
  tensor,
} from "./tensor.ts";
export type { BatchGradients, EmbeddingTrainer, StepReport } from "./train/embedding-trainer.ts";
export { countTokens, createBatchSelector, type Examples, exampleCount, validateExamples } from "./train/examples.ts";
export {
  type FineTuneCheckpoint,
  type FineTuneOptions,
  type FinishReason,
  fineTune,
  type TrainingEvent,
} from "./train/fine-tune.ts";
export type { BatchShape, DropoutInput, EmbeddingInput, Head, HeadGraph, ParameterSpec } from "./train/head.ts";
export {
  type LrRangePoint,
  type LrRangeTest,
  type LrRangeTestOptions,
  lrRangeTest,
} from "./train/lr-range-test.ts";
export {
  argMax,
  type ClassificationMetrics,
  type ClassMetrics,
  classificationMetrics,
  softmaxRows,
} from "./train/metrics.ts";
export { createOwningTrainer } from "./train/owning-trainer.ts";
export type { TrainerSnapshot } from "./train/snapshot.ts";
export { type InputLayer, type InputStatistics, inputStatistics } from "./train/standardized-input.ts";
export { type LrSuggestions, suggestLearningRate } from "./train/suggest-learning-rate.ts";
export { type TargetOptions, writeClassTargets } from "./train/targets.ts";
export { createTrainer } from "./train/trainer.ts";
export { embeddingsGroup, type TrainerOptions } from "./train/trainer-options.ts";
export {
  type EpochDrift,
  type EpochRecord,
  type Monitor,
  monitored,
  type TrainingState,
} from "./train/training-state.ts";
export { deriveSeed } from "./util/derive-seed.ts";
export { nearestName } from "./util/nearest-name.ts";
export { createRandom, type Random, type RandomState, shuffle } from "./util/random.ts";
export { createSha256, type Sha256 } from "./util/sha256.ts";
