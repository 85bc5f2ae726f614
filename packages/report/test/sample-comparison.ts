import type { CompareReportData, ReportArm } from "../src/index.ts";
import { sampleRun } from "./sample-run.ts";

function arm(policy: string, accuracy: number, drift: number): ReportArm {
  const seeds = [1, 2, 3, 4, 5].map((seed) => ({
    seed,
    dev: accuracy + 0.004 * (seed - 3),
    test: accuracy - 0.01 + 0.003 * (seed - 3),
    meanCosineDistance: drift * (1 + 0.05 * (seed - 3)),
    neighborOverlapAt10: 1 - 8 * drift,
  }));
  return {
    policy,
    isFrozen: drift === 0,
    seeds,
    dev: { mean: accuracy, interval: [accuracy - 0.012, accuracy + 0.012] },
    test: { mean: accuracy - 0.01, interval: [accuracy - 0.022, accuracy + 0.002] },
  };
}

/** The report of a comparison of three policies over five seeds. `with` replaces parts. */
export function sampleComparison(replaced: Partial<CompareReportData> = {}): CompareReportData {
  const { task, vectors, origin } = sampleRun();
  return {
    kind: "compare",
    name: "comparison",
    task,
    vectors,
    backend: "cpu",
    head: "linear",
    seeds: [1, 2, 3, 4, 5],
    evaluation: null,
    arms: [arm("frozen", 0.781, 0), arm("full", 0.838, 0.021), arm("gradual", 0.842, 0.0081)],
    pairs: [
      {
        a: "full",
        b: "frozen",
        on: "dev",
        difference: 0.057,
        interval: [0.031, 0.083],
        pValue: 0.0004,
        test: "permutation",
      },
      {
        a: "gradual",
        b: "frozen",
        on: "dev",
        difference: 0.061,
        interval: [0.035, 0.087],
        pValue: 0.0002,
        test: "permutation",
      },
      {
        a: "gradual",
        b: "full",
        on: "dev",
        difference: 0.004,
        interval: [-0.009, 0.017],
        pValue: 0.43,
        test: "permutation",
      },
    ],
    verdict: {
      recommendation: "gradual",
      reason: "gradual changed dev accuracy by +6.1 points, 95 % interval +3.5 to +8.7",
      rule: "keep frozen unless the paired 95 % interval of the dev difference lies above 0",
    },
    learningCurves: ["frozen", "full", "gradual"].map((policy, p) => ({
      policy,
      points: [150, 300, 600, 1200, 2400].map((rows, i) => {
        const mean = 0.66 + 0.03 * i + 0.012 * p * (i / 2);
        return { rows, mean, interval: [mean - 0.02, mean + 0.02] as const };
      }),
    })),
    origin,
    ...replaced,
  };
}
