import { percent } from "../output/format.ts";
import type { Arm, Pair, Verdict } from "./document.ts";

/** The rule, fixed and the same for every comparison. */
export const verdictRule =
  "Keep the vectors frozen unless the paired 95 % interval of the dev difference (tuned minus frozen) lies above 0. " +
  "Of the tuned policies that pass, take the one with the highest dev mean; where its paired interval with others that pass " +
  "holds 0, take the one of these whose words moved least (mean cosine distance).";

/** 0.0123 → "+1.2". */
const points = (share: number): string => {
  const text = Math.abs(share * 100).toFixed(1);
  return `${share < 0 && text !== "0.0" ? "−" : "+"}${text}`;
};

const intervalText = ([low, high]: Pair["interval"]): string => `95 % interval ${points(low)} to ${points(high)}`;

/** "gradual changed dev accuracy by −0.4 points (95 % interval −1.1 to +0.3) and moved 12 % of the neighbours". */
function effectOf(arm: Arm, pair: Pair): string {
  const change = `${arm.policy} changed dev accuracy by ${points(pair.difference)} points (${intervalText(pair.interval)})`;
  const lost = 1 - arm.neighborOverlapAt10;
  return arm.meanCosineDistance === 0
    ? `${change} and moved no word`
    : `${change} and replaced ${percent(lost)} of the nearest neighbours of the words that it moved`;
}

/** The paired dev difference `arm` − `over`, whichever way round it was taken. */
function gainOf(pairs: readonly Pair[], arm: string, over: string): Pair {
  const found = pairs.find(({ a, b, on }) => on === "dev" && ((a === arm && b === over) || (a === over && b === arm)))!;
  if (found.a === arm) return found;
  const [low, high] = found.interval;
  return { ...found, a: arm, b: over, difference: -found.difference, interval: [-high, -low] };
}

/**
 * Applies the rule. The first frozen arm of `arms` is the bar; `pairs` has every pair of arms on dev.
 */
export function verdictOf(arms: readonly Arm[], pairs: readonly Pair[]): Verdict {
  const frozen = arms.find(({ isFrozen }) => isFrozen)!;
  const tuned = arms.filter((arm) => !arm.isFrozen);
  const gains = new Map(tuned.map((arm) => [arm, gainOf(pairs, arm.policy, frozen.policy)]));
  const passing = tuned.filter((arm) => gains.get(arm)!.interval[0] > 0);
  const effects = (of: readonly Arm[]): string => of.map((arm) => effectOf(arm, gains.get(arm)!)).join("; ");
  if (passing.length === 0) {
    const reason = tuned.length === 0 ? "nothing else was tried" : effects(tuned);
    return { recommendation: frozen.policy, reason: `keep frozen: ${reason}`, rule: verdictRule };
  }
  const best = passing.reduce((a, b) => (b.dev.mean > a.dev.mean ? b : a));
  const equals = passing.filter((arm) => arm === best || gainOf(pairs, best.policy, arm.policy).interval[0] <= 0);
  const chosen = equals.reduce((a, b) => (b.meanCosineDistance < a.meanCosineDistance ? b : a), best);
  const others = equals.filter((arm) => arm !== chosen).map(({ policy }) => policy);
  const because =
    others.length === 0 ? "" : `; ${others.join(" and ")} cannot be told from it on dev and moved the words further`;
  return {
    recommendation: chosen.policy,
    reason: `tune: ${effectOf(chosen, gains.get(chosen)!)}${because}`,
    rule: verdictRule,
  };
}
