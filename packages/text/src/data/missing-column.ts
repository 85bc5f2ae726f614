import { nearestName } from "@thawline/core";
import { quoteText } from "../util/quote-text.ts";

/** Message for a column that is not there: names those found and the nearest. */
export function missingColumnMessage(what: "text" | "label", wanted: string, found: readonly string[]): string {
  const nearest = nearestName(wanted, found);
  const names = found.slice(0, 20).map((name) => quoteText(name));
  const list =
    found.length === 0 ? "no column" : names.join(", ") + (found.length > 20 ? ` and ${found.length - 20} more` : "");
  const hint = nearest === undefined ? "." : `; did you mean ${quoteText(nearest)}?`;
  return `expected a ${what} column ${quoteText(wanted)}, found ${list}${hint} Set ${what}Column (--${what}-column) to its name`;
}
