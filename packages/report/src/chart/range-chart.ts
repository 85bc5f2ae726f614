import { shortened } from "../text/printable.ts";
import { type Chart, isNarrow } from "./chart.ts";
import { colors } from "./colors.ts";
import { letterWidth, plotted, textWidth } from "./plotted.ts";

/** A point with a range around it, in a row of its own. */
export interface RangeRow {
  readonly name: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly color: string;
  /** Further points, drawn small. */
  readonly others?: readonly number[];
}

/** How the rows are drawn. */
export interface RangeChartOptions {
  readonly rows: readonly RangeRow[];
  readonly format: (value: number) => string;
  /** At the axis, where it is another. */
  readonly axisFormat?: (value: number) => string;
  /** A rule, such as 0 for differences. */
  readonly ruleAt?: number;
  /** The scale begins at 0. */
  readonly fromZero?: boolean;
  /** What stands beside each point; default: the formatted value. */
  readonly label?: (row: RangeRow) => string;
}

function domainOf({ rows, ruleAt, fromZero }: RangeChartOptions): [number, number] {
  const values = rows.flatMap(({ value, low, high, others = [] }) => [value, low, high, ...others]);
  if (ruleAt !== undefined) values.push(ruleAt);
  if (fromZero === true) values.push(0);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = most === least ? Math.max(Math.abs(most) * 0.1, 0.01) : (most - least) * 0.06;
  return [fromZero === true ? 0 : least - room, most + room];
}

/** Rows of a point and its range: estimates with intervals, or the middle and the spread of groups. */
export function rangeChart(options: RangeChartOptions): Chart {
  return (kit, width) => {
    const { Plot } = kit;
    const { rows, format, axisFormat = format, ruleAt, label = (row) => format(row.value) } = options;
    const room = width * 0.42;
    const names = rows.map(({ name }) => shortened(name, Math.floor((room - 16) / letterWidth)));
    const rowHeight = rows.some(({ others = [] }) => others.length > 0) ? 38 : 30;
    // Rows go by their number: two names may be alike.
    const placed = rows.map((row, i) => ({ ...row, i }));
    const small = placed.flatMap(({ i, color, others = [] }) => others.map((value) => ({ i, color, value })));
    return plotted(kit, {
      width,
      height: rows.length * rowHeight + 34,
      marginTop: 4,
      marginBottom: 30,
      marginLeft: Math.min(Math.max(...names.map(textWidth)) + 16, room),
      marginRight: Math.max(...rows.map((row) => textWidth(label(row)))) * 1.1 + 22,
      x: { domain: domainOf(options), label: null },
      y: { type: "band", domain: names.map((_, i) => i), label: null, padding: 0.2 },
      color: { type: "identity" },
      marks: [
        Plot.gridX({ stroke: colors.line, strokeOpacity: 1, ticks: isNarrow(width) ? 3 : 5 }),
        Plot.axisX({
          ticks: isNarrow(width) ? 3 : 5,
          tickFormat: axisFormat,
          tickSize: 0,
          fill: colors.quiet,
          label: null,
        }),
        Plot.axisY({ tickSize: 0, tickFormat: (i: number) => names[i]!, fill: colors.ink, label: null }),
        ...(ruleAt === undefined ? [] : [Plot.ruleX([ruleAt], { stroke: colors.quiet, strokeWidth: 1.5 })]),
        Plot.ruleY(placed, { y: "i", x1: "low", x2: "high", stroke: "color", strokeWidth: 3, strokeLinecap: "round" }),
        Plot.dot(small, { y: "i", x: "value", r: 2.5, stroke: "color", fill: colors.paper, dy: 9 }),
        Plot.dot(placed, { y: "i", x: "value", r: 5.5, fill: "color", stroke: colors.paper, strokeWidth: 1.5 }),
        Plot.text(placed, {
          y: "i",
          x: (row: RangeRow) => Math.max(row.high, row.value),
          text: label,
          dx: 12,
          textAnchor: "start",
          fill: colors.ink,
          fontWeight: 600,
        }),
      ],
    });
  };
}
