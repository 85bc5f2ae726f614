import { shortened } from "../text/printable.ts";
import { type Chart, isNarrow } from "./chart.ts";
import { colors } from "./colors.ts";
import { nameLength, plotted, textWidth } from "./plotted.ts";
import { spread } from "./spread.ts";

/** A line with an interval around each of its points. */
export interface Curve {
  readonly name: string;
  readonly color: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[];
}

/** Curves over a logarithmic axis of counts, each with its band. */
export function curveChart(
  named: readonly Curve[],
  format: { readonly x: (value: number) => string; readonly y: (value: number) => string },
): Chart {
  const curves = named.map((each) => ({ ...each, name: shortened(each.name, nameLength) }));
  return (kit, width) => {
    const { Plot } = kit;
    const height = isNarrow(width) ? 280 : 340;
    const margin = {
      left: 58,
      right: Math.max(...curves.map(({ name }) => textWidth(name) * 1.08)) + 16,
      top: 14,
      bottom: 36,
    };
    const all = curves.flatMap(({ points }) => points);
    const counts = [...new Set(all.map(({ x }) => x))].sort((a, b) => a - b);
    const low = Math.min(...all.map((point) => point.low));
    const high = Math.max(...all.map((point) => point.high));
    const room = (high - low || 0.02) * 0.06;
    const domain: [number, number] = [low - room, high + room];
    const inner = height - margin.top - margin.bottom;
    const ends = curves.map(({ points }) => (1 - (points.at(-1)!.y - domain[0]) / (domain[1] - domain[0])) * inner);
    const places = spread(ends, 15, [4, inner - 4]);
    const isLogarithmic = counts.length > 1 && counts.at(-1)! / counts[0]! > 3;
    return plotted(kit, {
      width,
      height,
      marginLeft: margin.left,
      marginRight: margin.right,
      marginTop: margin.top,
      marginBottom: margin.bottom,
      x: { type: isLogarithmic ? "log" : "linear", label: null, inset: 6 },
      y: { domain, label: null },
      color: { type: "identity" },
      marks: [
        Plot.gridY({ stroke: colors.line, strokeOpacity: 1, ticks: 5 }),
        Plot.axisY({ ticks: 5, tickFormat: format.y, tickSize: 0, fill: colors.quiet, label: null }),
        Plot.axisX(counts, { tickFormat: format.x, tickSize: 0, fill: colors.quiet, label: null }),
        ...curves.flatMap(({ name, color, points }, i) => [
          Plot.areaY(points, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity: 0.14 }),
          Plot.line(points, { x: "x", y: "y", stroke: color, strokeWidth: 2 }),
          Plot.dot(points, { x: "x", y: "y", r: 3, fill: color }),
          Plot.text([points.at(-1)!], {
            x: "x",
            y: "y",
            text: () => name,
            textAnchor: "start",
            dx: 8,
            dy: places[i]! - ends[i]!,
            fill: color,
            fontWeight: 600,
          }),
        ]),
      ],
    });
  };
}
