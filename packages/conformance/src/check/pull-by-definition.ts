import type { PullConfig, TrustRegionConfig } from "@thawline/core";

/** Rows of a table `[V, D]` as lists. */
export type Rows = readonly (readonly number[])[];

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
/** a + share · (b − a). */
const towards = (a: readonly number[], b: readonly number[], share: number): number[] =>
  a.map((x, d) => x + share * (b[d]! - x));

function taskWeight(pull: PullConfig, t: number): number {
  if (pull.type !== "recadam") return 1;
  const { annealing } = pull;
  if (annealing.kind === "linear") return t < annealing.steps ? t / annealing.steps : 1;
  // The logistic function, as a hyperbolic tangent.
  return (1 + Math.tanh((annealing.slope * (t - annealing.center)) / 2)) / 2;
}

/** Turned towards the anchor by spherical interpolation (Shoemake 1985), then shortened. */
function projected(origin: readonly number[], row: readonly number[], region: TrustRegionConfig): number[] {
  let result = [...row];
  const angle = Math.acos(Math.min(1, dot(origin, row) / (norm(origin) * norm(row))));
  const limit = Math.acos(1 - (region.maxCosineDistance ?? 2));
  if (angle > limit) {
    const [ofOrigin, ofRow] = [Math.sin(angle - limit) / Math.sin(angle), Math.sin(limit) / Math.sin(angle)];
    result = origin.map((x, d) => ofOrigin * norm(row) * (x / norm(origin)) + ofRow * row[d]!);
  }
  const radius = Math.min(region.maxL2 ?? Infinity, (region.maxRelativeL2 ?? Infinity) * norm(origin));
  const distance = norm(result.map((x, d) => x - origin[d]!));
  return distance > radius ? towards(origin, result, radius / distance) : result;
}

/** What one step is made of. */
export interface PullStep {
  /** `[V, D]` pre-trained, and before the step. */
  readonly anchor: Rows;
  readonly before: Rows;
  /** Gradient of each row that the batch looks up. */
  readonly gradients: ReadonlyMap<number, readonly number[]>;
  readonly frozen: readonly number[];
  readonly learningRate: number;
  /** Steps of the table, this one included. */
  readonly t: number;
}

/**
 * Rows after a step of plain SGD under a pull and a trust region, written down from their definitions and sharing nothing with
 * core: **every** row that is not frozen is pulled in **every** step, whether or not the batch has it.
 */
export function stepByDefinition(
  { anchor, before, gradients, frozen, learningRate, t }: PullStep,
  { pull, trustRegion }: { readonly pull?: PullConfig; readonly trustRegion?: TrustRegionConfig },
): Rows {
  const weight = pull === undefined ? 1 : taskWeight(pull, t);
  const isCoupled = pull?.type === "l2-sp" && pull.coupled === true;
  return before.map((row, v) => {
    const origin = anchor[v]!;
    if (frozen.includes(v)) return row;
    let result = [...row];
    const gradient = gradients.get(v);
    if (gradient !== undefined) {
      const added = isCoupled ? pull.strength : 0;
      result = row.map((x, d) => x - learningRate * weight * (gradient[d]! + added * (x - origin[d]!)));
      if (trustRegion !== undefined) result = projected(origin, result, trustRegion);
    }
    if (pull === undefined || pull.type === "mixout" || isCoupled) return result;
    const strength = pull.type === "l2-sp" ? pull.strength : (1 - weight) * pull.strength;
    return towards(result, origin, Math.min(1, learningRate * strength));
  });
}
