import type { Markish } from "@observablehq/plot";
import { shortened } from "../text/printable.ts";
import { type Chart, type ChartKit, isNarrow } from "./chart.ts";
import { colors } from "./colors.ts";
import { nameLength, plotted, textWidth } from "./plotted.ts";
import { spread } from "./spread.ts";

/** A stretch of epochs, both ends included. */
export interface EpochSpan {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Whether the vectors could move. */
  readonly isTuned: boolean;
}

/** A line over epochs; null where there is no figure. */
export interface EpochLine {
  readonly name: string;
  readonly color: string;
  readonly isDashed?: boolean;
  /** A limit: no dots, it is no measurement. */
  readonly isLimit?: boolean;
  /** Entry i is of epoch i + 1. */
  readonly values: readonly (number | null)[];
}

/** What to draw over epochs. */
export interface EpochChartOptions {
  readonly spans: readonly EpochSpan[];
  readonly lines: readonly EpochLine[];
  readonly bestEpoch: number | null;
  readonly format: (value: number) => string;
  /** At the axis, where it is another. */
  readonly axisFormat?: (value: number) => string;
  readonly isLogarithmic?: boolean;
  /** The scale begins at 0. */
  readonly fromZero?: boolean;
  /** Values that the scale has room for, so that what is next to nothing looks so. */
  readonly covers?: readonly number[];
}

type Point = { readonly epoch: number; readonly value: number };

const pointsOf = ({ values }: EpochLine): Point[] =>
  values.flatMap((value, i) => (value === null || !Number.isFinite(value) ? [] : [{ epoch: i + 1, value }]));

/** Whole epochs to write at the axis: 1, 2, 3 … or every 2nd, or the first and every 5th, 10th … */
export function epochTicks(epochs: number, most: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((each) => epochs / each <= most) ?? 5000;
  const ticks = Array.from({ length: Math.floor(epochs / step) }, (_, i) => (i + 1) * step);
  return step < 5 ? ticks : [1, ...ticks];
}

/** Smallest and largest value with room around them; a flat line gets room too. */
function domainOf(values: readonly number[], { isLogarithmic, fromZero }: EpochChartOptions): [number, number] {
  if (values.length === 0) return isLogarithmic === true ? [0.1, 1] : [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (isLogarithmic === true) return [least / 1.6, most * 1.6];
  if (fromZero === true) return [0, most === 0 ? 1 : most * 1.15];
  const room = most === least ? Math.max(Math.abs(most) * 0.1, 0.01) : (most - least) * 0.1;
  // A share has no place above 1, nor a loss below 0.
  const isShare = least >= 0 && most <= 1;
  const top = isShare && most > 0.9 ? Math.min(1 + room * 0.5, most + room * 1.6) : most + room * 1.6;
  return [Math.max(least >= 0 ? 0 : Number.NEGATIVE_INFINITY, least - room), top];
}

/** 1, 2 and 5 times the powers of ten within a range; the ends of the range where there are none. */
function logarithmicTicks([low, high]: readonly [number, number]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const digit of [1, 2, 5]) ticks.push(Number(`${digit}e${power}`));
  }
  const inside = ticks.filter((tick) => tick >= low && tick <= high);
  return inside.length > 6 ? inside.filter((tick) => String(tick).replace(/[0.]|e.*/g, "") === "1") : inside;
}

const frame = { top: 24, bottom: 30 };

/** Names at the lines' ends, moved apart where they would overlap. */
function endLabels(
  { Plot }: ChartKit,
  { lines, isLogarithmic }: EpochChartOptions,
  place: { readonly domain: readonly [number, number]; readonly height: number },
): Markish[] {
  const scale = isLogarithmic === true ? Math.log : (value: number) => value;
  const [low, high] = place.domain.map(scale) as [number, number];
  const inner = place.height - frame.top - frame.bottom;
  const ends = lines.flatMap((line) => {
    const last = pointsOf(line).at(-1);
    return last === undefined ? [] : [{ line, last, at: (1 - (scale(last.value) - low) / (high - low)) * inner }];
  });
  const places = spread(
    ends.map(({ at }) => at),
    14,
    [6, inner - 4],
  );
  return ends.map(({ line, last, at }, i) =>
    Plot.text([last], {
      x: "epoch",
      y: "value",
      text: () => line.name,
      textAnchor: "start",
      dx: 8,
      dy: places[i]! - at,
      fill: line.color,
      fontWeight: 600,
    }),
  );
}

