import type { LrRangePoint } from "@thawline/core";
import type { Style } from "../output/style.ts";
import { textTable } from "../output/text-table.ts";
import type { GroupRates, LearningRates } from "./find-learning-rates.ts";

const size = { width: 60, height: 8 };
const eighths = " ▁▂▃▄▅▆▇█";

const rateText = (rate: number): string =>
  rate >= 0.01 && rate < 1000 ? String(Number(rate.toPrecision(2))) : rate.toExponential(1);

/** Mean smoothed loss of each column of the plot; null where the test had ended. */
function columnsOf(points: readonly LrRangePoint[], from: number, to: number): (number | null)[] {
  const sums = Array.from({ length: size.width }, () => ({ sum: 0, count: 0 }));
  for (const { learningRate, smoothedLoss } of points) {
    const share = Math.log(learningRate / from) / Math.log(to / from);
    const column = sums[Math.min(size.width - 1, Math.floor(share * size.width))]!;
    column.sum += smoothedLoss;
    column.count++;
  }
  return sums.map(({ sum, count }) => (count === 0 ? null : sum / count));
}

/** The curve as bars in eighths of a line, the loss upwards and the logarithm of the rate to the right. */
function plot({ points, suggestion }: GroupRates): string[] {
  const from = points[0]!.learningRate;
  const to = points[points.length - 1]!.learningRate;
  const columns = columnsOf(points, from, to);
  const known = columns.filter((value) => value !== null);
  // What diverges in the end would flatten all that comes before it.
  const first = known[0]!;
  const least = Math.min(...known);
  const top = Math.min(Math.max(...known), first + Math.max(first - least, 1e-9));
  const heights = columns.map((value) =>
    value === null ? 0 : Math.max(1, Math.round(Math.min(1, (value - least) / (top - least || 1)) * size.height * 8)),
  );
  const lines = Array.from({ length: size.height }, (_, i) => {
    const base = (size.height - 1 - i) * 8;
    return heights.map((height) => eighths[Math.max(0, Math.min(8, height - base))]!).join("");
  });
  const labelled = lines.map((line, i) => {
    const label = i === 0 ? top.toFixed(4) : i === size.height - 1 ? least.toFixed(4) : "";
    return `${label.padStart(9)} ${line}`.trimEnd();
  });
  const mark =
    suggestion === null ? -1 : Math.round((Math.log(suggestion / from) / Math.log(to / from)) * (size.width - 1));
  const axis = `${rateText(from)}${rateText(to).padStart(size.width - rateText(from).length)}`;
  return [
    ...labelled,
    ...(mark >= 0 && mark < size.width ? [`${" ".repeat(10 + mark)}↑ ${rateText(suggestion!)}`] : []),
    `${" ".repeat(10)}${axis}`,
  ];
}

const ends: Readonly<Record<GroupRates["stopped"], string>> = {
  end: "up to the last rate",
  diverged: "then the loss diverged",
  "non-finite": "then a number overflowed",
};

/** The curves for people: for stderr. */
export function describeCurves({ head, embeddings }: LearningRates, style: Style): string {
  const lines = [
    style.bold(`Loss of the head over its learning rate (${head.points.length} steps, ${ends[head.stopped]}):`),
    ...plot(head),
    "",
    style.bold(
      `What tuning the vectors takes off the loss, over their learning rate (${embeddings.points.length} steps, ${ends[embeddings.stopped]}):`,
    ),
    ...plot(embeddings),
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/** What was found, for people: for stdout. */
export function describeRates(rates: LearningRates, style: Style, command: string): string {
  const { suggestion, drift, head, notes } = rates;
  const headTrials = head.tried.map(({ lr, devLoss }) => [
    rateText(lr),
    devLoss === null ? "not finite" : devLoss.toFixed(4),
    lr === head.suggestion ? "least" : "",
  ]);
  const tried = drift.tried.map((each) => [
    rateText(each.embeddingLr),
    each.meanCosineDistance.toFixed(4),
    each.p95CosineDistance.toFixed(4),
    each.meanCosineDistance > drift.limit ? "wipes out" : "",
  ]);
  const warning = drift.wipesOut
    ? [
        style.yellow(
          `Warning: ${rateText(drift.tried[0]!.embeddingLr)} for the vectors moves them by a mean cosine distance of ${drift.tried[0]!.meanCosineDistance.toFixed(3)} in one epoch (limit ${drift.limit}): it would wipe out what they know. The suggestion is lower.`,
        ),
      ]
    : [];
  const lines = [
    style.green(`--lr ${rateText(suggestion.lr)} --embedding-lr ${rateText(suggestion.embeddingLr)}`),
    ...notes.map((note) => `Note: ${note}`),
    "",
    ...(headTrials.length === 0 ? [] : [textTable(["an epoch of the head at --lr", "dev loss", ""], headTrials), ""]),
    textTable(["one epoch at --embedding-lr", "mean cosine distance", "95 % below", ""], tried),
    ...warning,
    "",
    `Train with:\n  ${command}`,
  ];
  return `${lines.join("\n")}\n`;
}
