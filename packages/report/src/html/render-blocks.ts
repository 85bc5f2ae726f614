import type { ChartKit } from "../chart/chart.ts";
import type { Block, Section } from "../document/blocks.ts";
import { renderFigure } from "./render-figure.ts";
import { renderTable } from "./render-table.ts";
import { renderText } from "./render-text.ts";

function renderBlock(block: Block, kit: ChartKit): string {
  switch (block.kind) {
    case "paragraph":
      return `<p>${renderText(block.text)}</p>`;
    case "note":
      return `<p class="note ${block.tone}">${renderText(block.text)}</p>`;
    case "list":
      return `<ul>${block.items.map((item) => `<li>${renderText(item)}</li>`).join("")}</ul>`;
    case "facts": {
      const facts = block.facts.map(
        ([name, value]) => `<div><dt>${renderText(name)}</dt><dd>${renderText(value)}</dd></div>`,
      );
      return `<dl>${facts.join("\n")}</dl>`;
    }
    case "code":
      // Focusable, so that the keyboard can scroll it.
      return `<pre tabindex="0" role="region" aria-label="${renderText(block.label)}"><code>${block.text.split("\n").map(renderText).join("\n")}</code></pre>`;
    case "fold":
      return `<details><summary>${renderText(block.title)}</summary>${renderBlocks(block.blocks, kit)}</details>`;
    case "grid":
      return `<div class="grid">${block.figures.map((figure) => renderFigure(figure, kit)).join("\n")}</div>`;
    case "figure":
      return renderFigure(block, kit);
    case "table":
      return renderTable(block);
    default:
      return block satisfies never;
  }
}

const renderBlocks = (blocks: readonly Block[], kit: ChartKit): string =>
  blocks.map((block) => renderBlock(block, kit)).join("\n");

/** A chapter as HTML. */
export const renderSection = ({ id, title, blocks }: Section, kit: ChartKit): string =>
  `<section aria-labelledby="${id}">
<h2 id="${id}">${renderText(title)}</h2>
${renderBlocks(blocks, kit)}
</section>`;
