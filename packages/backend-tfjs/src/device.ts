import { BackendError, type Tensor } from "@thawline/core";
import type { Tf, TfTensor } from "./tensorflow.ts";

/** Where a backend computes. */
export interface Device {
  readonly tf: Tf;
  /** Name of the Thawline backend. */
  readonly name: string;
  /** Name of the TensorFlow.js backend. */
  readonly device: string;
}

/**
 * Makes `device` the current backend of TensorFlow.js, which is global: another user of the module may have changed it.
 * The caller goes on without awaiting, so that nobody can come between.
 * @throws BackendError BACKEND_UNAVAILABLE
 */
export async function selectDevice({ tf, name, device }: Device): Promise<void> {
  const fail = (cause?: unknown): never => {
    const why = cause instanceof Error ? `: ${cause.message}` : "; is its package imported?";
    const message = `TensorFlow.js cannot start its "${device}" backend${why}`;
    throw new BackendError("BACKEND_UNAVAILABLE", name, message, { cause });
  };
  while (tf.getBackend() !== device) {
    let isReady = false;
    try {
      isReady = await tf.setBackend(device);
    } catch (cause) {
      fail(cause);
    }
    if (!isReady) fail();
  }
}

/**
 * Refuses gradients on a webgl without float32 render targets: in half precision they were seen off by 1e-3, and NaN for
 * attention. Call it with the device selected.
 * @throws BackendError BACKEND_UNAVAILABLE
 */
export function assertCanTrain({ tf, name, device }: Device): void {
  if (device !== "webgl" || tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED")) return;
  const message = "this webgl has no float32 render targets, too coarse to train; use webgpu, wasm or cpu";
  throw new BackendError("BACKEND_UNAVAILABLE", name, message);
}

/** A tensor over the feed's own array, which must stay as it is while the tensor lives. */
export const borrow = (tf: Tf, { data, shape, dtype }: Tensor): TfTensor =>
  tf.tensor(data as Float32Array, [...shape], dtype as "float32");
