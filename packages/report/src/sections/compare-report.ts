import { seriesColor } from "../chart/colors.ts";
import { curveChart } from "../chart/curve-chart.ts";
import { rangeChart } from "../chart/range-chart.ts";
import { scatterChart } from "../chart/scatter-chart.ts";
import type { CompareReportData, ReportArm, ReportEstimate, ReportPair } from "../data/compare-report-data.ts";
import type { Block, FigureBlock, ReportDocument, Section, Tile } from "../document/blocks.ts";
import { strong, word } from "../document/blocks.ts";
import { counted, distance, grouped, percent, pValue, sentence, shortPercent, signedPoints } from "../text/format.ts";
import { findingsSection } from "./findings-section.ts";
import { originSection } from "./origin-section.ts";

const range = ([low, high]: readonly [number, number]): string =>
  `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;
const pointRange = ([low, high]: readonly [number, number]): string => `${signedPoints(low)} to ${signedPoints(high)}`;
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const driftOf = ({ seeds }: ReportArm): number => mean(seeds.map((each) => each.meanCosineDistance));
const overlapOf = ({ seeds }: ReportArm): number => mean(seeds.map((each) => each.neighborOverlapAt10));

type Scored = { readonly arm: ReportArm; readonly estimate: ReportEstimate; readonly values: readonly number[] };

function scoredOn(arms: readonly ReportArm[], split: "dev" | "test"): Scored[] {
  return arms.flatMap((arm) => {
    const estimate = arm[split];
    if (estimate === null) return [];
    return [{ arm, estimate, values: arm.seeds.flatMap((each) => each[split] ?? []) }];
  });
}

function accuracyFigure(arms: readonly ReportArm[], split: "dev" | "test"): FigureBlock {
  const scored = scoredOn(arms, split);
  return {
    kind: "figure",
    title: `Accuracy on ${split}`,
    description: scored
      .map(
        ({ arm, estimate }) => `${arm.policy}: ${percent(estimate.mean)}, 95 % interval ${range(estimate.interval)}.`,
      )
      .join(" "),
    caption: "The large dot is the mean over seeds, the bar its 95 % interval; small dots are the seeds.",
    chart: rangeChart({
      rows: scored.map(({ arm, estimate, values }) => ({
        name: arm.policy,
        value: estimate.mean,
        low: estimate.interval[0],
        high: estimate.interval[1],
        color: seriesColor(arms.indexOf(arm)),
        others: values,
      })),
      format: percent,
      axisFormat: shortPercent,
    }),
    table: null,
  };
}

function armsTable(arms: readonly ReportArm[]): Block {
  const cells = (estimate: ReportEstimate | null) =>
    estimate === null ? ["–", "–"] : [[strong(percent(estimate.mean))], range(estimate.interval)];
  return {
    kind: "table",
    caption: "Policies: mean accuracy over seeds with its 95 % interval, and drift",
    columns: [
      { title: "policy" },
      { title: "seeds", isNumber: true },
      { title: "dev", isNumber: true },
      { title: "interval", isNumber: true },
      { title: "test", isNumber: true },
      { title: "interval", isNumber: true },
      { title: "mean drift", isNumber: true },
      { title: "neighbours kept", isNumber: true },
    ],
    rows: arms.map((arm) => [
      [word(arm.policy)],
      grouped(arm.seeds.length),
      ...cells(arm.dev),
      ...cells(arm.test),
      distance(driftOf(arm)),
      percent(overlapOf(arm)),
    ]),
  };
}

const pairName = ({ a, b, on }: ReportPair): string => `${a} − ${b} (${on})`;

function pairsSection({ pairs, verdict: { rule } }: CompareReportData): Section | null {
  if (pairs.length === 0) return null;
  return {
    id: "pairs",
    title: "Pair by pair",
    blocks: [
      { kind: "paragraph", text: [strong("The rule. "), sentence(rule)] },
      {
        kind: "figure",
        title: "Differences in accuracy",
        description: pairs
          .map(
            (pair) =>
              `${pairName(pair)}: ${signedPoints(pair.difference)} points, 95 % interval ${pointRange(pair.interval)}.`,
          )
          .join(" "),
        caption:
          "In points, on the same texts and seeds, with the 95 % interval. A bar that crosses 0 is no clear difference.",
        isWide: true,
        chart: rangeChart({
          rows: pairs.map((pair) => ({
            name: pairName(pair),
            value: pair.difference,
            low: pair.interval[0],
            high: pair.interval[1],
            color: pair.interval[0] > 0 || pair.interval[1] < 0 ? "var(--tuned)" : "var(--quiet)",
          })),
          format: (value) => (Math.abs(value) < 1e-9 ? "0" : signedPoints(value)),
          label: (row) => signedPoints(row.value),
          ruleAt: 0,
        }),
        table: null,
      },
      {
        kind: "table",
        caption: "Differences in accuracy, in points",
        columns: [
          { title: "pair" },
          { title: "difference", isNumber: true },
          { title: "95 % interval", isNumber: true },
          { title: "p", isNumber: true },
          { title: "test" },
        ],
        rows: pairs.map((pair) => [
          [word(pairName(pair))],
          [strong(signedPoints(pair.difference))],
          pointRange(pair.interval),
          pValue(pair.pValue),
          pair.test,
        ]),
      },
    ],
  };
}

function tradeOffFigure(arms: readonly ReportArm[]): FigureBlock {
  return {
    kind: "figure",
    title: "What accuracy costs in drift",
    description: arms
      .map(
        (arm) =>
          `${arm.policy}: dev accuracy ${percent(arm.dev.mean)} at a mean cosine distance of ${distance(driftOf(arm))}.`,
      )
      .join(" "),
    caption:
      "Up is more accurate, right is farther from the pre-trained vectors. The best place is the upper left. Small dots are the seeds.",
    isWide: true,
    chart: scatterChart(
      arms.map((arm, i) => ({
        name: arm.policy,
        color: seriesColor(i),
        x: driftOf(arm),
        y: arm.dev.mean,
        points: arm.seeds.map((each) => [each.meanCosineDistance, each.dev] as const),
      })),
      {
        x: { label: "mean cosine distance of moved words", format: (value) => String(Number(value.toPrecision(2))) },
        y: { label: "dev accuracy", format: shortPercent },
      },
    ),
    table: null,
  };
}

function curvesSection({ arms, learningCurves }: CompareReportData): Section | null {
  const curves = learningCurves.filter(({ points }) => points.length > 0);
  if (curves.length === 0) return null;
  const indexOf = (policy: string): number =>
    Math.max(
      0,
      arms.findIndex((arm) => arm.policy === policy),
    );
  return {
    id: "curves",
    title: "How much data it takes",
    blocks: [
      {
        kind: "figure",
        title: "Learning curves",
        description: curves
          .map(
            ({ policy, points }) =>
              `${policy}: ${percent(points[0]!.mean)} with ${counted(points[0]!.rows, "row")}, ${percent(points.at(-1)!.mean)} with ${counted(points.at(-1)!.rows, "row")}.`,
          )
          .join(" "),
        caption: "Accuracy by the number of training texts; the band is the 95 % interval.",
        isWide: true,
        chart: curveChart(
          curves.map(({ policy, points }) => ({
            name: policy,
            color: seriesColor(indexOf(policy)),
            points: points.map(({ rows, mean: y, interval }) => ({ x: rows, y, low: interval[0], high: interval[1] })),
          })),
          { x: grouped, y: shortPercent },
        ),
        table: {
          kind: "table",
          caption: "Accuracy by training texts",
          columns: [
            { title: "policy" },
            { title: "texts", isNumber: true },
            { title: "accuracy", isNumber: true },
            { title: "95 % interval", isNumber: true },
          ],
          rows: curves.flatMap(({ policy, points }) =>
            points.map((point) => [[word(policy)], grouped(point.rows), percent(point.mean), range(point.interval)]),
          ),
        },
      },
    ],
  };
}

function tilesOf({ arms, verdict }: CompareReportData): Tile[] {
  const chosen = arms.find((arm) => arm.policy === verdict.recommendation);
  if (chosen === undefined) return [];
  return [
    ...(chosen.test === null
      ? []
      : [{ label: "test accuracy", value: percent(chosen.test.mean), note: range(chosen.test.interval) }]),
    { label: "dev accuracy", value: percent(chosen.dev.mean), note: range(chosen.dev.interval) },
    { label: "mean drift", value: distance(driftOf(chosen)), note: "cosine distance" },
    { label: "neighbours kept", value: percent(overlapOf(chosen)), note: "of the 10 nearest" },
    {
      label: "seeds",
      value: String(chosen.seeds.length),
      note: counted(arms.length, "policy").replace("policys", "policies"),
    },
  ];
}

/** The report of a comparison of policies. */
export function compareReport(data: CompareReportData): ReportDocument {
  const { name, arms, verdict, origin, vectors, task } = data;
  const isFrozen = arms.find((arm) => arm.policy === verdict.recommendation)?.isFrozen === true;
  const armsSection: Section = {
    id: "policies",
    title: "The policies",
    blocks: [
      {
        kind: "grid",
        figures: [
          accuracyFigure(arms, "dev"),
          ...(arms.some(({ test }) => test !== null) ? [accuracyFigure(arms, "test")] : []),
        ],
      },
      armsTable(arms),
      ...(data.evaluation === null ? [] : [{ kind: "paragraph", text: data.evaluation } as const]),
    ],
  };
  const sections = [
    armsSection,
    pairsSection(data),
    { id: "trade-off", title: "Accuracy against drift", blocks: [tradeOffFigure(arms)] },
    curvesSection(data),
    findingsSection(task, null),
    originSection(origin, vectors, [
      ["Policies", arms.flatMap(({ policy }, i) => [i === 0 ? "" : ", ", word(policy)])],
      ["Head", data.head],
      ["Backend", data.backend],
      ["Seeds", data.seeds.join(", ")],
    ]),
  ].filter((section): section is Section => section !== null);
  return {
    title: `${name}: comparison of policies`,
    eyebrow: `Comparison of policies · ${name}`,
    headline: isFrozen ? "Keep the vectors frozen" : `Use the policy “${verdict.recommendation}”`,
    tone: isFrozen ? "frozen" : "tuned",
    // The headline says already what to do.
    lead: sentence(verdict.reason.replace(/^keep frozen: /, "")),
    tiles: tilesOf(data),
    sections,
    footer: `Made by Thawline ${origin.version}. Cosine distance is 1 − cosine: 0 is unmoved.`,
  };
}
