import type { TensorFlow } from "@thawline/backend-tfjs";
import { loadWasm, loadWebgpu } from "./load-runtime.ts";

/** Backends of TensorFlow.js that run in a browser. */
export type WebDevice = "wasm" | "webgpu" | "webgl" | "cpu";

/** What starting a device may need. */
export interface DeviceOptions {
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  readonly inferenceOnly?: boolean;
}

/** Why a device cannot be started, or undefined where nothing speaks against trying. Loads what it needs. */
type Prepare = (options: DeviceOptions) => Promise<string | undefined>;

interface Gpu {
  requestAdapter(): Promise<object | null>;
}

const prepare: { readonly [D in WebDevice]: Prepare } = {
  cpu: async () => undefined,
  webgl: async () => {
    const hasCanvas = typeof OffscreenCanvas !== "undefined" || typeof document !== "undefined";
    return hasCanvas ? undefined : "this platform has no canvas";
  },
  wasm: async ({ wasmPaths }) => {
    const { setWasmPaths } = await loadWasm();
    if (wasmPaths !== undefined) setWasmPaths(wasmPaths);
    return undefined;
  },
  webgpu: async () => {
    const { gpu } = (globalThis.navigator ?? {}) as { gpu?: Gpu };
    if (gpu === undefined) return "this platform has no WebGPU";
    // TensorFlow.js does not expect that there may be none.
    if ((await gpu.requestAdapter()) === null) return "WebGPU has no adapter";
    await loadWebgpu();
    return undefined;
  },
};

/** The part of TensorFlow.js that reads its flags. */
interface Flags {
  env(): { getBool(flag: string): boolean };
}

/** Whether webgl, once started, computes in float32. */
export const rendersFloat32 = (tf: TensorFlow): boolean =>
  (tf as unknown as Flags).env().getBool("WEBGL_RENDER_FLOAT32_ENABLED");

/** Starts a device as TensorFlow.js's current one. Returns why it cannot be used, or undefined. */
export async function startDevice(
  tf: TensorFlow,
  device: WebDevice,
  options: DeviceOptions,
): Promise<string | undefined> {
  try {
    const obstacle = await prepare[device](options);
    if (obstacle !== undefined) return obstacle;
    if (!(await tf.setBackend(device))) {
      const hint = device === "wasm" ? "; are its .wasm files where wasmPaths says?" : "";
      return `TensorFlow.js could not start it${hint}`;
    }
    if (device === "webgl" && !options.inferenceOnly && !rendersFloat32(tf)) {
      return "it has no float32 render targets, and half precision is too coarse to train";
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
