import type { Cell, TableBlock, Text } from "../document/blocks.ts";
import { renderText } from "./render-text.ts";

const isCell = (cell: Text | Cell): cell is Cell => typeof cell !== "string" && "text" in cell;

function bar(share: number): string {
  const percent = (Math.max(0, Math.min(1, share)) * 100).toFixed(1);
  return `<span class="bar" aria-hidden="true"><span style="width:${percent}%"></span></span>`;
}

function renderCell(
  cell: Text | Cell,
  column: { readonly title: string; readonly isNumber?: boolean },
  isFirst: boolean,
) {
  const { text, share } = isCell(cell) ? cell : { text: cell, share: undefined };
  const content = `${renderText(text)}${share === undefined ? "" : bar(share)}`;
  const classes = [...(column.isNumber === true ? ["number"] : []), ...(text === "–" ? ["empty"] : [])];
  const kind = classes.length === 0 ? "" : ` class="${classes.join(" ")}"`;
  // Phones show a row as a card, with the column's name before each value.
  return isFirst
    ? `<th scope="row"${kind}>${content}</th>`
    : `<td${kind} data-label="${renderText(column.title)}"><span class="value">${content}</span></td>`;
}

/** A table with its caption; `isPlain` leaves the caption to screen readers because something else says it. */
export function renderTable({ caption, columns, rows }: TableBlock, isPlain = false): string {
  const head = columns
    .map(
      ({ title, isNumber }) => `<th scope="col"${isNumber === true ? ' class="number"' : ""}>${renderText(title)}</th>`,
    )
    .join("");
  const body = rows
    .map((row) => `<tr>${row.map((cell, i) => renderCell(cell, columns[i]!, i === 0)).join("")}</tr>`)
    .join("\n");
  return `<div class="table"><table>
<caption${isPlain ? ' class="unseen"' : ""}>${renderText(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>`;
}
