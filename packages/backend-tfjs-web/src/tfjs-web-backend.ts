import { tfjsBackend } from "@thawline/backend-tfjs";
import { type Backend, BackendError } from "@thawline/core";
import { type DeviceOptions, rendersFloat32, startDevice, type WebDevice } from "./devices.ts";
import { loadTfjs } from "./load-runtime.ts";

/** Options of `tfjsWebBackend`. */
export interface TfjsWebBackendOptions extends DeviceOptions {
  /**
   * Devices in order of preference; the first that works is used. Default: `["wasm", "webgpu", "webgl", "cpu"]`, most
   * exact first: wasm agrees to 1e-5 and gives the same bits again, graphics processors agree to 1e-4.
   */
  readonly prefer?: readonly WebDevice[];
  /**
   * Where TensorFlow.js's three `.wasm` files are served: a folder's URL that ends with a slash, or the URL of each by
   * its name. Default: beside the script, which bundlers do not arrange.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /** Accept a webgl without float32 render targets: good enough to look at results, refused for training. */
  readonly inferenceOnly?: boolean;
}

/** A backend that says what it runs on, and why. */
export interface TfjsWebBackend extends Backend {
  readonly chosen: WebDevice;
  /** For each device that was tried: "chosen", or why it was not. */
  readonly reasons: Readonly<Partial<Record<WebDevice, string>>>;
}

const mostExactFirst: readonly WebDevice[] = ["wasm", "webgpu", "webgl", "cpu"];

/**
 * Thawline on TensorFlow.js in a browser or a worker: the first of the preferred devices that works here. Its name is
 * `tfjs-` and the device. TensorFlow.js is loaded here and not before. See `tfjsBackend` of `@thawline/backend-tfjs` for
 * how it computes.
 * @throws BackendError BACKEND_UNAVAILABLE where no preferred device works, with every reason
 * @example
 * const backend = await tfjsWebBackend({ wasmPaths: "/wasm/" });
 * console.log(backend.chosen, backend.reasons);
 */
export async function tfjsWebBackend(options: TfjsWebBackendOptions = {}): Promise<TfjsWebBackend> {
  const tf = await loadTfjs();
  const reasons: Partial<Record<WebDevice, string>> = {};
  for (const device of options.prefer ?? mostExactFirst) {
    const obstacle = await startDevice(tf, device, options);
    reasons[device] = obstacle ?? "chosen";
    if (obstacle !== undefined) continue;
    const backend = tfjsBackend(tf, { device });
    const isHalf = device === "webgl" && !rendersFloat32(tf);
    const supports = isHalf ? { ...backend.supports, precision: "f16" as const } : backend.supports;
    return { ...backend, supports, chosen: device, reasons };
  }
  const tried = Object.entries(reasons).map(([device, reason]) => `${device}: ${reason}`);
  const message = `no device works here (${tried.join("; ")}); prefer: ["cpu"] works everywhere`;
  throw new BackendError("BACKEND_UNAVAILABLE", "tfjs-web", message);
}
