import type { Chart, ChartKit } from "../chart/chart.ts";
import { serializeSvg } from "../chart/serialize-svg.ts";
import type { FigureBlock } from "../document/blocks.ts";
import { printable } from "../text/printable.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderTable } from "./render-table.ts";
import { renderText } from "./render-text.ts";

/** Widths that charts are drawn at: the page shows the one that fits, so that letters keep their size on a phone. */
const widths = { half: 490, wide: 880, narrow: 340 };

/** The drawing at one width. It speaks through the description alone: hundreds of marks say nothing when read out. */
function drawing(chart: Chart, kit: ChartKit, { width, name, label }: { width: number; name: string; label: string }) {
  return `<div class="drawing ${name}" role="img" aria-label="${label}">${serializeSvg(chart(kit, width))}</div>`;
}

/** A figure: title, chart at two widths, caption, and its figures as a table to unfold. */
export function renderFigure(
  { title, description, caption, chart, isWide, table }: FigureBlock,
  kit: ChartKit,
): string {
  const label = escapeHtml(printable(description));
  const full = isWide === true ? widths.wide : widths.half;
  const figures = table === null ? "" : `<details><summary>Figures</summary>${renderTable(table, true)}</details>`;
  return `<figure${isWide === true ? ' class="wide"' : ""}>
<h3>${renderText(title)}</h3>
${drawing(chart, kit, { width: full, name: "full", label })}
${drawing(chart, kit, { width: widths.narrow, name: "narrow", label })}
<figcaption>${renderText(caption)}</figcaption>
${figures}</figure>`;
}
