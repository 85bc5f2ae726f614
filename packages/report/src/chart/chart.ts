import type * as PlotModule from "@observablehq/plot";

/** What charts are drawn with: Plot, and a document to make elements in. */
export interface ChartKit {
  readonly Plot: typeof PlotModule;
  /** A DOM document. */
  readonly document: object;
}

/** A node of a drawing: what of the DOM it takes to write it down. */
export interface DrawnNode {
  readonly nodeType: number;
  readonly localName?: string;
  readonly textContent: string | null;
  readonly attributes?: ArrayLike<{ readonly name: string; readonly value: string }>;
  readonly childNodes: ArrayLike<DrawnNode>;
}

/** Draws at a width in CSS pixels. Same kit, same width: same drawing. */
export type Chart = (kit: ChartKit, width: number) => DrawnNode;

/** What a drawing is like for the space it has. */
export const isNarrow = (width: number): boolean => width < 420;
