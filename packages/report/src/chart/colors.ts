/** Colours by role; the page's style sheet gives them values for light and dark. */
export const colors = Object.freeze({
  frozen: "var(--frozen)",
  tuned: "var(--tuned)",
  ink: "var(--ink)",
  quiet: "var(--quiet)",
  line: "var(--line)",
  paper: "var(--paper)",
  /** For categories, in this order; they differ in lightness too. */
  series: ["var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)", "var(--s5)", "var(--s6)"] as readonly string[],
});

/** A shape of points, as Plot names it and as a character of text. */
export interface SeriesShape {
  readonly symbol: "circle" | "square" | "triangle" | "diamond" | "star" | "wye";
  readonly character: string;
}

/** Shapes of the same categories: colour alone would leave out those who do not see it, and black ink. */
export const seriesShapes: readonly SeriesShape[] = Object.freeze([
  { symbol: "circle", character: "●" },
  { symbol: "square", character: "■" },
  { symbol: "triangle", character: "▲" },
  { symbol: "diamond", character: "◆" },
  { symbol: "star", character: "★" },
  { symbol: "wye", character: "⅄" },
] as const);

/** Colour of the i-th category, going round. */
export const seriesColor = (index: number): string => colors.series[index % colors.series.length]!;
