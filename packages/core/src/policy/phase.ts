import type { FreezePolicy, PhaseEnd } from "./policy.ts";

/** Which phase training is in. */
export interface PhasePosition {
  /** Index into the policy's phases. */
  readonly phase: number;
  /** Finished epochs of that phase. */
  readonly epochsInPhase: number;
}

function hasEnded(end: PhaseEnd, figures: readonly number[]): boolean {
  if (end.kind === "epochs") return figures.length >= end.epochs;
  if (end.maxEpochs !== undefined && figures.length >= end.maxEpochs) return true;
  return epochsWithoutGain(figures, end.minDelta ?? 0) >= end.patience;
}

/** Epochs since the last one that was better (lower) than all before it by more than `minDelta`. */
export function epochsWithoutGain(figures: readonly number[], minDelta: number): number {
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  for (const figure of figures) {
    if (figure < best - minDelta) {
      best = figure;
      waited = 0;
    } else {
      waited++;
    }
  }
  return waited;
}

/**
 * Phase for the coming epoch, from the monitored figure (lower is better) of each finished epoch. A pure function: the
 * same history gives the same phase, also after a resume.
 */
export function phaseAt(policy: FreezePolicy, history: readonly number[]): PhasePosition {
  let phase = 0;
  let start = 0;
  for (let epoch = 1; epoch <= history.length; epoch++) {
    const end = policy.phases[phase]!.until;
    if (end !== undefined && hasEnded(end, history.slice(start, epoch))) {
      phase++;
      start = epoch;
    }
  }
  return { phase, epochsInPhase: history.length - start };
}
