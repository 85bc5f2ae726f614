import type { OpAttributes, OpName, ValueInfo } from "@thawline/core";
import type { Value, ValueData } from "../value.ts";

/** Computes one op: from its inputs and attributes to the elements of its output, row-major. */
export type Kernel<O extends OpName> = (
  inputs: readonly Value[],
  attributes: OpAttributes[O],
  output: ValueInfo,
) => ValueData;

/** Kernels of some ops. */
export type Kernels<O extends OpName> = { readonly [K in O]: Kernel<K> };
