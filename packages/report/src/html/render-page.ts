import type { ChartKit } from "../chart/chart.ts";
import type { ReportDocument } from "../document/blocks.ts";
import { renderSection } from "./render-blocks.ts";
import { renderText } from "./render-text.ts";
import { styles } from "./styles.ts";

function tiles({ tiles: all }: ReportDocument): string {
  if (all.length === 0) return "";
  const items = all.map(
    ({ label, value, note }) =>
      `<div class="tile"><dt>${renderText(label)}</dt><dd><span class="figure">${renderText(value)}</span> <span class="quiet">${renderText(note)}</span></dd></div>`,
  );
  return `<dl class="tiles">${items.join("\n")}</dl>`;
}

/** The whole page: no script, nothing from elsewhere. */
export function renderPage(report: ReportDocument, kit: ChartKit): string {
  const { title, eyebrow, headline, lead, tone, sections, footer } = report;
  const links = sections.map((section) => `<li><a href="#${section.id}">${renderText(section.title)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${renderText(title)}</title>
<style>
${styles}</style>
</head>
<body>
<header class="${tone}">
<p class="eyebrow">${renderText(eyebrow)}</p>
<h1>${renderText(headline)}</h1>
<p class="lead">${renderText(lead)}</p>
${tiles(report)}
</header>
<nav aria-label="Contents"><ul>${links.join("")}</ul></nav>
<main>
${sections.map((section) => renderSection(section, kit)).join("\n")}
</main>
<footer><p>${renderText(footer)}</p></footer>
</body>
</html>
`;
}
