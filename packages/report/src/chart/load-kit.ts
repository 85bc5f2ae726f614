import type { ChartKit } from "./chart.ts";

/**
 * Loads Plot, and linkedom for a document where none is given and there is none (as there is in a browser's window). Both are loaded here and not with the module: they are
 * ECMAScript modules only, and nothing else of this package needs them.
 */
export async function loadKit(given?: object): Promise<ChartKit> {
  const Plot = await import("@observablehq/plot");
  const document = given ?? (globalThis as { readonly document?: object }).document;
  if (document !== undefined) return { Plot, document };
  const { parseHTML } = await import("linkedom");
  return { Plot, document: parseHTML("<!doctype html><html><body></body></html>").document };
}
