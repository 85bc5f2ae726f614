export { type DriftMap, driftMap, type MappedWord } from "./drift/drift-map.ts";
export { createDriftProbe, type DriftProbeOptions, type SampledDrift } from "./drift/drift-probe.ts";
export { type FrequencyBand, frequencyBands } from "./drift/frequency-bands.ts";
export { averageCosine, partitionIsotropy } from "./drift/isotropy.ts";
export type { MovedWordNeighbors } from "./drift/moved-words.ts";
export { neighborChange, type SampleOptions } from "./drift/neighbor-change.ts";
export { type NormSummary, normSummary } from "./drift/norms.ts";
export { pairTables, type TablePair, type WordTable } from "./drift/pair-tables.ts";
export { type DriftSummary, rowDrifts, summarizeDrifts } from "./drift/row-drifts.ts";
export { type SeenBreak, type SeenGroups, seenBreak } from "./drift/seen-break.ts";
export { type Isotropy, type TableDrift, type TableDriftOptions, tableDrift } from "./drift/table-drift.ts";
export { linearCka } from "./linear/linear-cka.ts";
export { type Pca, pca, projectRows } from "./linear/pca.ts";
export { orthogonalProcrustes } from "./linear/procrustes.ts";
export { ridgeMap } from "./linear/ridge-map.ts";
export type { RowMatrix } from "./linear/row-matrix.ts";
export { applyLearnedMap } from "./map/apply-learned-map.ts";
export { type LearnedMap, type LearnMapOptions, learnMap, type MapCandidate, type MapKind } from "./map/learned-map.ts";
export { relativeMapError } from "./map/map-error.ts";
export { type Analogy, parseAnalogies } from "./retention/analogy-file.ts";
export { type AnalogyRetention, type AnalogyScore, analogyRetention } from "./retention/analogy-retention.ts";
export { parseSimilarityPairs, type SimilarityPair } from "./retention/similarity-file.ts";
export { type SimilarityRetention, similarityRetention, spearman } from "./retention/similarity-retention.ts";
export {
  type BootstrapOptions,
  bootstrapInterval,
  bootstrapMean,
  meanOverRuns,
  pairedBootstrap,
  pairedDifferences,
  type RunsBootstrapOptions,
} from "./stats/bootstrap.ts";
export type { Interval } from "./stats/interval.ts";
export { type McNemarResult, mcNemar } from "./stats/mc-nemar.ts";
export { normalQuantile } from "./stats/normal-quantile.ts";
export { type PermutationOptions, type PermutationResult, permutationTest } from "./stats/permutation-test.ts";
export { binomialStandardError, wilsonInterval } from "./stats/proportion.ts";
