import type { Block, Cell, ReportDocument, Span, TableBlock, Text } from "../document/blocks.ts";
import { printable } from "../text/printable.ts";

/** Text in which nothing is markup: every character that could be is escaped. */
export const escapeMarkdown = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]#|~]/g, "\\$&")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;");

/** Code of one line; the fence is longer than any run of backticks in it. */
function inlineCode(text: string): string {
  const content = printable(text).replaceAll("|", "\\|");
  const fence = "`".repeat(Math.max(0, ...Array.from(content.matchAll(/`+/g), ([run]) => run.length)) + 1);
  const space = fence.length > 1 ? " " : "";
  return content === "" ? "" : `${fence}${space}${content}${space}${fence}`;
}

/** Marks stand around text only where there is some: `** **` is not bold. */
const marked = (mark: string, text: string): string => {
  const [, before, content, after] = /^(\s*)(.*?)(\s*)$/s.exec(escapeMarkdown(text))!;
  return content === "" ? `${before}${after}` : `${before}${mark}${content}${mark}${after}`;
};

function renderSpan({ kind, text }: Span): string {
  if (kind === "strong" || kind === "new") return marked("**", text);
  if (kind === "lost") return marked("~~", text);
  return kind === "code" ? inlineCode(text) : escapeMarkdown(text);
}

const renderText = (text: Text): string =>
  typeof text === "string"
    ? escapeMarkdown(text)
    : text.map((part) => (typeof part === "string" ? escapeMarkdown(part) : renderSpan(part))).join("");

const cellText = (cell: Text | Cell): string =>
  renderText(typeof cell !== "string" && "text" in cell ? cell.text : cell).trim();

function renderTable({ caption, columns, rows }: TableBlock): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `${escapeMarkdown(caption)}:`,
    "",
    line(columns.map(({ title }) => escapeMarkdown(title))),
    line(columns.map(({ isNumber }) => (isNumber === true ? "--:" : "---"))),
    ...rows.map((row) => line(row.map(cellText))),
  ].join("\n");
}

function codeBlock(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}sh\n${text.split("\n").map(printable).join("\n")}\n${fence}`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return renderText(block.text);
    case "note":
      return `> ${renderText(block.text)}`;
    case "list":
      return block.items.map((item) => `- ${renderText(item)}`).join("\n");
    case "facts":
      return block.facts.map(([name, value]) => `- ${escapeMarkdown(name)}: ${renderText(value)}`).join("\n");
    case "code":
      return codeBlock(block.text);
    case "fold":
      return renderBlocks(block.blocks);
    case "grid":
      return renderBlocks(block.figures);
    case "figure": {
      // Charts are for the page: here their figures, or else what they show in words.
      const body = block.table === null ? escapeMarkdown(block.description) : renderTable(block.table);
      return `### ${escapeMarkdown(block.title)}\n\n${body}\n\n${renderText(block.caption)}`;
    }
    case "table":
      return renderTable(block);
    default:
      return block satisfies never;
  }
}

const renderBlocks = (blocks: readonly Block[]): string => blocks.map(renderBlock).join("\n\n");

/** The report as GitHub-flavoured markdown: the same words and figures, tables in place of charts. */
export function renderMarkdown({ eyebrow, headline, lead, tiles, sections, footer }: ReportDocument): string {
  const parts = [
    `# ${escapeMarkdown(headline)}`,
    escapeMarkdown(eyebrow),
    renderText(lead),
    tiles
      .map(
        ({ label, value, note }) =>
          `- ${escapeMarkdown(label)}: **${escapeMarkdown(value)}** (${escapeMarkdown(note)})`,
      )
      .join("\n"),
    ...sections.flatMap(({ title, blocks }) => [`## ${escapeMarkdown(title)}`, renderBlocks(blocks)]),
    escapeMarkdown(footer),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
