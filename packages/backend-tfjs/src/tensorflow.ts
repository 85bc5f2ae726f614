import type * as tfjs from "@tensorflow/tfjs-core";

/**
 * The TensorFlow.js module to compute with, as imported: `@tensorflow/tfjs`, `@tensorflow/tfjs-node`, or
 * `@tensorflow/tfjs-core` together with a backend package. Only what tells it apart is named here, so that programs that
 * use this package do not compile TensorFlow.js's own types.
 */
export interface TensorFlow {
  readonly version_core: string;
  getBackend(): string;
  setBackend(backendName: string): Promise<boolean>;
  engine(): object;
}

/** The module with all its types; inside this package only. */
export type Tf = typeof tfjs;

/** A tensor of TensorFlow.js. */
export type TfTensor = tfjs.Tensor;
