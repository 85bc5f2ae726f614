import type { OpName } from "@thawline/core";
import { alongAxesLowerings } from "./along-axes.ts";
import { arithmeticLowerings, unaryLowerings } from "./elementwise.ts";
import { layoutLowerings } from "./layout.ts";
import type { Lowerings } from "./lowering.ts";
import { matMulLowerings } from "./mat-mul.ts";
import { selectionLowerings } from "./selection.ts";

/** The lowering of every op. Total: a new op does not compile without its entry. */
export const lowerings: Lowerings<OpName> = {
  ...arithmeticLowerings,
  ...unaryLowerings,
  ...selectionLowerings,
  ...matMulLowerings,
  ...layoutLowerings,
  ...alongAxesLowerings,
};
