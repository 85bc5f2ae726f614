import { colors, seriesColor } from "../chart/colors.ts";
import { type EpochLine, type EpochSpan, epochChart } from "../chart/epoch-chart.ts";
import type { ReportEpoch, RunReportData } from "../data/run-report-data.ts";
import type { FigureBlock, Section, TableBlock } from "../document/blocks.ts";
import { counted, distance, percent, rate, shortPercent } from "../text/format.ts";

/** Stretches of epochs of the same phase, in order. */
export function spansOf(epochs: readonly ReportEpoch[]): EpochSpan[] {
  const spans: EpochSpan[] = [];
  epochs.forEach(({ phase, learningRates }, i) => {
    const isTuned = (learningRates.embeddings ?? 0) > 0;
    const last = spans.at(-1);
    if (last !== undefined && last.name === phase && last.isTuned === isTuned)
      spans[spans.length - 1] = { ...last, to: i + 1 };
    else spans.push({ name: phase, from: i + 1, to: i + 1, isTuned });
  });
  return spans;
}

/** A table with a row an epoch. */
export const epochTable = (
  caption: string,
  epochs: readonly ReportEpoch[],
  columns: readonly (readonly [title: string, read: (epoch: ReportEpoch) => string])[],
): TableBlock => ({
  kind: "table",
  caption,
  columns: [
    { title: "epoch", isNumber: true },
    { title: "phase" },
    ...columns.map(([title]) => ({ title, isNumber: true })),
  ],
  rows: epochs.map((each) => [String(each.epoch), each.phase, ...columns.map(([, read]) => read(each))]),
});

/** A figure, or a dash where there is none. */
export const or = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? "–" : format(value);

const fourDigits = (value: number): string => value.toFixed(4);
const twoDigits = (value: number): string => value.toFixed(2);

/** A line over epochs. */
export const lineOf = (
  name: string,
  color: string,
  values: readonly (number | null | undefined)[],
  isDashed = false,
): EpochLine => ({ name, color, isDashed, values: values.map((value) => value ?? null) });

/** "falls from 0.59 to 0.17". */
export function course(values: readonly (number | null)[], format: (value: number) => string): string {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return "has no figures";
  const [first, last] = [known[0]!, known[known.length - 1]!];
  const verb = last < first ? "falls" : last > first ? "rises" : "stays";
  return known.length === 1 || verb === "stays"
    ? `is ${format(last)}`
    : `${verb} from ${format(first)} to ${format(last)}`;
}

type Shared = {
  readonly epochs: readonly ReportEpoch[];
  readonly spans: readonly EpochSpan[];
  readonly bestEpoch: number | null;
  readonly driftLimit: number | null;
};

function lossFigure({ epochs, spans, bestEpoch }: Shared): FigureBlock {
  const train = epochs.map((each) => each.trainLoss);
  const dev = epochs.map((each) => each.devLoss);
  return {
    kind: "figure",
    title: "Loss",
    description: `Loss over ${counted(epochs.length, "epoch")}: on train it ${course(train, twoDigits)}, on dev it ${course(dev, twoDigits)}.`,
    caption:
      "Mean loss in nats; lower is better. Dev far above train means that the model learns the training text by heart.",
    chart: epochChart({
      spans,
      bestEpoch,
      format: twoDigits,
      lines: [lineOf("dev", colors.ink, dev), lineOf("train", colors.quiet, train, true)],
    }),
    table: epochTable("Loss by epoch", epochs, [
      ["train loss", (each) => fourDigits(each.trainLoss)],
      ["dev loss", (each) => or(each.devLoss, fourDigits)],
    ]),
  };
}

function accuracyFigure({ epochs, spans, bestEpoch }: Shared): FigureBlock {
  const dev = epochs.map((each) => each.devAccuracy);
  return {
    kind: "figure",
    title: "Accuracy on dev",
    description: `Dev accuracy over ${counted(epochs.length, "epoch")}: it ${course(dev, percent)}.`,
    caption:
      bestEpoch === null
        ? "Share of dev texts with the right label."
        : `The dotted rule is the best epoch, ${bestEpoch}: its weights were kept.`,
    chart: epochChart({
      spans,
      bestEpoch,
      format: percent,
      axisFormat: shortPercent,
      lines: [lineOf("dev", colors.ink, dev)],
    }),
    table: epochTable("Dev accuracy by epoch", epochs, [["dev accuracy", (each) => or(each.devAccuracy, percent)]]),
  };
}

