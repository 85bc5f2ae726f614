import { type ReportData, renderReport } from "@thawline/report";
import { writeFileAtomically } from "@thawline/vectors/node";

/** Writes a report as HTML and as markdown, each whole or not at all. */
export async function writeReport(
  data: ReportData,
  paths: { readonly report: string; readonly reportMarkdown: string },
): Promise<void> {
  const { html, markdown } = await renderReport(data);
  for (const [path, text] of [
    [paths.report, html],
    [paths.reportMarkdown, markdown],
  ] as const) {
    await writeFileAtomically(path, (write) => write(new TextEncoder().encode(text)));
  }
}
