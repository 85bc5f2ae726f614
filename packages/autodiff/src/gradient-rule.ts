import type { GraphBuilder, OpAttributes, OpName, ValueInfo } from "@thawline/core";

/** What a gradient rule sees of one node: `dY` is the loss's gradient at its output and has the output's shape. */
export interface GradientContext<O extends OpName = OpName> {
  /** Takes the nodes that the rule adds. */
  readonly g: GraphBuilder;
  readonly inputs: readonly ValueInfo[];
  readonly output: ValueInfo;
  readonly attributes: OpAttributes[O];
  readonly dY: ValueInfo;
}

/** Says that an input of an op has no gradient: the op is piecewise constant in it, or its dtype is not float. */
export const notDifferentiable = "not differentiable";

/**
 * Builds the loss's gradient at one input, of that input's shape or of any shape that broadcasting it gave (the reverse
 * walk sums it back). A function, so that a gradient that nobody asked for adds no nodes.
 */
export type InputGradient = () => ValueInfo;

/** Gradients of one op, one entry an input in order. */
export type GradientRule<O extends OpName> = (
  context: GradientContext<O>,
) => readonly (InputGradient | typeof notDifferentiable)[];
