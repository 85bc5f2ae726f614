import type { RowGradient } from "../embedding/row-gradient.ts";
import { clipFactor } from "../optim/clip.ts";
import { projectMaxNorm } from "../optim/max-norm.ts";
import type { RowOptimizer } from "../optim/row-optimizer.ts";
import type { TensorOptimizer } from "../optim/tensor-optimizer.ts";
import type { FloatArray } from "../tensor.ts";
import type { TrainerOptions } from "./trainer-options.ts";
import { embeddingsGroup } from "./trainer-options.ts";

/** Gradients of one step; a parameter that is frozen has none. */
export interface StepGradients {
  readonly parameters: Readonly<Record<string, FloatArray>>;
  /** `undefined` where the table is frozen. */
  readonly rows: RowGradient | undefined;
  /** `[A]` 1 where a row may not move. */
  readonly isFrozen: Uint8Array | undefined;
}

/** What an update writes to. */
export interface UpdateTargets {
  readonly parameters: Readonly<Record<string, FloatArray>>;
  readonly rowOptimizer: RowOptimizer;
  readonly tensorOptimizer: TensorOptimizer;
}

/** Clips, updates every parameter and row that has a gradient, and projects output weights: one optimizer step, in place. */
export function applyGradients(
  options: Pick<TrainerOptions, "head" | "table" | "clipNorm" | "maxNorm">,
  targets: UpdateTargets,
  step: { readonly gradients: StepGradients; readonly learningRates: Readonly<Record<string, number>> },
): void {
  const { head, table, clipNorm, maxNorm } = options;
  const { gradients, learningRates } = step;
  const trained = head.parameters.filter((spec) => gradients.parameters[spec.name] !== undefined);
  const parameterGradients = trained.map((spec) => gradients.parameters[spec.name]!);
  const gradientScale =
    clipNorm === undefined ? 1 : clipFactor(clipNorm, parameterGradients, gradients.rows, table.dimension);
  trained.forEach((spec, i) => {
    const values = targets.parameters[spec.name]!;
    targets.tensorOptimizer.step(
      spec.name,
      { values, gradient: parameterGradients[i]! },
      { learningRate: learningRates[spec.group]!, gradientScale, decays: spec.decay },
    );
    if (maxNorm !== undefined && spec.output === true) projectMaxNorm(values, spec.shape[1]!, maxNorm);
  });
  if (gradients.rows === undefined) return;
  targets.rowOptimizer.step(gradients.rows, {
    learningRate: learningRates[embeddingsGroup]!,
    gradientScale,
    isFrozen: gradients.isFrozen,
  });
}
