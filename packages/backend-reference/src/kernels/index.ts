import type { OpName } from "@thawline/core";
import { alongAxesKernels } from "./along-axes.ts";
import { arithmeticKernels, selectionKernels, unaryKernels } from "./elementwise.ts";
import type { Kernels } from "./kernel.ts";
import { layoutKernels } from "./layout.ts";
import { matMulKernels } from "./mat-mul.ts";

/** The definition of every op. Total: a new op does not compile without its kernel. */
export const kernels: Kernels<OpName> = {
  ...arithmeticKernels,
  ...unaryKernels,
  ...selectionKernels,
  ...matMulKernels,
  ...layoutKernels,
  ...alongAxesKernels,
};
