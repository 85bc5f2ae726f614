import type { Sources } from "../pipeline/read-sources.ts";
import { version } from "../version.ts";
import type { ArmPlan } from "./arms.ts";
import type { Collected, CollectedArm } from "./collect-runs.ts";
import type { CompareFolder } from "./compare-folder.ts";
import type { Arm, CompareDocument, CurvePoint, Evaluation, Pair } from "./document.ts";
import { estimateOf, pairOf } from "./statistics.ts";
import { verdictOf } from "./verdict.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function armOf({ arm, runs, dev, test }: CollectedArm): Arm {
  return {
    policy: arm.name,
    isFrozen: arm.isFrozen,
    seeds: runs,
    dev: estimateOf(dev),
    test: test === null ? null : estimateOf(test),
    meanCosineDistance: mean(runs.map((run) => run.meanCosineDistance)),
    neighborOverlapAt10: mean(runs.map((run) => run.neighborOverlapAt10)),
  };
}

/** Every two arms: the later one minus the earlier one. */
function pairsOf(arms: Collected): Pair[] {
  const pairs = (on: "dev" | "test"): Pair[] =>
    arms.flatMap((b, i) =>
      arms.slice(i + 1).flatMap((a) => {
        const [ofA, ofB] = [a[on], b[on]];
        if (ofA === null || ofB === null) return [];
        return [pairOf({ policy: a.arm.name, runs: ofA }, { policy: b.arm.name, runs: ofB }, on)];
      }),
    );
  return [...pairs("dev"), ...pairs("test")];
}

function curveOf(collected: Collected): CurvePoint[] | null {
  const sizes = [...new Set(collected.map(({ size }) => size))].filter((size): size is number => size !== null);
  if (sizes.length === 0) return null;
  return sizes.map((size) => {
    const arms = collected.filter((arm) => arm.size === size);
    return {
      size,
      arms: arms
        .map(armOf)
        .map(({ policy, dev, test, meanCosineDistance }) => ({ policy, dev, test, meanCosineDistance })),
      pairs: pairsOf(arms),
    };
  });
}

function dataOf(sources: Sources, evaluation: Evaluation): CompareDocument["data"] {
  const { train, dev, test, labels } = sources.splits;
  const rows = ({ dataset }: typeof train) => ({ rows: dataset.rows, skipped: dataset.skippedRows });
  return {
    train: rows(train),
    dev: evaluation.kind === "cross-validation" ? null : rows(dev),
    test: test === null ? null : rows(test),
    labels,
    evaluation,
  };
}

/** What a comparison's figures are made of. */
export interface Plan {
  readonly folder: Pick<CompareFolder, "document" | "runs" | "report">;
  readonly arms: readonly ArmPlan[];
  readonly seeds: readonly number[];
  readonly sources: Sources;
  readonly evaluation: Evaluation;
  readonly inputs: CompareDocument["inputs"];
}

/** Estimates, pairs, curve and verdict of all runs. */
export function summarize(
  plan: Plan,
  run: Pick<CompareDocument, "backend" | "head" | "coverage" | "timing"> & {
    readonly collected: Collected;
    readonly hasReport: boolean;
  },
): CompareDocument {
  const { folder, sources, evaluation } = plan;
  const whole = run.collected.filter(({ size }) => size === null);
  const arms = whole.map(armOf);
  const pairs = pairsOf(whole);
  const {
    policy: _,
    seed: __,
    freezeEpochs: ___,
    unfreezeOn: ____,
    checkpointEvery: _____,
    ...config
  } = plan.arms[0]!.settings;
  const { format, rows, dimension, loadedRows } = sources.base;
  const { types, tokens, oovTypes } = run.coverage;
  return {
    command: "compare",
    version,
    status: "finished",
    backend: run.backend,
    head: run.head,
    seeds: plan.seeds,
    data: dataOf(sources, evaluation),
    vectors: { format, rows, dimension, loadedRows },
    coverage: { types, tokens, oovTypes },
    arms,
    pairs,
    curve: curveOf(run.collected),
    verdict: verdictOf(arms, pairs),
    config,
    inputs: plan.inputs,
    timing: run.timing,
    artifacts: { compare: folder.document, runs: folder.runs, report: run.hasReport ? folder.report : null },
  };
}
