import type { Chart } from "../chart/chart.ts";

/** How a piece of text is set. `word`: a word of the data; `new` and `lost`: a neighbour that came or went. */
export type SpanKind =
  | "strong"
  | "quiet"
  | "code"
  | "word"
  | "new"
  | "lost"
  /** In the colour that charts give the category. */
  | `series-${1 | 2 | 3 | 4 | 5 | 6}`;

/** Text with a style. */
export interface Span {
  readonly kind: SpanKind;
  readonly text: string;
}

/** Running text: plain strings and spans. Nothing in it is markup, whatever characters it has. */
export type Text = string | readonly (string | Span)[];

/** A cell; `share` in [0, 1] draws a bar behind a number. */
export interface Cell {
  readonly text: Text;
  readonly share?: number;
}

/** A table. */
export interface TableBlock {
  readonly kind: "table";
  readonly caption: string;
  readonly columns: readonly { readonly title: string; readonly isNumber?: boolean }[];
  readonly rows: readonly (readonly (Text | Cell)[])[];
}

/** A chart with what it shows in words, and its figures as a table. */
export interface FigureBlock {
  readonly kind: "figure";
  readonly title: string;
  /** Says what is seen, for those who cannot see it. */
  readonly description: string;
  readonly caption: Text;
  readonly chart: Chart;
  /** True where it takes the whole width of the page. */
  readonly isWide?: boolean;
  /** The figures drawn; null where a table beside it has them. */
  readonly table: TableBlock | null;
}

/** One part of a report's content, independent of HTML and markdown. */
export type Block =
  | { readonly kind: "paragraph"; readonly text: Text }
  | { readonly kind: "note"; readonly tone: "plain" | "good" | "warning"; readonly text: Text }
  | { readonly kind: "list"; readonly items: readonly Text[] }
  | { readonly kind: "facts"; readonly facts: readonly (readonly [name: string, value: Text])[] }
  | { readonly kind: "code"; readonly label: string; readonly text: string }
  | { readonly kind: "fold"; readonly title: string; readonly blocks: readonly Block[] }
  | { readonly kind: "grid"; readonly figures: readonly FigureBlock[] }
  | FigureBlock
  | TableBlock;

/** A chapter. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A figure at the top of the report. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  readonly note: string;
}

/** A whole report, before it becomes HTML or markdown. */
export interface ReportDocument {
  readonly title: string;
  readonly eyebrow: string;
  readonly headline: string;
  readonly tone: "frozen" | "tuned" | "neutral";
  readonly lead: Text;
  readonly tiles: readonly Tile[];
  readonly sections: readonly Section[];
  readonly footer: string;
}

/** A span. */
export const span = (kind: SpanKind, text: string): Span => ({ kind, text });
/** A word of the data. */
export const word = (text: string): Span => span("word", text);
/** Text that stands out. */
export const strong = (text: string): Span => span("strong", text);
/** Text that stands back. */
export const quiet = (text: string): Span => span("quiet", text);
/** Code, a file's name, a hash. */
export const code = (text: string): Span => span("code", text);
