import { parseHTML } from "linkedom";

/** A rendered page as a document to look into. */
export const parsePage = (html: string): Document => parseHTML(html).document as unknown as Document;

/** Text of an element with white space made plain. */
export const textOf = (element: Element | null | undefined): string =>
  (element?.textContent ?? "").replace(/\s+/g, " ").trim();

/** The figure under a heading. */
export function figureOf(page: Document, title: string): Element {
  const found = Array.from(page.querySelectorAll("figure")).find((each) => textOf(each.querySelector("h3")) === title);
  if (found === undefined) throw new Error(`there is no figure "${title}"`);
  return found;
}

/** Rows of the table with a caption, header first, as texts. */
export function tableOf(page: Document | Element, caption: string): string[][] {
  const table = Array.from(page.querySelectorAll("table")).find((each) =>
    textOf(each.querySelector("caption")).startsWith(caption),
  );
  if (table === undefined) throw new Error(`there is no table "${caption}"`);
  return Array.from(table.querySelectorAll("tr")).map((row) => Array.from(row.querySelectorAll("th, td")).map(textOf));
}
