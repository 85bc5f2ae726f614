import { escapeHtml } from "../html/escape-html.ts";
import { printable } from "../text/printable.ts";
import type { DrawnNode } from "./chart.ts";

const round = (text: string): string =>
  text.replace(/-?\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));

/** Attributes that Plot sets for interaction or that the page's style sheet says once for all charts. */
const dropped = new Set(["font-family", "style", "class"]);

/** Attributes in which numbers are places: rounded to a hundredth of a pixel. */
const isPlace = (name: string): boolean => !name.startsWith("aria-") && name !== "fill" && name !== "stroke";

/**
 * An SVG element as text. Independent of the DOM's own serialiser, so that linkedom and a browser give the same bytes;
 * attributes in alphabetical order, style elements left out.
 */
export function serializeSvg({
  nodeType,
  localName: name = "",
  textContent,
  attributes: all = [],
  childNodes,
}: DrawnNode): string {
  if (nodeType === 3) return escapeHtml(printable(textContent ?? ""));
  if (nodeType !== 1 || name === "style") return "";
  const attributes = Array.from(all)
    .filter((each) => !dropped.has(each.name) && !(each.name.startsWith("aria-") && name !== "svg"))
    .map((each) => ` ${each.name}="${escapeHtml(isPlace(each.name) ? round(each.value) : each.value)}"`)
    .sort()
    .join("");
  const content = Array.from(childNodes).map(serializeSvg).join("");
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}
