import type { ReportMap, ReportMapWord } from "../data/run-report-data.ts";
import { shortened } from "../text/printable.ts";
import { type Chart, isNarrow } from "./chart.ts";
import { colors, type SeriesShape, seriesShapes } from "./colors.ts";
import { type Box, placeLabels } from "./place-labels.ts";
import { plotted, textWidth } from "./plotted.ts";

type Place = readonly [x: number, y: number];

/** Where the data's plane lies on the page. The axes have scales of their own: moves are short beside what they cross. */
function layOut(words: readonly ReportMapWord[], width: number) {
  const places = words.flatMap(({ before, after }) => [before, after]);
  const range = (axis: 0 | 1): [number, number] => {
    const values = places.map((place) => place[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [left, right] = range(0);
  const [low, high] = range(1);
  const margin = { x: isNarrow(width) ? 44 : 100, y: 20 };
  const height = Math.min(160 + words.length * 12, isNarrow(width) ? 480 : 520);
  const scale = { x: (width - 2 * margin.x) / (right - left || 1), y: (height - 2 * margin.y) / (high - low || 1) };
  const middle: Place = [(left + right) / 2, (low + high) / 2];
  const at = ([x, y]: Place): Place => [width / 2 + (x - middle[0]) * scale.x, height / 2 - (y - middle[1]) * scale.y];
  return { at, height };
}

const boxAround = ([x, y]: Place, half: number): Box => ({
  left: x - half,
  right: x + half,
  top: y - half,
  bottom: y + half,
});

/** Boxes along an arrow, so that labels keep off it. */
function boxesAlong(from: Place, to: Place): Box[] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const steps = Math.max(1, Math.ceil(Math.hypot(dx, dy) / 8));
  return Array.from({ length: steps + 1 }, (_, i) =>
    boxAround([from[0] + (dx * i) / steps, from[1] + (dy * i) / steps], 4),
  );
}

/** How a word is drawn. */
export interface MapMark extends Pick<SeriesShape, "symbol"> {
  readonly color: string;
}

/** Words as points with an arrow from where each was to where it is. */
export function mapChart({ words }: ReportMap, markOf: (word: ReportMapWord) => MapMark): Chart {
  return (kit, width) => {
    const { Plot } = kit;
    const { at, height } = layOut(words, width);
    const drawn = words.map((each) => {
      const [x1, y1] = at(each.before);
      const [x2, y2] = at(each.after);
      return { each, x1, y1, x2, y2, ...markOf(each), text: shortened(each.word, isNarrow(width) ? 14 : 20) };
    });
    const labels = placeLabels(
      drawn.map(({ x2, y2, text }) => ({ x: x2, y: y2, width: textWidth(text) })),
      {
        frame: { left: 2, right: width - 2, top: 2, bottom: height - 2 },
        keepFree: drawn.flatMap(({ x1, y1, x2, y2 }) => boxesAlong([x1, y1], [x2, y2])),
      },
    );
    const moved = drawn.filter(({ x1, y1, x2, y2 }) => Math.hypot(x2 - x1, y2 - y1) > 7);
    return plotted(kit, {
      width,
      height,
      margin: 0,
      x: { domain: [0, width], range: [0, width], axis: null },
      y: { domain: [0, height], range: [0, height], axis: null },
      color: { type: "identity" },
      marks: [
        Plot.dot(drawn, { x: "x1", y: "y1", r: 3, stroke: colors.quiet, fill: colors.paper }),
        Plot.arrow(moved, {
          x1: "x1",
          y1: "y1",
          x2: "x2",
          y2: "y2",
          stroke: "color",
          strokeWidth: 1.5,
          insetStart: 4,
          insetEnd: 4,
          headLength: 5,
        }),
        ...seriesShapes.map(({ symbol }) =>
          Plot.dot(
            drawn.filter((each) => each.symbol === symbol),
            {
              x: "x2",
              y: "y2",
              r: symbol === "circle" ? 3.5 : 4,
              symbol,
              fill: "color",
              title: ({ each }: (typeof drawn)[number]) => each.word,
            },
          ),
        ),
        ...labels.map(({ index, dx, dy, anchor }) =>
          Plot.text([drawn[index]!], { x: "x2", y: "y2", dx, dy, textAnchor: anchor, text: "text", fill: colors.ink }),
        ),
      ],
    });
  };
}
