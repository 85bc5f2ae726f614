import { type Backend, BackendError, type Executable, opNames } from "@thawline/core";
import type { Device } from "./device.ts";
import { createExecutable } from "./executable.ts";
import type { TensorFlow, Tf } from "./tensorflow.ts";

/** Options of `tfjsBackend`. */
export interface TfjsBackendOptions {
  /**
   * The TensorFlow.js backend to compute on: `cpu`, `wasm`, `webgl`, `webgpu` or `tensorflow` (under Node), registered
   * with `tf`. Default: the one that is current now.
   */
  readonly device?: string;
  /** Name of the Thawline backend. Default: `tfjs-` and the device. */
  readonly name?: string;
}

/**
 * Thawline on any backend of TensorFlow.js. The graph is lowered to its kernels and differentiated by **its own tape**,
 * not by Thawline's rules: an independent derivation of the same gradients. The module is injected, and stays the
 * caller's: `close` disposes of this backend's tensors only. Where another user of the module changes its current
 * backend, each run changes it to `device`.
 *
 * A run is one `tf.tidy`, and leaves no tensor behind, also when it fails. Feeds are borrowed, results copied. Calls
 * that overlap are queued. Arithmetic is float32.
 * @param tf the module, as imported: `import * as tf from "@tensorflow/tfjs"`
 * @throws RangeError where there is no device: name one, or await `tf.ready()` first
 * @example
 * import * as tf from "@tensorflow/tfjs";
 * const backend = tfjsBackend(tf, { device: "cpu" });
 */
export function tfjsBackend(tf: TensorFlow, options: TfjsBackendOptions = {}): Backend {
  const device = options.device ?? tf.getBackend();
  if (!device) throw new RangeError("TensorFlow.js has no current backend: name a device, or await tf.ready() first");
  const name = options.name ?? `tfjs-${device}`;
  const place: Device = { tf: tf as unknown as Tf, name, device };
  const executables = new Set<Executable>();
  let closed = false;
  return {
    specVersion: 1,
    name,
    supports: {
      ops: opNames,
      precision: "f32",
      // Workgroups of webgpu add in an order that is not fixed.
      bitReproducible: device !== "webgpu",
      concurrentRuns: true,
    },
    compile: async (graph, request = {}) => {
      if (closed) throw new BackendError("BACKEND_CLOSED", name, "it is closed; make a new one");
      const onClose = (executable: Executable) => executables.delete(executable);
      const executable = await createExecutable(place, { graph, request, onClose });
      executables.add(executable);
      return executable;
    },
    close: async () => {
      closed = true;
      await Promise.all([...executables].map((executable) => executable.close()));
    },
  };
}