function lineMarks({ Plot }: ChartKit, line: EpochLine, format: (value: number) => string): Markish[] {
  const points = pointsOf(line);
  // Gaps, such as epochs in which a group was frozen, break the line.
  const all = line.values.map((value, i) => ({ epoch: i + 1, value: value ?? Number.NaN }));
  return [
    Plot.line(all, {
      x: "epoch",
      y: "value",
      stroke: line.color,
      strokeWidth: 2,
      ...(line.isDashed === true ? { strokeDasharray: "5 3" } : {}),
    }),
    Plot.dot(line.isLimit === true ? [] : points, {
      x: "epoch",
      y: "value",
      r: points.length > 40 ? 1.5 : 2.5,
      fill: line.color,
      title: (point: Point) => `${line.name}, epoch ${point.epoch}: ${format(point.value)}`,
    }),
  ];
}

function backdrop({ Plot }: ChartKit, { spans, bestEpoch }: EpochChartOptions, width: number): Markish[] {
  const epochs = spans.at(-1)?.to ?? 1;
  const pixels = width / epochs;
  const named = spans
    .map((each) => ({ ...each, name: shortened(each.name, nameLength) }))
    .filter(({ name, from, to }) => textWidth(name) < (to - from + 1) * pixels);
  return [
    Plot.rect(spans, {
      x1: (each: EpochSpan) => each.from - 0.5,
      x2: (each: EpochSpan) => each.to + 0.5,
      fill: (each: EpochSpan) => (each.isTuned ? "var(--tuned-wash)" : "var(--frozen-wash)"),
    }),
    Plot.text(named, {
      x: (each: EpochSpan) => each.from - 0.5,
      frameAnchor: "top-left",
      dx: 3,
      dy: -16,
      text: "name",
      textAnchor: "start",
      fill: (each: EpochSpan) => (each.isTuned ? colors.tuned : colors.frozen),
    }),
    ...(bestEpoch === null
      ? []
      : [Plot.ruleX([bestEpoch], { stroke: colors.quiet, strokeWidth: 1, strokeDasharray: "2 3" })]),
  ];
}

/** Lines over epochs, the phases shaded behind them, the best epoch ruled. */
export function epochChart(options: EpochChartOptions): Chart {
  return (kit, width) => {
    const { Plot } = kit;
    const { spans, format, axisFormat = format, isLogarithmic = false } = options;
    const lines = options.lines.map((line) => ({ ...line, name: shortened(line.name, nameLength) }));
    const height = isNarrow(width) ? 220 : 250;
    const values = lines.flatMap((line) => pointsOf(line).map(({ value }) => value));
    const domain = domainOf([...values, ...(options.covers ?? [])], options);
    const epochs = spans.at(-1)?.to ?? 1;
    const ticks = isLogarithmic ? logarithmicTicks(domain) : 5;
    const margins = {
      left: Math.max(...domain.map((value) => textWidth(format(value))), 24) + 14,
      right: Math.max(...lines.map(({ name }) => textWidth(name)), 8) + 12,
    };
    return plotted(kit, {
      width,
      height,
      marginTop: frame.top,
      marginBottom: frame.bottom,
      marginLeft: margins.left,
      marginRight: margins.right,
      x: { domain: [0.5, epochs + 0.5], label: null },
      y: { domain, label: null, type: isLogarithmic ? "log" : "linear" },
      // Plot takes text colours as constants only where they are names; these are CSS variables, so no scale.
      color: { type: "identity" },
      marks: [
        ...backdrop(kit, options, width - margins.left - margins.right),
        Plot.gridY({ stroke: colors.line, strokeOpacity: 1, ticks }),
        Plot.axisY({ tickSize: 0, ticks, tickFormat: axisFormat, fill: colors.quiet, label: null }),
        Plot.axisX({
          ticks: epochTicks(epochs, isNarrow(width) ? 7 : 12),
          tickFormat: String,
          tickSize: 0,
          fill: colors.quiet,
          label: null,
        }),
        ...lines.flatMap((line) => lineMarks(kit, line, format)),
        ...endLabels(kit, { ...options, lines }, { domain, height }),
      ],
    });
  };
}
