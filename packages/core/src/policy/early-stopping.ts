import { epochsWithoutGain, phaseAt } from "./phase.ts";
import type { FreezePolicy } from "./policy.ts";

/** When to stop before the last epoch. */
export interface EarlyStoppingConfig {
  /** Epochs without gain that are waited for. */
  readonly patience: number;
  /** A gain is more than this; default 0. */
  readonly minDelta?: number;
}

/**
 * True where training should stop: the monitored figure (lower is better) has not improved for `patience` epochs of the
 * policy's last phase. Earlier phases never stop training: their plateau is what unfreezes.
 * @remarks Prechelt 1998, "Early stopping - but when?", criterion UP with a patience on the best value.
 */
export function shouldStop(config: EarlyStoppingConfig, policy: FreezePolicy, history: readonly number[]): boolean {
  const { phase, epochsInPhase } = phaseAt(policy, history);
  if (phase < policy.phases.length - 1) return false;
  const before = history.slice(0, history.length - epochsInPhase);
  const figures = history.slice(history.length - epochsInPhase);
  // The bar is the best of all epochs: a tuned phase that never beats the frozen one is no reason to go on.
  const bar = Math.min(Number.POSITIVE_INFINITY, ...before);
  return epochsWithoutGain([bar, ...figures].slice(before.length > 0 ? 0 : 1), config.minDelta ?? 0) >= config.patience;
}
