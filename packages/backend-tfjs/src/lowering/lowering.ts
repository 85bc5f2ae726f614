import type { OpAttributes, OpName, ValueInfo } from "@thawline/core";
import type { Tf, TfTensor } from "../tensorflow.ts";

/** What a lowering knows of the node that it lowers. */
export interface Site<O extends OpName> {
  readonly tf: Tf;
  /** Name of the TensorFlow.js backend: cpu, wasm, webgl, webgpu, tensorflow. Kernels differ in quality between them. */
  readonly device: string;
  readonly inputs: readonly ValueInfo[];
  readonly output: ValueInfo;
  readonly attributes: OpAttributes[O];
  /** A tensor that does not depend on feeds: made at its first use, kept until the program is closed. */
  readonly constant: (key: string, make: () => TfTensor) => TfTensor;
}

/** Applies one node; runs while the tape records. The result is a new tensor, never an input itself. */
export type Apply = (...inputs: TfTensor[]) => TfTensor;

/** How an op becomes calls of TensorFlow.js. */
export type Lowering<O extends OpName> = (site: Site<O>) => Apply;

/** Lowerings of some ops. */
export type Lowerings<O extends OpName> = { readonly [K in O]: Lowering<K> };
