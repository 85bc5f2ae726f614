import { PolicyError } from "../errors.ts";

/** How the learning rate goes over training, as plain data. Every form is a multiplier on the base rates. */
export type ScheduleConfig =
  /** 1 throughout, after `warmup`. */
  | { readonly type: "constant"; readonly warmup?: number }
  /** Up from 0 over `warmup`, then down linearly to 0 at the end. */
  | { readonly type: "linear"; readonly warmup?: number }
  /** Slanted triangular (ULMFiT): up over `cutFraction` (default 0.1), down over the rest, from and to 1 / `ratio` (32). */
  | { readonly type: "slanted"; readonly cutFraction?: number; readonly ratio?: number }
  /** 1cycle with cosine annealing: from 1 / `initialDivisor` (25) up over `peakFraction` (0.3), then down to 1 / (25 · `finalDivisor` (1e4)). */
  | {
      readonly type: "one-cycle";
      readonly peakFraction?: number;
      readonly initialDivisor?: number;
      readonly finalDivisor?: number;
    }
  /** Times `factor` (0.5) whenever the monitored figure has not improved for `patience` (1) epochs, never below `minimum` (0.01). */
  | { readonly type: "plateau"; readonly factor?: number; readonly patience?: number; readonly minimum?: number };

/** Where training is. */
export interface ScheduleState {
  /** Steps done before this one; 0 at the first. */
  readonly step: number;
  /** Steps that training has at most. */
  readonly totalSteps: number;
  /** Monitored figure of each finished epoch, lower is better. */
  readonly history: readonly number[];
}

/** `warmup` is a share of all steps where below 1, else a number of steps. */
function warmupSteps(warmup: number | undefined, totalSteps: number): number {
  const asked = warmup ?? 0;
  return asked < 1 ? Math.floor(asked * totalSteps) : asked;
}

/** From `from` at 0 to `to` at 1 along half a cosine. */
function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

function plateauMultiplier(history: readonly number[], factor: number, patience: number, minimum: number): number {
  let best = Number.POSITIVE_INFINITY;
  let waited = 0;
  let multiplier = 1;
  for (const figure of history) {
    if (figure < best) {
      best = figure;
      waited = 0;
    } else if (++waited >= patience) {
      multiplier = Math.max(minimum, multiplier * factor);
      waited = 0;
    }
  }
  return multiplier;
}

/**
 * Multiplier ≥ 0 on the learning rate for the step about to be made. A pure function of its arguments.
 * @remarks slanted: Howard and Ruder 2018 (ULMFiT), equation 3. one-cycle: Smith and Topin 2018, in the form of PyTorch's
 * `OneCycleLR` (cosine, two phases). linear: as `get_linear_schedule_with_warmup` of Hugging Face transformers.
 */
export function scheduleMultiplier(config: ScheduleConfig, { step, totalSteps, history }: ScheduleState): number {
  switch (config.type) {
    case "constant": {
      const warm = warmupSteps(config.warmup, totalSteps);
      return step < warm ? step / warm : 1;
    }
    case "linear": {
      const warm = warmupSteps(config.warmup, totalSteps);
      if (step < warm) return step / warm;
      return Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - warm));
    }
    case "slanted": {
      const ratio = config.ratio ?? 32;
      const cutFraction = config.cutFraction ?? 0.1;
      const cut = Math.max(1, Math.floor(totalSteps * cutFraction));
      const share = step < cut ? step / cut : Math.max(0, 1 - (step - cut) / (cut * (1 / cutFraction - 1)));
      return (1 + share * (ratio - 1)) / ratio;
    }
    case "one-cycle": {
      const initial = 1 / (config.initialDivisor ?? 25);
      const final = initial / (config.finalDivisor ?? 1e4);
      const last = Math.max(1, totalSteps - 1);
      // Both ends count steps from 0, as PyTorch does: the peak is at peakFraction · total − 1.
      const peak = Math.max(Number.MIN_VALUE, (config.peakFraction ?? 0.3) * totalSteps - 1);
      if (step <= peak) return cosine(initial, 1, step / peak);
      return cosine(1, final, Math.min(1, (step - peak) / Math.max(Number.MIN_VALUE, last - peak)));
    }
    case "plateau":
      return plateauMultiplier(history, config.factor ?? 0.5, config.patience ?? 1, config.minimum ?? 0.01);
    default:
      throw new PolicyError(
        "INVALID_CONFIG",
        `a schedule is constant, linear, slanted, one-cycle or plateau, got ${JSON.stringify(config satisfies never)}`,
      );
  }
}
