import type { PlotOptions } from "@observablehq/plot";
import type { ChartKit, DrawnNode } from "./chart.ts";

/** Size of the letters in every chart, in CSS pixels. */
export const letterSize = 12;
/** Mean width of a letter at that size; charts are laid out without a browser to measure in. */
export const letterWidth = 6.7;

/** Width that a text takes, roughly; wide scripts and emoji count double. */
export function textWidth(text: string): number {
  let letters = 0;
  for (const character of text) letters += character.codePointAt(0)! > 0x2e7f ? 1.8 : 1;
  return letters * letterWidth;
}

/** Letters that a name in a chart has at most. */
export const nameLength = 22;

/** A drawing of Plot with what all charts share. */
export function plotted({ Plot, document }: ChartKit, options: PlotOptions): DrawnNode {
  return Plot.plot({
    document,
    className: "chart",
    ...options,
  } as PlotOptions) as unknown as DrawnNode;
}
