import type * as PlotModule from "@observablehq/plot";

/** What charts are drawn with: Plot, and a document to make elements in. */
export interface ChartKit {
  readonly Plot: typeof PlotModule;
  readonly document: Document;
}

/** Draws at a width in CSS pixels. Same kit, same width: same drawing. */
export type Chart = (kit: ChartKit, width: number) => Element;

/** What a drawing is like for the space it has. */
export const isNarrow = (width: number): boolean => width < 420;
