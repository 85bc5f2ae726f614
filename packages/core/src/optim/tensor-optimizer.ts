import { allocate as plainAllocate, precisionOf } from "../embedding/allocate.ts";
import type { FloatArray } from "../tensor.ts";
import type { ResolvedOptimizer } from "./config.ts";
import { spanKernels } from "./span-kernels.ts";
import { createUpdater, type Moments, momentsNeeded, type OptimizerParts } from "./updater.ts";

/** State of one parameter's optimizer. */
export interface TensorOptimizerState extends Moments {
  /** Updates so far; steps in which the parameter was frozen do not count. Mutable. */
  steps: number;
}

/** Updates head parameters; state is kept by parameter name, so that freezing one never shifts another's. */
export interface TensorOptimizer {
  /** State of every parameter updated so far, by name. */
  readonly state: ReadonlyMap<string, TensorOptimizerState>;
  /** State of `name` for `values`, made if there is none. */
  stateOf(name: string, values: FloatArray): TensorOptimizerState;
  /** One step of `values` in place. */
  step(
    name: string,
    tensors: { readonly values: FloatArray; readonly gradient: FloatArray },
    options: { readonly learningRate: number; readonly gradientScale: number; readonly decays: boolean },
  ): void;
}

/** An optimizer without state yet. */
export function createTensorOptimizer(
  config: ResolvedOptimizer,
  { allocate = plainAllocate, kernels = spanKernels }: OptimizerParts = {},
): TensorOptimizer {
  const states = new Map<string, TensorOptimizerState>();
  const updater = createUpdater(config, kernels);
  const needed = momentsNeeded(config);
  const stateOf = (name: string, values: FloatArray): TensorOptimizerState => {
    const old = states.get(name);
    if (old !== undefined) return old;
    const precision = precisionOf(values);
    const state: TensorOptimizerState = {
      first: allocate(precision, needed.first ? values.length : 0),
      second: allocate(precision, needed.second ? values.length : 0),
      steps: 0,
    };
    states.set(name, state);
    return state;
  };
  return {
    state: states,
    stateOf,
    step(name, { values, gradient }, { learningRate, gradientScale, decays }) {
      const state = stateOf(name, values);
      state.steps++;
      updater.begin({ learningRate, gradientScale, decays: decays || config.decays === "all" });
      const { first, second } = state;
      updater.update({ values, first, second, gradient, at: 0, gradientAt: 0, length: values.length }, state.steps);
    },
  };
}
