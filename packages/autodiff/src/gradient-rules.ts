import type { OpName } from "@thawline/core";
import type { GradientRule } from "./gradient-rule.ts";
import { alongAxesRules } from "./rules/along-axes.ts";
import { arithmeticRules, selectionRules, unaryRules } from "./rules/elementwise.ts";
import { layoutRules, matMulRules } from "./rules/layout.ts";

/**
 * The gradient rule of every op, written in the op table alone, so that a gradient can be differentiated again.
 * Total: a new op does not compile without its rule.
 */
export const gradientRules: { readonly [O in OpName]: GradientRule<O> } = {
  ...arithmeticRules,
  ...unaryRules,
  ...selectionRules,
  ...matMulRules,
  ...layoutRules,
  ...alongAxesRules,
};
