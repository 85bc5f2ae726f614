import { shortened } from "../text/printable.ts";
import { type Chart, isNarrow } from "./chart.ts";
import { colors } from "./colors.ts";
import { placeLabels } from "./place-labels.ts";
import { nameLength, plotted, textWidth } from "./plotted.ts";

/** A group of points and their middle. */
export interface ScatterGroup {
  readonly name: string;
  readonly color: string;
  readonly x: number;
  readonly y: number;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** What the axes say. */
export interface ScatterAxes {
  readonly x: { readonly label: string; readonly format: (value: number) => string };
  readonly y: { readonly label: string; readonly format: (value: number) => string };
}

function domain(values: readonly number[], fromZero: boolean): [number, number] {
  const [least, most] = [fromZero ? Math.min(0, ...values) : Math.min(...values), Math.max(...values)];
  const room = most === least ? Math.max(Math.abs(most) * 0.1, 0.01) : (most - least) * 0.12;
  return [least - room * (fromZero ? 0.4 : 1), most + room];
}

/** Groups of points against two figures, the middle of each group large and named. */
export function scatterChart(all: readonly ScatterGroup[], axes: ScatterAxes): Chart {
  const groups = all.map((each) => ({ ...each, name: shortened(each.name, nameLength) }));
  return (kit, width) => {
    const { Plot } = kit;
    const height = isNarrow(width) ? 300 : 360;
    const margin = { left: 58, right: 16, top: 28, bottom: 44 };
    const places = groups.flatMap(({ x, y, points }) => [[x, y] as const, ...points]);
    const [left, right] = domain(
      places.map(([x]) => x),
      true,
    );
    const [low, high] = domain(
      places.map(([, y]) => y),
      false,
    );
    const at = ([x, y]: readonly [number, number]) => ({
      x: margin.left + ((x - left) / (right - left)) * (width - margin.left - margin.right),
      y: height - margin.bottom - ((y - low) / (high - low)) * (height - margin.top - margin.bottom),
    });
    const labels = placeLabels(
      groups.map(({ name, x, y }) => ({ ...at([x, y]), width: textWidth(name) * 1.08 })),
      {
        frame: { left: margin.left, right: width - 2, top: margin.top - 20, bottom: height - margin.bottom },
        keepFree: groups.map(({ x, y }) => {
          const place = at([x, y]);
          return { left: place.x - 7, right: place.x + 7, top: place.y - 7, bottom: place.y + 7 };
        }),
      },
    );
    const small = groups.flatMap(({ color, points }) => points.map(([x, y]) => ({ x, y, color })));
    const ticks = isNarrow(width) ? 4 : 6;
    return plotted(kit, {
      width,
      height,
      marginLeft: margin.left,
      marginRight: margin.right,
      marginTop: margin.top,
      marginBottom: margin.bottom,
      x: { domain: [left, right], label: axes.x.label, labelArrow: "none" },
      y: { domain: [low, high], label: axes.y.label, labelArrow: "none" },
      color: { type: "identity" },
      marks: [
        Plot.gridY({ stroke: colors.line, strokeOpacity: 1, ticks: 5 }),
        Plot.gridX({ stroke: colors.line, strokeOpacity: 1, ticks }),
        Plot.axisY({ ticks: 5, tickFormat: axes.y.format, tickSize: 0, fill: colors.quiet, label: axes.y.label }),
        Plot.axisX({ ticks, tickFormat: axes.x.format, tickSize: 0, fill: colors.quiet, label: axes.x.label }),
        Plot.dot(small, { x: "x", y: "y", r: 3, stroke: "color", fill: colors.paper }),
        Plot.dot(groups, { x: "x", y: "y", r: 6, fill: "color", stroke: colors.paper, strokeWidth: 1.5 }),
        ...labels.map(({ index, dx, dy, anchor }) =>
          Plot.text([groups[index]!], {
            x: "x",
            y: "y",
            dx: dx * 1.3,
            dy: dy * 1.2,
            textAnchor: anchor,
            text: "name",
            fill: groups[index]!.color,
            fontWeight: 600,
          }),
        ),
      ],
    });
  };
}
