import type { RowGradient } from "../embedding/row-gradient.ts";
import { clipFactor } from "../optim/clip.ts";
import { projectMaxNorm } from "../optim/max-norm.ts";
import type { RowOptimizer } from "../optim/row-optimizer.ts";
import type { RowRegularizer } from "../optim/row-regularizer.ts";
import type { TensorOptimizer } from "../optim/tensor-optimizer.ts";
import type { FloatArray } from "../tensor.ts";
import { standardizeGradient, standardizeParameters } from "./standardized-input.ts";
import type { TrainerOptions } from "./trainer-options.ts";
import { embeddingsGroup } from "./trainer-options.ts";

/** Gradients of one step; a parameter that is frozen has none. */
export interface StepGradients {
  readonly parameters: Readonly<Record<string, FloatArray>>;
  /** `undefined` where the table is frozen. */
  readonly rows: RowGradient | undefined;
  /** `[A]` 1 where a row may not move. */
  readonly isFrozen: Uint8Array | undefined;
  /** `[A]` multiplier on each row's learning rate; `undefined`: 1. */
  readonly rates?: Float64Array | undefined;
}

/** What an update writes to. */
export interface UpdateTargets {
  readonly parameters: Readonly<Record<string, FloatArray>>;
  readonly rowOptimizer: RowOptimizer;
  readonly regularizer?: RowRegularizer | undefined;
  readonly tensorOptimizer: TensorOptimizer;
}

/** The layer that is updated as if its input were standardised, where it is trained in this step. */
function standardizedLayer(
  { head, inputStatistics }: Pick<TrainerOptions, "head" | "inputStatistics">,
  { parameters }: UpdateTargets,
  gradients: StepGradients,
) {
  if (inputStatistics === undefined || head.inputLayer === undefined) return undefined;
  const { weight, bias } = head.inputLayer;
  const [dWeight, dBias] = [gradients.parameters[weight], gradients.parameters[bias]];
  if (dWeight === undefined || dBias === undefined) return undefined;
  return {
    statistics: inputStatistics,
    values: { weight: parameters[weight]!, bias: parameters[bias]! },
    gradients: { weight: dWeight, bias: dBias },
  };
}

/**
 * One optimizer step, in place: clips, updates every parameter and row that has a gradient, projects output weights and rows,
 * and pulls rows towards their anchor.
 */
export function applyGradients(
  options: Pick<TrainerOptions, "head" | "table" | "clipNorm" | "maxNorm" | "inputStatistics">,
  targets: UpdateTargets,
  step: { readonly gradients: StepGradients; readonly learningRates: Readonly<Record<string, number>> },
): void {
  const { head, table, clipNorm, maxNorm } = options;
  const { gradients, learningRates } = step;
  const { rowOptimizer, regularizer } = targets;
  const rows = gradients.rows === undefined ? undefined : (regularizer?.gradient(gradients.rows) ?? gradients.rows);
  const trained = head.parameters.filter((spec) => gradients.parameters[spec.name] !== undefined);
  const parameterGradients = trained.map((spec) => gradients.parameters[spec.name]!);
  const gradientScale = clipNorm === undefined ? 1 : clipFactor(clipNorm, parameterGradients, rows, table.dimension);
  const standardized = standardizedLayer(options, targets, gradients);
  if (standardized !== undefined) {
    standardizeGradient(standardized.gradients, standardized.statistics);
    standardizeParameters(standardized.values, standardized.statistics);
  }
  trained.forEach((spec, i) => {
    const values = targets.parameters[spec.name]!;
    targets.tensorOptimizer.step(
      spec.name,
      { values, gradient: parameterGradients[i]! },
      { learningRate: learningRates[spec.group]!, gradientScale, decays: spec.decay },
    );
  });
  if (standardized !== undefined) standardizeParameters(standardized.values, standardized.statistics, { back: true });
  trained.forEach((spec) => {
    const values = targets.parameters[spec.name]!;
    if (maxNorm !== undefined && spec.output === true) projectMaxNorm(values, spec.shape[1]!, maxNorm);
  });
  if (rows === undefined) return;
  const learningRate = learningRates[embeddingsGroup]!;
  const t = rowOptimizer.state.globalStep + 1;
  rowOptimizer.step(rows, {
    learningRate: learningRate * (regularizer?.taskScale(t) ?? 1),
    gradientScale,
    isFrozen: gradients.isFrozen,
    rates: gradients.rates,
  });
  regularizer?.updated(rows, { learningRate, t });
}
