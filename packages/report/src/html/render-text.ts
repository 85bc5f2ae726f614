import type { Span, Text } from "../document/blocks.ts";
import { printable } from "../text/printable.ts";
import { escapeHtml } from "./escape-html.ts";

const escaped = (text: string): string => escapeHtml(printable(text));

function renderSpan({ kind, text }: Span): string {
  const content = escaped(text);
  switch (kind) {
    case "strong":
      return `<strong>${content}</strong>`;
    case "quiet":
      return `<span class="quiet">${content}</span>`;
    case "code":
      return `<code>${content}</code>`;
    // `bdi` keeps words of right-to-left scripts, and direction marks in them, from reordering what is around.
    case "word":
      return `<bdi class="word">${content}</bdi>`;
    case "new":
      return `<b class="new"><bdi class="word">${content}</bdi></b>`;
    case "lost":
      return `<s class="lost"><bdi class="word">${content}</bdi></s>`;
    default:
      return `<bdi class="word ${kind}">${content}</bdi>`;
  }
}

/** Running text as HTML; every character of it is text. */
export const renderText = (text: Text): string =>
  typeof text === "string"
    ? escaped(text)
    : text.map((part) => (typeof part === "string" ? escaped(part) : renderSpan(part))).join("");