function driftFigure({ epochs, spans, bestEpoch, driftLimit }: Shared): FigureBlock {
  const mean = epochs.map((each) => each.meanCosineDistance);
  const p95 = epochs.map((each) => each.p95CosineDistance);
  // A limit far above would press the lines flat.
  const isLimitNear = driftLimit !== null && driftLimit <= 3 * Math.max(...mean, ...p95.map((value) => value ?? 0));
  const limit = isLimitNear ? " The dashed line is the limit that the drift guard holds the mean to." : "";
  const hasP95 = p95.some((value) => value !== null && value !== undefined);
  return {
    kind: "figure",
    title: "Drift of the vectors",
    description: `Mean cosine distance of moved words from their pre-trained vectors: it ${course(mean, distance)}.`,
    caption: `Cosine distance (1 − cosine) of moved words from where they began: 0 is unmoved, 1 is a right angle.${limit}`,
    chart: epochChart({
      spans,
      bestEpoch,
      format: (value) => (value === 0 ? "0" : Number(value.toPrecision(2)).toString()),
      fromZero: true,
      lines: [
        lineOf("mean", colors.tuned, mean),
        ...(hasP95 ? [lineOf("95 % below", colors.quiet, p95)] : []),
        ...(isLimitNear
          ? [{ name: "limit", color: colors.ink, isDashed: true, isLimit: true, values: mean.map(() => driftLimit) }]
          : []),
      ],
    }),
    table: epochTable("Drift by epoch", epochs, [
      ["mean cosine distance", (each) => distance(each.meanCosineDistance)],
      ...(hasP95 ? [["95 % below", (each: ReportEpoch) => or(each.p95CosineDistance, distance)] as const] : []),
    ]),
  };
}

/** Groups by their course of rates: those that go together share a line. */
function rateLines(epochs: readonly ReportEpoch[]): { readonly name: string; readonly values: readonly number[] }[] {
  const byCourse = new Map<string, string[]>();
  for (const group of new Set(epochs.flatMap((each) => Object.keys(each.learningRates)))) {
    const key = JSON.stringify(epochs.map((each) => each.learningRates[group] ?? 0));
    byCourse.set(key, [...(byCourse.get(key) ?? []), group]);
  }
  return [...byCourse].map(([key, groups]) => {
    const values: number[] = JSON.parse(key);
    if (groups.includes("embeddings")) return { name: groups.length === 1 ? "vectors" : "vectors and head", values };
    const isWholeHead = groups.every((group) => group.startsWith("head"));
    return { name: isWholeHead ? "head" : groups.join(", "), values };
  });
}

function ratesFigure({ epochs, spans, bestEpoch }: Shared): FigureBlock {
  const lines = rateLines(epochs);
  const colorOf = (name: string, i: number): string =>
    name.startsWith("vectors") ? colors.tuned : name === "head" ? colors.ink : seriesColor(i);
  return {
    kind: "figure",
    title: "Learning rates",
    description: lines
      .map(
        ({ name, values }) =>
          `Learning rate of ${name}: it ${course(values, (value) => (value === 0 ? "0 (frozen)" : rate(value)))}.`,
      )
      .join(" "),
    caption: "On a logarithmic scale. No line means frozen.",
    chart: epochChart({
      spans,
      bestEpoch,
      format: rate,
      isLogarithmic: true,
      lines: lines.map(({ name, values }, i) =>
        lineOf(
          name,
          colorOf(name, i),
          values.map((value) => (value > 0 ? value : null)),
        ),
      ),
    }),
    table: epochTable(
      "Learning rates by epoch",
      epochs,
      lines.map(
        ({ name, values }) =>
          [name, (each) => (values[each.epoch - 1] ? rate(values[each.epoch - 1]!) : "frozen")] as const,
      ),
    ),
  };
}

/** Scores, drift and learning rates over epochs, or null where no epoch was finished. */
export function epochsSection({ epochs, bestEpoch, driftLimit }: RunReportData): Section | null {
  if (epochs.length === 0) return null;
  const shared = { epochs, spans: spansOf(epochs), bestEpoch, driftLimit };
  return {
    id: "epochs",
    title: "Over the epochs",
    blocks: [
      {
        kind: "grid",
        figures: [
          accuracyFigure(shared),
          lossFigure(shared),
          // Of a run on frozen vectors it would be a line at 0.
          ...(epochs.some((each) => each.meanCosineDistance > 0) ? [driftFigure(shared)] : []),
          ratesFigure(shared),
        ],
      },
    ],
  };
}
