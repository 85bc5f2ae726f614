import { basename, resolve } from "node:path";
import type { CompareReportData, ReportLearningCurve } from "@thawline/report";
import { reproduceCommand } from "../run/reproduce-command.ts";
import { writeReport } from "../run/write-report.ts";
import type { CompareFolder } from "./compare-folder.ts";
import type { CompareDocument, Evaluation } from "./document.ts";
import type { Plan } from "./summarize.ts";

/** What was asked for, besides the settings that the runs share. */
interface Asked {
  readonly policies: readonly string[];
  readonly sizes?: readonly (number | "all")[];
  readonly folds?: number;
  readonly deltas?: boolean;
}

const sentences: Readonly<Record<Evaluation["kind"], (evaluation: Evaluation) => string | null>> = {
  dev: () => null,
  "held-out": ({ rows }) => `There was no dev file: dev figures are of ${rows} rows held out of train.`,
  "cross-validation": ({ rows, folds }) =>
    `Dev figures are cross-validated: each of ${rows} rows of train was judged by a model that did not see it, over ${folds} parts.`,
};

/** Dev accuracy by training rows, the whole of them last. */
function curvesOf({ curve, arms, data }: CompareDocument): ReportLearningCurve[] {
  if (curve === null) return [];
  return arms.map(({ policy, dev }) => ({
    policy,
    points: [
      ...curve.flatMap(({ size, arms: at }) => {
        const found = at.find((arm) => arm.policy === policy);
        return found === undefined ? [] : [{ rows: size, ...found.dev }];
      }),
      { rows: data.train.rows, ...dev },
    ],
  }));
}

/** Plain data of a comparison's report. */
export function comparisonReportData(
  document: CompareDocument,
  { plan, asked, out }: { readonly plan: Plan; readonly asked: Asked; readonly out: string },
): CompareReportData {
  const { data, vectors, config, inputs, version, arms, pairs, verdict, backend, head, seeds } = document;
  const { settings } = plan.arms[0]!;
  const { policies, sizes, folds, deltas } = asked;
  const rows = (["train", "dev", "test"] as const).flatMap((name) => {
    const split = data[name];
    return split === null ? [] : [{ name, ...split }];
  });
  return {
    kind: "compare",
    name: basename(resolve(out)),
    task: { splits: rows, labels: data.labels, devIsHeldOut: data.evaluation.kind === "held-out" },
    vectors: { file: basename(plan.sources.base.file), ...vectors },
    backend,
    head,
    seeds,
    evaluation: sentences[data.evaluation.kind](data.evaluation),
    arms,
    pairs,
    verdict,
    learningCurves: curvesOf(document),
    origin: {
      command: reproduceCommand(settings, {
        name: "compare",
        out,
        further: { policies, seeds: seeds.length, sizes, folds, ...(deltas === false ? { deltas } : {}) },
        except: ["policy", "checkpointEvery", "report"],
      }),
      version,
      configuration: config,
      inputs,
    },
  };
}

/** Writes `report.html` and `report.md` into the folder of a comparison. */
export async function reportComparison(
  folder: CompareFolder,
  document: CompareDocument,
  made: { readonly plan: Plan; readonly asked: Asked },
): Promise<void> {
  await writeReport(comparisonReportData(document, { ...made, out: folder.path }), folder);
}
