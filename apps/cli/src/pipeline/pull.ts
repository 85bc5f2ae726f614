import type { PullConfig, TrustRegionConfig } from "@thawline/core";
import { defaults } from "./defaults.ts";
import type { Settings } from "./settings.ts";

type PullSettings = Pick<Settings, "l2sp" | "recadam" | "recadamCenter" | "recadamSlope" | "mixout">;

/** The pull that a run's settings ask for; RecAdam's annealing has its middle after an epoch with trainable vectors. */
export function resolvePull(settings: PullSettings, stepsPerEpoch: number): PullConfig | undefined {
  const { l2sp, recadam, mixout } = settings;
  if (l2sp !== null) return { type: "l2-sp", strength: l2sp };
  if (mixout !== null) return { type: "mixout", probability: mixout };
  if (recadam === null) return undefined;
  const center = settings.recadamCenter ?? stepsPerEpoch;
  const slope = settings.recadamSlope ?? defaults.recadamSlope / Math.max(1, center);
  return { type: "recadam", strength: recadam, annealing: { kind: "sigmoid", slope, center } };
}

/** The trust region that a run's settings ask for. */
export function resolveTrustRegion(
  settings: Pick<Settings, "maxRowCosineDistance" | "maxRowL2">,
): TrustRegionConfig | undefined {
  const { maxRowCosineDistance, maxRowL2 } = settings;
  if (maxRowCosineDistance === null && maxRowL2 === null) return undefined;
  return {
    ...(maxRowCosineDistance === null ? {} : { maxCosineDistance: maxRowCosineDistance }),
    ...(maxRowL2 === null ? {} : { maxL2: maxRowL2 }),
  };
}
