import type { DriftGuard } from "@thawline/core";
import { defaults } from "./defaults.ts";
import type { Settings } from "./settings.ts";

/** The drift guard of a run; undefined without a limit. */
export function resolveGuard({
  maxMeanCosineDistance,
  onDrift,
}: Pick<Settings, "maxMeanCosineDistance" | "onDrift">): DriftGuard | undefined {
  if (maxMeanCosineDistance === null) return undefined;
  return { limits: { meanCosineDistance: maxMeanCosineDistance }, action: onDrift ?? defaults.onDrift };
}
