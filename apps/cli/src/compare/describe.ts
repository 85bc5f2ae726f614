import { counted, grouped, percent, seconds } from "../output/format.ts";
import type { Style } from "../output/style.ts";
import { textTable } from "../output/text-table.ts";
import type { CompareEvent } from "./compare-files.ts";
import type { Arm, CompareDocument, Estimate, Evaluation, Pair } from "./document.ts";

const signed = (share: number): string => `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(1)}`;
const estimate = (value: Estimate | null): string =>
  value === null
    ? "–"
    : `${percent(value.mean)} (${(value.interval[0] * 100).toFixed(1)} to ${(value.interval[1] * 100).toFixed(1)})`;

function evaluationText({ kind, rows, folds }: Evaluation): string {
  switch (kind) {
    case "dev":
      return `judged on ${counted(rows, "row")} of --dev`;
    case "held-out":
      return `no --dev: judged on ${counted(rows, "row")} held out of --train`;
    case "cross-validation":
      return `no --dev: ${folds}-fold cross-validation, so that each of the ${grouped(rows)} rows of --train is judged by models that did not see it`;
    default:
      throw new TypeError(`unknown evaluation ${kind satisfies never}`);
  }
}

/** What is about to be done, for people. */
export function describePlan({
  sources,
  evaluation,
  arms,
  seeds,
  runs,
  backend,
}: Extract<CompareEvent, { kind: "prepared" }>): string {
  const { base, splits } = sources;
  return [
    `Vectors  ${grouped(base.loadedRows)} of ${grouped(base.rows)} rows, dimension ${base.dimension}, read once for all runs`,
    `Data     ${counted(splits.train.dataset.rows, "training row")}, ${counted(splits.labels.length, "label")}; ${evaluationText(evaluation)}`,
    `Runs     ${runs}: ${arms.join(", ")} with ${seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds[0]} to ${seeds.at(-1)}`}, on ${backend.name}`,
    "",
  ].join("\n");
}

/** One finished run, for people. */
export function describeRun({
  name,
  done,
  runs,
  result,
  isReused,
}: Extract<CompareEvent, { kind: "finished" }>): string {
  const accuracy = ({ correct }: { readonly correct: string }): string =>
    percent([...correct].filter((digit) => digit === "1").length / correct.length);
  const test = result.test === null ? "" : `, test ${accuracy(result.test)}`;
  const note = isReused ? " (kept from before)" : "";
  return `${done}/${runs} ${name}: dev ${accuracy(result.dev)}${test}, epoch ${result.bestEpoch} of ${result.epochs}${note}\n`;
}

function armTable(arms: readonly Arm[]): string {
  const rows = arms.map((arm) => [
    arm.policy,
    estimate(arm.dev),
    estimate(arm.test),
    arm.meanCosineDistance.toFixed(5),
    percent(arm.neighborOverlapAt10),
  ]);
  return textTable(["policy", "dev accuracy", "test accuracy", "cosine distance", "neighbours kept"], rows);
}

function pairTable(pairs: readonly Pair[]): string {
  const rows = pairs.map(({ a, b, on, difference, interval, pValue, test }) => [
    `${a} − ${b}`,
    on,
    signed(difference),
    `${signed(interval[0])} to ${signed(interval[1])}`,
    pValue < 0.0001 ? "<0.0001" : pValue.toFixed(4),
    test,
  ]);
  return textTable(["points of accuracy", "on", "difference", "95 % interval", "p", "test"], rows);
}

function curveTable({ curve, arms, data }: CompareDocument): string[] {
  if (curve === null) return [];
  const rows = [...curve, { size: data.train.rows, arms }].map((point) => [
    grouped(point.size),
    ...point.arms.map((arm) => estimate(arm.dev)),
  ]);
  return [textTable(["training rows", ...arms.map(({ policy }) => `${policy}, dev`)], rows), ""];
}

/** The whole comparison, for people. */
export function describeComparison(document: CompareDocument, style: Style): string {
  const { arms, pairs, verdict, artifacts, timing } = document;
  const keeps = arms.find(({ policy }) => policy === verdict.recommendation)!.isFrozen;
  const line = `Verdict  ${verdict.recommendation}. ${verdict.reason}`;
  return [
    armTable(arms),
    "",
    pairTable(pairs),
    "",
    ...curveTable(document),
    keeps ? style.yellow(line) : style.green(line),
    style.dim(`Rule     ${verdict.rule}`),
    "",
    ...(artifacts.report === null ? [] : [`Report   ${artifacts.report}`]),
    `Wrote    ${artifacts.compare}, ${artifacts.runs}`,
    style.dim(`         ${seconds(timing.totalMs)}, ${seconds(timing.trainMs)} of them training`),
    "",
  ].join("\n");
}
