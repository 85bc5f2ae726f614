import { type Head, PolicyError } from "@thawline/core";
import { createHead } from "@thawline/heads";
import { isSequenceHead } from "./defaults.ts";
import type { Settings } from "./settings.ts";

/** Options of a head that are none of `--head-options`. */
const decidedElsewhere = {
  type: "--head names",
  dimension: "the vectors decide",
  classes: "the labels decide",
} as const;

/**
 * The head of a run.
 * @param input D, C, and whether the mean vector of a text is scaled to length 1, as some models of vectors want it
 * @throws PolicyError INVALID_CONFIG
 */
export function makeHead(
  settings: Settings,
  {
    dimension,
    classes,
    normalize,
  }: { readonly dimension: number; readonly classes: number; readonly normalize: boolean },
): Head {
  const { dropout, headOptions } = settings;
  if (dropout !== null && headOptions.dropout !== undefined) {
    throw new PolicyError("INVALID_CONFIG", "dropout is given twice: by --dropout and by --head-options");
  }
  const decided = Object.keys(headOptions).find((key) => Object.hasOwn(decidedElsewhere, key));
  if (decided !== undefined) {
    const by = decidedElsewhere[decided as keyof typeof decidedElsewhere];
    throw new PolicyError("INVALID_CONFIG", `--head-options does not take "${decided}": ${by} it`);
  }
  return createHead({
    type: settings.head,
    ...headOptions,
    // On the command line a list of one is a number.
    ...(typeof headOptions.widths === "number" ? { widths: [headOptions.widths] } : {}),
    ...(dropout === null ? {} : { dropout }),
    // Of a text's mean: heads on the sequence have none.
    ...(normalize && !isSequenceHead(settings.head) && headOptions.normalize === undefined ? { normalize } : {}),
    dimension,
    classes,
  });
}
