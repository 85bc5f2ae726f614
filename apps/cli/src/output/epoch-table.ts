import type { EpochRecord } from "@thawline/core";
import { rate } from "./format.ts";
import type { Style } from "./style.ts";

const columns = [
  ["epoch", 5],
  ["phase", 8],
  ["lr head", 8],
  ["lr vectors", 10],
  ["train loss", 10],
  ["dev loss", 8],
  ["dev acc", 8],
  ["drift", 7],
] as const;

const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i === 1 ? cell.padEnd(columns[i]![1]) : cell.padStart(columns[i]![1]))).join("  ");

const fixed = (value: number | null, digits: number): string => (value === null ? "–" : value.toFixed(digits));

/** The head of the epoch table: two lines. */
export function epochTableHead(style: Style): string {
  return `${style.bold(line(columns.map(([name]) => name)))}\n`;
}

/** The highest rate of the head's groups. */
function headRate(rates: EpochRecord["learningRates"]): number {
  return Math.max(0, ...Object.entries(rates).flatMap(([group, value]) => (group === "embeddings" ? [] : [value])));
}

/** An epoch as one line; the best so far is marked. Drift is the mean cosine distance of moved rows. */
export function epochTableRow(record: EpochRecord, isBest: boolean): string {
  const { epoch, phase, learningRates, trainLoss, devLoss, devAccuracy, meanCosineDistance } = record;
  const cells = [
    String(epoch),
    phase,
    rate(headRate(learningRates)),
    rate(learningRates.embeddings),
    fixed(trainLoss, 4),
    fixed(devLoss, 4),
    devAccuracy === null ? "–" : `${(devAccuracy * 100).toFixed(1)} %`,
    fixed(meanCosineDistance, 5),
  ];
  return `${line(cells)}${isBest ? "  *" : ""}\n`;
}
