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
