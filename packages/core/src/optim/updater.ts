import type { Allocate } from "../embedding/allocate.ts";
import type { FloatArray } from "../tensor.ts";
import { createBiasCorrection } from "./bias-correction.ts";
import type { ResolvedOptimizer } from "./config.ts";
import type { Span, SpanKernels, UpdateCoefficients } from "./span-kernels.ts";

/** What an optimizer remembers of a parameter: up to two arrays of its size. An array that the type needs not is empty. */
export interface Moments {
  readonly first: FloatArray;
  readonly second: FloatArray;
}

/** Replaceable parts of an optimizer. */
export interface OptimizerParts {
  readonly allocate?: Allocate;
  readonly kernels?: SpanKernels;
}

/** Which moments a type keeps. */
export function momentsNeeded(config: ResolvedOptimizer): { readonly first: boolean; readonly second: boolean } {
  return {
    first: config.type === "adam" || (config.type === "sgd" && config.momentum > 0),
    second: config.type !== "sgd",
  };
}

/** Applies one optimizer's rule to spans. */
export interface Updater {
  /** Sets what holds for the whole step: η with all its multipliers, the clip factor, and whether decay applies. */
  begin(step: { readonly learningRate: number; readonly gradientScale: number; readonly decays: boolean }): void;
  /** η of the spans that follow in this step: that of `begin` times `multiplier`. Decoupled decay follows it. */
  scale(multiplier: number): void;
  /** Updates one span whose step count, this step included, is `t` ≥ 1. */
  update(span: Span, t: number): void;
}

/** An updater for a resolved configuration. It holds no state but the numbers of the present step. */
export function createUpdater(config: ResolvedOptimizer, kernels: SpanKernels): Updater {
  const kernel = kernels[config.type];
  const [beta1, beta2] = config.betas;
  const correction1 = createBiasCorrection(beta1);
  const correction2 = createBiasCorrection(beta2);
  const c: UpdateCoefficients = {
    learningRate: 0,
    gradientScale: 1,
    coupledDecay: 0,
    shrink: 1,
    momentum: config.momentum,
    nesterov: config.nesterov,
    beta1,
    beta2,
    epsilon: config.epsilon,
    stepSize: 0,
    rootScale: 1,
  };
  let correctedFor = 0;
  let base = 0;
  let decayRate = 0;
  const setRate = (learningRate: number): void => {
    c.learningRate = learningRate;
    c.shrink = config.decoupled ? 1 - learningRate * decayRate : 1;
    correctedFor = 0;
  };
  return {
    begin({ learningRate, gradientScale, decays }) {
      base = learningRate;
      decayRate = decays ? config.weightDecay : 0;
      c.gradientScale = gradientScale;
      c.coupledDecay = config.decoupled ? 0 : decayRate;
      setRate(learningRate);
    },
    scale(multiplier) {
      const learningRate = base * multiplier;
      if (learningRate !== c.learningRate) setRate(learningRate);
    },
    update(span, t) {
      if (config.type === "adam" && t !== correctedFor) {
        const root = Math.sqrt(correction2(t));
        const size = c.learningRate / correction1(t);
        c.stepSize = config.epsilonPlacement === "before" ? size * root : size;
        c.rootScale = config.epsilonPlacement === "before" ? 1 : 1 / root;
        correctedFor = t;
      }
      kernel(span, c);
    },
  };
}
