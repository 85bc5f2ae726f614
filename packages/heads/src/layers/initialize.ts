import type { ParameterSpec } from "@thawline/core";

/**
 * Fills with 0: output layers start with every class equally likely, so that the first gradients that reach the
 * embeddings come from a head that has already learned something, and not from random weights.
 */
export const zeros: ParameterSpec["initialize"] = (values) => {
  values.fill(0);
};

/** Fills with 1: the scale of a normalisation. */
export const ones: ParameterSpec["initialize"] = (values) => {
  values.fill(1);
};

/**
 * Fills uniformly from ±1/√fanIn: the default of PyTorch's `nn.Linear` for weight and bias (He et al., 2015, with
 * a = √5), which breaks the symmetry of hidden units.
 */
export const uniform =
  (fanIn: number): ParameterSpec["initialize"] =>
  (values, random) => {
    const bound = 1 / Math.sqrt(fanIn);
    for (let i = 0; i < values.length; i++) values[i] = (2 * random.nextFloat() - 1) * bound;
  };
