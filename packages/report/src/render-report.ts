import { loadKit } from "./chart/load-kit.ts";
import type { ReportData } from "./data/report-data.ts";
import type { ReportDocument } from "./document/blocks.ts";
import { renderPage } from "./html/render-page.ts";
import { renderMarkdown } from "./markdown/render-markdown.ts";
import { compareReport } from "./sections/compare-report.ts";
import { runReport } from "./sections/run-report.ts";

/** A report as text. */
export interface RenderedReport {
  /** A page that needs nothing else: no script, no font, no image, no network; light and dark, on paper too. */
  readonly html: string;
  /** The same words and figures, tables in place of charts. */
  readonly markdown: string;
}

/** What drawing takes from its surroundings. */
export interface RenderReportOptions {
  /** A DOM document to make elements with. Default: a browser window's own, elsewhere one of linkedom. Nothing is added to it. */
  readonly document?: object;
}

const documentOf = (data: ReportData): ReportDocument => (data.kind === "run" ? runReport(data) : compareReport(data));

/**
 * Writes the report of a run or of a comparison. Every text of the data is shown as text, whatever is in it. Nothing
 * depends on the clock, on the machine or on earlier calls: same data, same bytes (in a browser Plot sets lines half a
 * pixel off, so that they are sharp there).
 * @example
 * const { html, markdown } = await renderReport(data);
 */
export async function renderReport(data: ReportData, options: RenderReportOptions = {}): Promise<RenderedReport> {
  const kit = await loadKit(options.document);
  const report = documentOf(data);
  return { html: renderPage(report, kit), markdown: renderMarkdown(report) };
}
